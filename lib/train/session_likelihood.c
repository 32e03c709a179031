#include "train/session_likelihood.h"

#include <math.h>

#include "world/session_model.h"

static double log_normal_cdf(double a)
{
	return a < -30 ? -a * a / 2 - log(-a) - 0.9189385332046727 : log(0.5 * erfc(-a * M_SQRT1_2));
}

double session_log_probability(const struct session_bound *o, double s, double b, double x, double var)
{
	double sd = sqrt(var);

	switch (o->kind) {
	case SESSION_BELOW: return log_normal_cdf((o->z / s + b - x) / sd);
	case SESSION_ABOVE: return log_normal_cdf((x - o->z / s - b) / sd);
	case SESSION_INSIDE: {
		double lo = (o->low / s + b - x) / sd, hi = (o->high / s + b - x) / sd, middle = (lo + hi) / 2;

		if (hi - lo < 0.1)
			return -middle * middle / 2 - 0.9189385332046727 + log(hi - lo);
		if (middle > 0) {
			double swap = -lo;

			lo = -hi;
			hi = swap;
		}
		return log(fmax(0.5 * (erfc(-hi * M_SQRT1_2) - erfc(-lo * M_SQRT1_2)), 1e-30));
	}
	default: return 0;
	}
}

float session_product_variance(const float *q, const float *vq, const float *e, const float *ve)
{
	session_lanes sum = {0};

	for (int k = 0; k < SESSION_DIM; k += SESSION_LANES) {
		session_lanes a = *(const session_lanes *)(q + k), b = *(const session_lanes *)(e + k);
		session_lanes va = *(const session_lanes *)(vq + k), vb = *(const session_lanes *)(ve + k);

		sum += vb * (a * a + va) + va * (b * b);
	}
	return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

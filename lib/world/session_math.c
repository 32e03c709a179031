#include "world/session_math.h"

#include <math.h>

SESSION_CLONES
float session_dot(const float *a, const float *b)
{
	return session_dot_inline(a, b);
}

SESSION_CLONES
void session_dots(const float *a, const float *many, size_t n, float *products)
{
	for (size_t i = 0; i < n; i++)
		products[i] = session_dot_inline(a, many + i * SESSION_DIM);
}

double session_hazard(double a)
{
	return a < -12 ? -a - 1 / a : 0.3989422804014327 * exp(-a * a / 2) / (0.5 * erfc(-a * M_SQRT1_2));
}

bool session_observe(const struct session_bound *o, float s, float b, float x, float noise, struct session_evidence *ev)
{
	float sigma, a, h, c, sign;

	if (o->kind == SESSION_INSIDE) {
		ev->y = o->z / s + b;
		ev->w = 1 / (noise + o->r / (s * s));
		return true;
	}
	if (o->kind == SESSION_NOTHING)
		return false;
	sigma = sqrtf(noise);
	sign = o->kind == SESSION_BELOW ? 1 : -1;
	a = sign * (o->z / s + b - x) / sigma;
	if (a > 4)
		return false;
	h = (float)session_hazard(a);
	c = h * (h + a);
	if (c < 0.001f)
		return false;
	ev->y = x - sign * sigma * h / c;
	ev->w = c / noise;
	return true;
}

static double logit(double p)
{
	return log(p / (1 - p));
}

/*
 * No logit counts as known to less than this variance. Where listening is not quite logistic, or is noisy, the narrow
 * intervals in the middle would be believed to be what they are not; where it is logistic, this is little beside the
 * noise of x.
 */
static const double blur = 0.1;

static struct session_bound bound_of(double lo, double hi)
{
	struct session_bound o = {0};

	if (lo >= 1 || (lo <= 0 && hi >= 1))
		return o;
	if (lo <= 0) {
		o.kind = SESSION_BELOW;
		o.z = (float)logit(hi);
	} else if (hi >= 1) {
		o.kind = SESSION_ABOVE;
		o.z = (float)logit(lo);
	} else {
		o.kind = SESSION_INSIDE;
		o.low = (float)logit(lo);
		o.high = (float)logit(hi);
		o.z = (o.low + o.high) / 2;
		o.r = (o.high - o.low) * (o.high - o.low) / 12 + (float)blur;
	}
	return o;
}

void session_factors_fill(double factors[SESSION_PLAYS_MAX + 1], double gamma)
{
	for (int k = 0; k <= SESSION_PLAYS_MAX; k++)
		factors[k] = pow(gamma, k);
}

void session_bounds_make(struct session_bounds *b, const double factors[SESSION_PLAYS_MAX + 1])
{
	for (int k = 0; k <= SESSION_PLAYS_MAX; k++)
		for (int t = 0; t < SESSION_TIMES; t++)
			b->of[k][t] = bound_of((t - 0.5) / 100 / factors[k], (t + 0.5) / 100 / factors[k]);
}

void session_bounds_forget_repeats(struct session_bounds *b)
{
	for (int k = 1; k <= SESSION_PLAYS_MAX; k++)
		for (int t = 0; t < SESSION_TIMES; t++)
			b->of[k][t] = (struct session_bound){0};
}

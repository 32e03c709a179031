#include "stats/influence.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

/*
 * The power of 2 that is near the largest. Influences are divided by it, which changes no digit, so that their fourth
 * powers are numbers: GSL ends the process where it is asked for as many degrees of freedom as there cannot be.
 */
static int find_exponent(const double *z, size_t n)
{
	double largest = 0;
	int exponent = 0;

	for (size_t k = 0; k < n; k++)
		largest = fmax(largest, fabs(z[k]));
	if (isfinite(largest))
		frexp(largest, &exponent);
	/* 1 / 2^exponent is a number too */
	return exponent > -1000 ? exponent : -1000;
}

struct influence influence_of(double value, const double *z, size_t n, double alpha)
{
	struct influence i = {.value = value, .se = NAN, .df = NAN, .lower = NAN, .upper = NAN, .need = NAN, .n = n};
	int exponent = find_exponent(z, n);
	double unit = ldexp(1, -exponent), m2 = 0, m3 = 0, m4 = 0, half;

	for (size_t k = 0; k < n; k++) {
		double x = z[k] * unit, s = x * x;

		m2 += s;
		m3 += s * x;
		m4 += s * s;
	}
	if (n < 2 || !isfinite(value) || !isfinite(m4))
		return i;
	i.se = ldexp(sqrt((double)n / (double)(n - 1) * m2), exponent);
	if (!(m4 > 0)) {
		i.lower = i.upper = value;
		i.need = 0;
		return i;
	}
	i.df = m2 * m2 / m4;
	i.need = INFLUENCE_COCHRAN * (double)n * m3 * m3 / (m2 * m2 * m2);
	half = i.se * gsl_cdf_tdist_Qinv(alpha / 2, i.df);
	i.lower = value - half;
	i.upper = value + half;
	return i;
}

struct influence influence_ratio(const double *y, const double *x, double *z, size_t n, double alpha)
{
	double sum_y = 0, sum_x = 0, ratio;

	for (size_t k = 0; k < n; k++) {
		sum_y += y[k];
		sum_x += x[k];
	}
	ratio = sum_x > 0 ? sum_y / sum_x : NAN;
	for (size_t k = 0; k < n; k++)
		z[k] = sum_x > 0 ? (y[k] - ratio * x[k]) / sum_x : NAN;
	return influence_of(ratio, z, n, alpha);
}

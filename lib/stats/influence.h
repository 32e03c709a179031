/*
 * influence: what is known of an estimate by how much each of n independent units (users) moves it.
 *
 * An estimate that is a smooth function of means over units differs from what it estimates by the sum of the units'
 * influences z(u), to first order (the delta method; Hampel 1974, "The influence curve and its role in robust
 * estimation"). So
 *
 *     se^2 = n / (n - 1) sum z(u)^2,    df = (sum z(u)^2)^2 / sum z(u)^4
 *
 * where df is Satterthwaite's (1946, "An approximate distribution of estimates of variance components"), each unit's
 * z^2 being a component of one degree of freedom: it is small where few units carry the variance. The interval is
 * Student's.
 *
 * It is to be trusted where the distribution of z is not too skewed for its sum to be near normal: Cochran's rule
 * ("Sampling Techniques", 3rd ed. 1977, section 2.15), n > 25 G^2 with Fisher's skewness G of z, under which an
 * interval of 95 % is wrong at most 6 % of the time. Of n units of which K have all the weight, and equally, G^2 is
 * about n / K: the rule says K > 25 then.
 */
#ifndef BOTIFY_INFLUENCE_H
#define BOTIFY_INFLUENCE_H

#include <stddef.h>

enum { INFLUENCE_COCHRAN = 25 };

struct influence {
	double value, se, df, lower, upper; /* NaN where unknown: fewer than two units, or no value */
	double need;			    /* units that Cochran's rule asks for: 25 G^2 */
	size_t n;
};

/* Of an estimate with these influences, whose mean is about 0. The interval has confidence 1 - alpha. */
struct influence influence_of(double value, const double *z, size_t n, double alpha);

/*
 * Of a ratio of sums over units, sum y / sum x, whose influences z = (y - R x) / sum x are written to z (room for n).
 * NaN where sum x is 0.
 */
struct influence influence_ratio(const double *y, const double *x, double *z, size_t n, double alpha);

#endif

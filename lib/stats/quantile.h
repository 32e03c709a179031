/*
 * quantile: quantiles of the values of an arm, with intervals that need no density, and their comparison.
 *
 * A user may have several values, such as the times of their sessions, which are not independent of each other.
 * Values are finite. Quantiles do not merge: they need all values in one place.
 */
#ifndef BOTIFY_QUANTILE_H
#define BOTIFY_QUANTILE_H

#include <stddef.h>
#include <stdint.h>

#include "stats/stats.h"

/* Sorts values, least first. */
void quantile_sort(double *values, size_t n);

/*
 * The p-quantile of n sorted values, 0 <= p <= 1: linear between the values at 0, 1/(n-1), 2/(n-1), ..., 1, which is
 * type 7 of Hyndman and Fan 1996, "Sample quantiles in statistical packages", the default of R and NumPy. NaN where n
 * is 0.
 */
double quantile_sorted(const double *sorted, size_t n, double p);

struct quantile {
	double value;	     /* type 7; NaN where there is no value */
	double lower, upper; /* order statistics; infinite where there are too few values for a bound */
	double error;	     /* standard error of `value`; NaN where there are too few values, 0 where they tie */
	uint64_t users;	     /* that the values came from */
};

/*
 * The p-quantile, 0 < p < 1, of values that come in clusters: `grouped` has the values of the first user, then those of
 * the second, and so on; sizes[i] is how many the i-th of `users` has, in sum n. `sorted` has the same values sorted.
 * Users are independent; a user may have no value.
 *
 * The share of values at or below the quantile is a ratio metric, whose variance the delta method gives (ratio.h).
 * The interval is the order statistics at p -+ t times its standard error, outwards, t with users - 1 degrees: the
 * outer interval of Deng, Knoblich, Lu 2018, "Applying the Delta Method in Metric Analytics", section 5. The error
 * is that of Woodruff 1952, "Confidence intervals for medians and other position measures": with h = t times that
 * standard error, t the 97.5 % quantile of Student's t with users - 1 degrees, whatever alpha,
 *
 *     error = (Q(p + h) - Q(p - h)) / (2 t),       Q the type 7 quantile
 *
 * and NaN where p -+ h is not within 0 .. 1. Right in the limit of many users.
 */
struct quantile quantile_clustered(const double *sorted, const double *grouped, const size_t *sizes, size_t users,
				   double p, double alpha);

/*
 * A quantile as a sample of `users` values whose mean is the quantile and whose mean's standard error is `error`:
 * with it, comparison_welch compares the quantiles of two arms, and lift_fieller tells percents. That is the normal
 * approximation, each arm with its own error and users - 1 degrees of freedom; it wants some hundred users, and
 * values without large gaps near the quantile, and whose density does not jump there: where it falls to two fifths,
 * errors were 6 % too large below and 5 % too small above (tests/stats/aa_logs.c with shorter sessions). The
 * interval of such a comparison is not made of the intervals above.
 */
struct moments quantile_sample(const struct quantile *q);

#endif

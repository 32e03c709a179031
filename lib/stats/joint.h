/*
 * joint: the first and second moments of pairs (x, y), in one pass and mergeable: the variance of a ratio needs them
 * (ratio.h), and so does the adjustment by a covariate (cuped.h).
 *
 * By convention x is what y is explained by: the denominator of a ratio, the covariate of a metric.
 */
#ifndef BOTIFY_JOINT_H
#define BOTIFY_JOINT_H

#include <stdint.h>

#include "stats/stats.h"

/* A sample of pairs, kept as its moments. Zero-initialise. */
struct joint {
	uint64_t n;
	double mean_x, mean_y; /* 0 where n is 0 */
	double m2_x, m2_y;     /* sums of the squared deviations from the means */
	double c_xy;	       /* sum of the products of the deviations */
};

/* Adds one pair: Welford 1962, and its extension to products by Pébay 2008, Sandia report SAND2008-6212. */
void joint_add(struct joint *j, double x, double y);

/* Adds all pairs of `other`: Chan, Golub, LeVeque 1979, and for the products Pébay 2008. */
void joint_merge(struct joint *j, const struct joint *other);

/* The sample of the x, and of the y, alone. */
struct stats joint_x(const struct joint *j);
struct stats joint_y(const struct joint *j);

/* The unbiased covariance c_xy / (n - 1); NaN where n < 2. */
double joint_covariance(const struct joint *j);

/*
 * The sum of the squared deviations of y - slope * x from their mean: m2_y - 2 slope c_xy + slope^2 m2_x. Where y is
 * slope * x but for a constant, these terms cancel, and what rounding leaves is no variance: a result below 2^-40 of
 * the terms is 0. So it is never negative, and a y that follows x to six digits counts as following it.
 */
double joint_residual_m2(const struct joint *j, double slope);

#endif

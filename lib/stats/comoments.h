/*
 * comoments: the first and second moments of pairs (x, y), in one pass and mergeable: the variance of a ratio needs
 * them (ratio.h), and so does the adjustment by a covariate (cuped.h).
 *
 * By convention x is what y is explained by: the denominator of a ratio, the covariate of a metric.
 */
#ifndef BOTIFY_COMOMENTS_H
#define BOTIFY_COMOMENTS_H

#include <stdint.h>

#include "stats/stats.h"

/* A sample of pairs, kept as its moments. Zero-initialise. */
struct comoments {
	uint64_t n;
	double mean_x, mean_y; /* 0 where n is 0 */
	double m2_x, m2_y;     /* sums of the squared deviations from the means */
	double c_xy;	       /* sum of the products of the deviations */
};

/* Adds one pair: Welford 1962, and its extension to products by Pébay 2008, Sandia report SAND2008-6212. */
void comoments_add(struct comoments *j, double x, double y);

/* Adds all pairs of `other`: Chan, Golub, LeVeque 1979, and for the products Pébay 2008. */
void comoments_merge(struct comoments *j, const struct comoments *other);

/* The sample of the x alone. */
struct moments comoments_x(const struct comoments *j);

/*
 * The sum of the squared deviations of y - slope * x from their mean: m2_y - 2 slope c_xy + slope^2 m2_x. Where y is
 * slope * x but for a constant, these terms cancel, and what rounding leaves is not variance: a result below 2^-40 of
 * the terms is 0. So it is never negative, and a y that follows x to six digits counts as following it.
 */
double comoments_residual_m2(const struct comoments *j, double slope);

#endif

/*
 * winsor: caps the largest values, so that a handful of users does not decide the mean of an arm (Tukey 1962 named it
 * after C. P. Winsor). What is compared then is a capped mean, and that is another metric: a change in the tail alone
 * is not seen.
 *
 * The threshold is one quantile of the values of all arms pooled. A threshold of the arm's own would cap a better arm
 * higher up and make a difference where there is none; one for all is the same question asked of every arm.
 */
#ifndef BOTIFY_WINSOR_H
#define BOTIFY_WINSOR_H

#include <stddef.h>

#include "base/errmsg.h"

/* The values of an arm, borrowed. */
struct winsor_arm {
	double *values;
	size_t n;
	size_t capped; /* set by winsor: how many were above the threshold */
};

/*
 * Finds the p-quantile (quantile_sorted) of all values of the arms and caps those above it, in place. Returns 0 and sets
 * *threshold, NaN where there are no values; or -1 where there is no memory, and then nothing is changed.
 */
int winsor(struct winsor_arm *arms, size_t n, double p, double *threshold, struct errmsg *e);

#endif

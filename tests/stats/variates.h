/*
 * variates: random numbers that are not uniform.
 */
#ifndef VARIATES_H
#define VARIATES_H

#include <math.h>

#include "base/rng.h"

static inline double draw_normal(struct rng *r)
{
	double radius = sqrt(-2 * log(1 - rng_uniform(r)));

	return radius * cos(2 * M_PI * rng_uniform(r));
}

/* Of mean 1. */
static inline double draw_exponential(struct rng *r)
{
	return -log(1 - rng_uniform(r));
}

#endif

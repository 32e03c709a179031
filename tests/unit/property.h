/*
 * property: random samples and comparisons for the tests that say "never": interval, p and verdict agree, however odd
 * the numbers are.
 */
#ifndef PROPERTY_H
#define PROPERTY_H

#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "stats/stats.h"
#include "unit/check.h"

static inline double property_spread(struct rng *r)
{
	return exp2(rng_uniform(r) * 80 - 40);
}

/* Sizes of 1, 2 and 3 are frequent, and so is no variance. */
static inline struct moments property_sample(struct rng *r, double mean)
{
	struct moments s = {.n = 1 + rng_below(r, rng_below(r, 3) ? 3 : 100000), .mean = mean};
	double sd = rng_below(r, 8) ? property_spread(r) : 0;

	s.m2 = sd * sd * (double)(s.n - 1);
	return s;
}

/* A control and a treatment: means of every size and sign, 0 and +-1e12 among them; sometimes the same. */
static inline void property_arms(struct rng *r, struct moments *control, struct moments *treatment)
{
	static const double offsets[] = {0, 0, 1e12, -1e12, 1, -3};
	double offset = offsets[rng_below(r, sizeof offsets / sizeof *offsets)];
	double shift = rng_below(r, 9) ? property_spread(r) * (rng_uniform(r) - 0.5) : 0;

	if (offset == 1)
		offset = property_spread(r) * (rng_uniform(r) - 0.5);
	*control = property_sample(r, offset);
	*treatment = property_sample(r, offset + shift);
}

/* Checks one comparison at alpha; all of it, or nothing but the difference, is known. */
static inline void property_agrees(const struct comparison *w, double alpha)
{
	int unknown = isnan(w->p);

	CHECK(isnan(w->lower) == unknown && isnan(w->upper) == unknown && isnan(w->error) == unknown);
	CHECK(isnan(w->half_width) == unknown && isnan(w->t) == unknown);
	CHECK(w->significant == (w->lower > 0 || w->upper < 0));
	CHECK(w->significant == (w->p < alpha));
	if (!unknown) {
		CHECK(w->p >= 0 && w->p <= 1 && isfinite(w->t) && w->error > 0);
		CHECK(w->lower <= w->difference && w->difference <= w->upper);
	}
}

#endif

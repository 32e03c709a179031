/*
 * sampler: from the values of users to one sample an arm, capped and adjusted where that is asked for. It is the one way
 * there: effects, days and audits differ only in which users and which values they ask about.
 *
 * A metric of users is the sample of their values (stats.h), or where there are covariates that of the adjusted ones
 * (cuped.h); a ratio metric is the sample that the delta method makes of its sums (ratio.h).
 */
#ifndef BOTIFY_SAMPLER_H
#define BOTIFY_SAMPLER_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/intern.h"
#include "stats/cuped.h"
#include "stats/stats.h"

/* Working memory for any number of samples of the same arms. */
struct sampler {
	size_t n_arms;

	/* private */
	uint32_t *places;
	struct cuped_arm *sums; /* by place */
};

/* Of users who are in no arm that is asked about. */
#define SAMPLER_NO_ARM UINT32_MAX

/* One metric of users: arrays of n elements, borrowed, in ascending order of the users' ids. */
struct sampler_users {
	size_t n;
	const uint32_t *arms;	  /* numbers below n_arms, or SAMPLER_NO_ARM */
	double *values;		  /* of a ratio metric the numerators; NaN where the user has none, and is left out */
	double *denominators;	  /* NULL: not a ratio metric */
	const double *covariates; /* NaN where the user has none; NULL: nothing is adjusted. Not of a ratio metric */
};

/*
 * Arms are numbered in the order of their first event, which parts of a log do not know; the last bit of a sum over arms
 * must not depend on it, and so these sums are made in the order of `names`. NULL: numbers are the order.
 * Returns 0, or -1 where there is no memory. Free with sampler_clear in either case.
 */
int sampler_init(struct sampler *s, size_t n_arms, const struct intern *names, struct errmsg *e);
void sampler_clear(struct sampler *s);

/*
 * Caps the values at their quantile, in place, over the users of all arms together (winsor.h). Sets *threshold: NaN
 * where there are no values, where `quantile` is 0 or the metric is a ratio; in the latter two cases nothing is capped.
 * Returns 0, or -1 where there is no memory.
 */
int sampler_cap(const struct sampler_users *u, double quantile, double *threshold, struct errmsg *e);

/*
 * Takes the samples, into arms[0 .. n_arms) by number. Returns the fit of the covariates; its numbers are NaN where
 * there were none. Allocates nothing.
 */
struct cuped sampler_take(struct sampler *s, const struct sampler_users *u, struct moments *arms);

#endif

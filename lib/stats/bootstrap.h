/*
 * bootstrap: intervals of ratios of sums over users, who are independent of each other while what each of them did is
 * not.
 *
 * It is the Poisson bootstrap (Hanley, MacGibbon 2006, "Creating non-parametric bootstrap samples using Poisson
 * frequencies"; Chamandy, Muralidharan, Najmi, Naidu 2012, "Estimating uncertainty for massive data streams"): in each
 * replicate a user counts as often as a Poisson variable of mean 1 says, which is drawn by (seed, user, replicate). So
 * the same users have the same draws in every ratio, wherever they stand. The interval is that of the replicates'
 * quantiles alpha/2 and 1 - alpha/2.
 */
#ifndef BOTIFY_BOOTSTRAP_H
#define BOTIFY_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"

enum {
	BOOTSTRAP_GROUPS = 1 << 14, /* more users are drawn in so many groups of them, by a hash of their id */
	BOOTSTRAP_REPLICATES_MAX = 100000
};

/* All pointers are borrowed. */
struct bootstrap {
	const uint32_t *users;	/* n of them, ascending */
	size_t n;
	const int64_t *sums;	/* of user i for ratio j: sums[i * n_ratios + j] */
	const uint32_t *counts; /* by which ratio j is divided: counts[i * n_counts + count_of[j]] */
	size_t n_ratios, n_counts;
	const size_t *count_of;
	uint64_t seed;
	uint32_t replicates; /* 0: no intervals */
	unsigned threads;
	double alpha;
};

/*
 * Sets lower[j] and upper[j] for each ratio: NaN where there are fewer than two users, or no replicates. The same for
 * any number of threads. Returns 0, or -1 with the reason.
 */
int bootstrap_ratios(const struct bootstrap *b, double *lower, double *upper, struct errmsg *e);

/* A draw from the Poisson distribution of mean 1, by 32 random bits: by inversion, exact to 2^-32. */
unsigned bootstrap_poisson(uint32_t bits);

#endif

#include "stats/proportions.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>

#include "stats/sequential.h"
#include "stats/stats.h"

/* All arms together. */
struct table {
	uint64_t hits, users;
	size_t arms; /* that have users */
};

static struct table table_of(const uint64_t *hits, const uint64_t *users, size_t arms)
{
	struct table t = {0};

	for (size_t i = 0; i < arms; i++) {
		t.hits += hits[i];
		t.users += users[i];
		t.arms += users[i] > 0;
	}
	return t;
}

/* Twice the smaller tail, which rounding may put just below a half. GSL is asked only for values that there can be. */
static double fisher_p(const struct table *t, uint64_t hits, uint64_t users)
{
	unsigned n1 = (unsigned)t->hits, n2 = (unsigned)(t->users - t->hits), k = (unsigned)hits, n = (unsigned)users;
	bool many = (double)hits * (double)t->users >= (double)t->hits * (double)users;
	double tail;

	if (many)
		tail = k > 0 ? gsl_cdf_hypergeometric_Q(k - 1, n1, n2, n) : 1;
	else
		tail = gsl_cdf_hypergeometric_P(k, n1, n2, n);
	return tail > 0.5 - 1e-12 ? 1 : 2 * tail;
}

/* Whether arm a has a larger share of hits than arm b. */
static bool has_more(const uint64_t *hits, const uint64_t *users, size_t a, size_t b)
{
	return (double)hits[a] * (double)users[b] > (double)hits[b] * (double)users[a];
}

/* The p of the least of several; fmin would make 1 of what is not known. */
static double of_several(double p, const struct table *t)
{
	double all = t->arms > 2 ? p * (double)t->arms : p;

	return all > 1 ? 1 : all;
}

struct proportions proportions_test(const uint64_t *hits, const uint64_t *users, size_t arms)
{
	struct table t = table_of(hits, users, arms);
	struct proportions least = {.p = NAN};

	for (size_t i = 0; i < arms && t.arms > 1; i++) {
		double p = users[i] > 0 ? fisher_p(&t, hits[i], users[i]) : NAN;
		bool stands_out = isnan(least.p) || p < least.p ||
				  (t.arms == 2 && has_more(hits, users, i, least.arm));

		if (!isnan(p) && stands_out)
			least = (struct proportions){.p = p, .arm = i};
	}
	least.p = of_several(least.p, &t);
	return least;
}

/* The sample of 1 for each hit and 0 for every other user. */
static struct moments indicator_sample(uint64_t hits, uint64_t users)
{
	double share = (double)hits / (double)users;

	return (struct moments){.n = users, .mean = share, .m2 = (double)hits * (1 - share)};
}

struct proportions proportions_sequential(const uint64_t *hits, const uint64_t *users, size_t arms, double tune,
					  double alpha)
{
	struct table t = table_of(hits, users, arms);
	struct proportions test = proportions_test(hits, users, arms);
	struct moments all = indicator_sample(t.hits, t.users);
	double least = NAN;

	for (size_t i = 0; i < arms && t.arms > 1; i++) {
		struct moments arm = indicator_sample(hits[i], users[i]);

		if (users[i] > 0)
			least = fmin(least, sequential_arm(&arm, &all, tune, alpha));
	}
	/* where all users are alike there is no such p, and the exact one is 1 */
	test.p = isnan(test.p) ? NAN : fmax(test.p, of_several(least, &t));
	return test;
}

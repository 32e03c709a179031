#include "stats/bootstrap.h"

#include <stdlib.h>

#include "base/rng.h"
#include "unit/check.h"

static void draws_are_those_of_poisson(void)
{
	struct rng r = rng_at(1, RNG_WORLD, 0, 0, 0);
	double n = 1e6, counts[5] = {0}, p = exp(-1);

	for (int i = 0; i < 1000000; i++) {
		unsigned x = bootstrap_poisson(rng_u32(&r));

		counts[x < 4 ? x : 4]++;
	}
	for (int k = 0; k < 4; p /= ++k)
		CHECK(fabs(counts[k] / n - p) < 4 * sqrt(p / n));
	CHECK(bootstrap_poisson(0) == 0 && bootstrap_poisson(UINT32_MAX) == 12);
	/* 2^32 / e, rounded: the first draw that is one */
	CHECK(bootstrap_poisson(1580030168) == 0 && bootstrap_poisson(1580030169) == 1);
}

enum { USERS = 4000 };

/* Users of one to four units, each with a mean of its own. */
struct sample {
	uint32_t users[USERS], counts[USERS];
	int64_t sums[USERS];
	size_t count_of[1];
};

static struct sample *make_sample(uint64_t seed)
{
	struct sample *s = calloc(1, sizeof *s);
	struct rng r = rng_at(seed, RNG_WORLD, 1, 0, 0);

	for (uint32_t i = 0; i < USERS; i++) {
		s->users[i] = 3 * i;
		s->counts[i] = 1 + rng_below(&r, 4);
		s->sums[i] = (int64_t)(1000 * rng_uniform(&r)) * s->counts[i];
	}
	return s;
}

static struct bootstrap bootstrap_of(const struct sample *s, unsigned threads)
{
	return (struct bootstrap){.users = s->users, .n = USERS, .sums = s->sums, .counts = s->counts, .n_ratios = 1,
				  .n_counts = 1, .count_of = s->count_of, .seed = 5, .replicates = 2000,
				  .threads = threads, .alpha = 0.05};
}

/* The delta method: the variance of a ratio is that of the sums less ratio times counts. */
static void intervals_are_as_wide_as_the_delta_method_says(void)
{
	struct sample *s = make_sample(2);
	struct bootstrap b = bootstrap_of(s, 2);
	double lower, upper, sum = 0, n = 0, squares = 0, error;
	struct errmsg e;

	CHECK(bootstrap_ratios(&b, &lower, &upper, &e) == 0);
	for (size_t i = 0; i < USERS; i++) {
		sum += (double)s->sums[i];
		n += s->counts[i];
	}
	for (size_t i = 0; i < USERS; i++) {
		double z = (double)s->sums[i] - sum / n * s->counts[i];

		squares += z * z;
	}
	error = sqrt(squares) / n;
	CHECK_NEAR(upper - lower, 2 * 1.96 * error, 0.06);
	CHECK_NEAR((upper + lower) / 2, sum / n, 0.005);
	free(s);
}

static void threads_do_not_matter(void)
{
	struct sample *s = make_sample(3);
	struct bootstrap one = bootstrap_of(s, 1), three = bootstrap_of(s, 3);
	double lower[2], upper[2];
	struct errmsg e;

	CHECK(bootstrap_ratios(&one, &lower[0], &upper[0], &e) == 0);
	CHECK(bootstrap_ratios(&three, &lower[1], &upper[1], &e) == 0);
	CHECK(lower[0] == lower[1] && upper[0] == upper[1]);
	free(s);
}

/* With more users than groups the interval is about as wide as without. */
static void many_users_are_drawn_in_groups(void)
{
	enum { N = 40000 };
	uint32_t *users = calloc(N, sizeof *users), *counts = calloc(N, sizeof *counts);
	int64_t *sums = calloc(N, sizeof *sums);
	size_t count_of[] = {0};
	struct rng r = rng_at(4, RNG_WORLD, 1, 0, 0);
	struct bootstrap b = {.users = users, .n = N, .sums = sums, .counts = counts, .n_ratios = 1, .n_counts = 1,
			      .count_of = count_of, .replicates = 1000, .alpha = 0.05};
	double lower, upper;
	struct errmsg e;

	for (uint32_t i = 0; i < N; i++) {
		users[i] = i;
		counts[i] = 1;
		sums[i] = rng_below(&r, 2);
	}
	CHECK(bootstrap_ratios(&b, &lower, &upper, &e) == 0);
	CHECK_NEAR(upper - lower, 2 * 1.96 * 0.5 / sqrt(N), 0.08);
	free(users);
	free(counts);
	free(sums);
}

static void one_user_has_no_interval(void)
{
	struct sample *s = make_sample(1);
	struct bootstrap b = bootstrap_of(s, 1);
	double lower, upper;
	struct errmsg e;

	b.n = 1;
	CHECK(bootstrap_ratios(&b, &lower, &upper, &e) == 0 && isnan(lower) && isnan(upper));
	b.n = USERS;
	b.replicates = 0;
	CHECK(bootstrap_ratios(&b, &lower, &upper, &e) == 0 && isnan(lower) && isnan(upper));
	free(s);
}

int main(void)
{
	RUN(draws_are_those_of_poisson);
	RUN(intervals_are_as_wide_as_the_delta_method_says);
	RUN(threads_do_not_matter);
	RUN(many_users_are_drawn_in_groups);
	RUN(one_user_has_no_interval);
	return DONE();
}

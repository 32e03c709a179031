#include "stats/quantile.h"

#include <stdlib.h>

#include "stats/lift.h"
#include "unit/property.h"

struct type7_known {
	double p, value;
};

struct clustered_known {
	double users, p, alpha, value, lower, upper, error;
};

#include "reference/quantile_known.h"
#include "reference/quantile_r.h"

static void type_7_is_that_of_r(void)
{
	double x[37];

	for (int i = 0; i < 37; i++) {
		double base = i * 17 % 37;

		x[i] = base * base / 8;
	}
	quantile_sort(x, 37);
	for (size_t i = 0; i < sizeof type7_known / sizeof *type7_known; i++)
		CHECK_NEAR(quantile_sorted(x, 37, type7_known[i].p), type7_known[i].value, 1e-14);
	CHECK(isnan(quantile_sorted(x, 0, 0.5)));
	CHECK(quantile_sorted(x, 1, 0.3) == x[0] && quantile_sorted(x, 1, 1) == x[0]);
}

struct sessions {
	double grouped[8000], sorted[8000];
	size_t sizes[2000], n;
};

/* The same numbers as in tests/reference/methods.py. */
static void make_sessions(struct sessions *s, long users)
{
	s->n = 0;
	for (long u = 0; u < users; u++) {
		s->sizes[u] = (size_t)(1 + u * 7 % 5);
		for (long k = 0; k < (long)s->sizes[u]; k++)
			s->grouped[s->n++] = (double)((u * 37 + k * 101 + u * u * k) % 1009) / 8 + (double)(u % 13);
	}
	memcpy(s->sorted, s->grouped, s->n * sizeof *s->sorted);
	quantile_sort(s->sorted, s->n);
}

static void clusters_agree_with_statsmodels(void)
{
	static struct sessions s;

	for (size_t i = 0; i < sizeof clustered_known / sizeof *clustered_known; i++) {
		const struct clustered_known *k = &clustered_known[i];
		struct quantile q;

		make_sessions(&s, (long)k->users);
		q = quantile_clustered(s.sorted, s.grouped, s.sizes, (size_t)k->users, k->p, k->alpha);
		CHECK_NEAR(q.value, k->value, 1e-14);
		CHECK(q.lower == k->lower && q.upper == k->upper);
		CHECK_NEAR(q.error, k->error, 1e-10);
		CHECK(q.users == (uint64_t)k->users);
	}
}

/* Of uniform values the median has the error sqrt(1/4 / n). */
static void one_value_a_user_is_the_simple_case(void)
{
	static double x[2000];
	static size_t ones[2000];
	struct quantile q;

	for (uint32_t i = 0; i < 2000; i++) {
		struct rng r = rng_at(8, RNG_WORLD, i, 0, 0);

		x[i] = rng_uniform(&r);
		ones[i] = 1;
	}
	quantile_sort(x, 2000);
	q = quantile_clustered(x, x, ones, 2000, 0.5, 0.05);
	CHECK_NEAR(q.error, sqrt(0.25 / 2000), 0.1);
	CHECK_NEAR(q.lower, 0.5 - 1.96 * q.error, 0.05);
	CHECK_NEAR(q.upper, 0.5 + 1.96 * q.error, 0.05);
	/* too few for bounds */
	q = quantile_clustered(x, x, ones, 2, 0.5, 0.05);
	CHECK(q.lower == -INFINITY && q.upper == INFINITY && isnan(q.error) && q.users == 2);
	q = quantile_clustered(x, x, ones, 1, 0.5, 0.05);
	CHECK(q.value == x[0] && q.lower == -INFINITY && isnan(q.error));
}

/* Ten copies of every user's value are no more than one. */
static void copies_do_not_narrow_the_interval(void)
{
	static double x[200], copies[2000];
	static size_t ones[2000], tens[200];
	struct quantile one, ten, naive;

	for (uint32_t i = 0; i < 200; i++) {
		struct rng r = rng_at(9, RNG_WORLD, i, 0, 0);

		x[i] = rng_uniform(&r);
		tens[i] = 10;
	}
	quantile_sort(x, 200);
	for (int i = 0; i < 2000; i++) {
		copies[i] = x[i / 10];
		ones[i] = 1;
	}
	one = quantile_clustered(x, x, ones, 200, 0.5, 0.05);
	ten = quantile_clustered(copies, copies, tens, 200, 0.5, 0.05);
	naive = quantile_clustered(copies, copies, ones, 2000, 0.5, 0.05);
	CHECK_NEAR(ten.upper - ten.lower, one.upper - one.lower, 0.1);
	CHECK(naive.upper - naive.lower < 0.5 * (one.upper - one.lower));
}

static void ties_and_empty_users_are_fine(void)
{
	static const double same[] = {2, 2, 2, 2, 2, 2};
	static const size_t sizes[] = {2, 0, 3, 1}, none[] = {0, 0};
	struct quantile q = quantile_clustered(same, same, sizes, 4, 0.5, 0.05);
	struct moments s;
	struct comparison w;

	CHECK(q.value == 2 && q.lower == 2 && q.upper == 2 && q.error == 0 && q.users == 4);
	s = quantile_sample(&q);
	w = comparison_welch(&s, &s, 0.05);
	CHECK(w.difference == 0 && isnan(w.p));
	q = quantile_clustered(NULL, NULL, none, 2, 0.5, 0.05);
	CHECK(isnan(q.value) && q.lower == -INFINITY && isnan(q.error));
	s = quantile_sample(&q);
	w = comparison_welch(&s, &s, 0.05);
	CHECK(isnan(w.difference) && isnan(w.p) && !w.significant);
	q = quantile_clustered(NULL, NULL, NULL, 0, 0.5, 0.05);
	CHECK(isnan(q.value) && q.users == 0);
}

static void a_sample_has_the_error_of_the_quantile(void)
{
	struct quantile a = {.value = 10, .error = 0.5, .users = 400}, b = {.value = 12, .error = 1.2, .users = 300};
	struct moments c = quantile_sample(&a), t = quantile_sample(&b);
	struct comparison w = comparison_welch(&c, &t, 0.05);

	CHECK(w.difference == 2);
	CHECK_NEAR(w.error, 1.3, 1e-14);
	CHECK_NEAR(w.df, pow(1.69, 2) / (pow(0.25, 2) / 399 + pow(1.44, 2) / 299), 1e-13);
}

static struct quantile any(struct rng *r)
{
	double x[60];
	size_t sizes[60], users = rng_below(r, 30), n = 0;
	double offset = rng_below(r, 3) ? 0 : 1e12, scale = property_spread(r), grouped[60] = {0};

	for (size_t i = 0; i < users; i++) {
		sizes[i] = rng_below(r, 3);
		for (size_t k = 0; k < sizes[i]; k++)
			grouped[n++] = offset + scale * (double)rng_below(r, 10);
	}
	memcpy(x, grouped, n * sizeof *x);
	quantile_sort(x, n);
	return quantile_clustered(x, grouped, sizes, users, 0.1 + 0.8 * rng_uniform(r), 0.2);
}

static void interval_p_and_verdict_agree(void)
{
	for (uint32_t i = 0; i < 20000; i++) {
		struct rng r = rng_at(2, RNG_WORLD, i, 0, 0);
		struct quantile a = any(&r), b = any(&r);
		struct moments c = quantile_sample(&a), t = quantile_sample(&b);
		struct comparison w = comparison_welch(&c, &t, 0.2);
		struct lift l = lift_fieller(&c, &t, &w);

		property_agrees(&w, 0.2);
		CHECK(isnan(a.value) || (a.lower <= a.value && a.value <= a.upper));
		CHECK(l.kind != LIFT_BOUNDED || (l.lower > 0 || l.upper < 0) == w.significant);
	}
}

int main(void)
{
	RUN(type_7_is_that_of_r);
	RUN(clusters_agree_with_statsmodels);
	RUN(one_value_a_user_is_the_simple_case);
	RUN(copies_do_not_narrow_the_interval);
	RUN(ties_and_empty_users_are_fine);
	RUN(a_sample_has_the_error_of_the_quantile);
	RUN(interval_p_and_verdict_agree);
	return DONE();
}

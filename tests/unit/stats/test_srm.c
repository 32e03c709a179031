#include "stats/srm.h"

#include "base/rng.h"
#include "unit/check.h"

struct srm_known {
	double arms, counts[5], weights[5], concentration; /* given */
	double chi2, log_p, log_bf;			   /* wanted */
};

struct srm_tail {
	double chi2, df, log_p;
};

#include "reference/srm_known.h"

static void take_counts(const struct srm_known *k, uint64_t *counts)
{
	for (int i = 0; i < 5; i++)
		counts[i] = (uint64_t)k->counts[i];
}

static void it_agrees_with_scipy_and_mpmath(void)
{
	for (size_t i = 0; i < sizeof srm_known / sizeof *srm_known; i++) {
		const struct srm_known *k = &srm_known[i];
		uint64_t counts[5];
		struct srm s;

		take_counts(k, counts);
		s = srm_test(counts, k->weights, (size_t)k->arms);
		CHECK_NEAR(s.chi2, k->chi2, 1e-9);
		CHECK(s.df == k->arms - 1);
		CHECK_NEAR(s.p, exp(k->log_p), 1e-9);
	}
}

static void the_tail_has_its_digits_everywhere(void)
{
	for (size_t i = 0; i < sizeof srm_tail / sizeof *srm_tail; i++) {
		const struct srm_tail *k = &srm_tail[i];

		CHECK_NEAR(srm_chi2_tail(k->chi2, k->df), exp(k->log_p), 1e-12);
	}
	CHECK(srm_chi2_tail(0, 3) == 1 && srm_chi2_tail(1e300, 30) == 0);
	CHECK(srm_chi2_tail(INFINITY, 3) == 0);
}

/* 8e-170 prints as that; below the least double p is 0. */
static void a_small_p_prints_as_what_it_is(void)
{
	uint64_t known[] = {5000, 8190}, vast[] = {1000000, 2000000};
	double equal[] = {1, 1};
	struct srm s = srm_test(known, equal, 2);
	char text[32];

	snprintf(text, sizeof text, "%.0e", s.p);
	CHECK_STR(text, "8e-170");
	s = srm_test(vast, equal, 2);
	CHECK(s.p == 0);
}

static void expected_counts_follow_the_weights(void)
{
	uint64_t counts[] = {10, 20, 70};
	double weights[] = {1, 1, 2}, expected[3];

	srm_expected(counts, weights, 3, expected);
	CHECK(expected[0] == 25 && expected[1] == 25 && expected[2] == 50);
}

static void sequential_agrees_with_mpmath(void)
{
	for (size_t i = 0; i < sizeof srm_known / sizeof *srm_known; i++) {
		const struct srm_known *k = &srm_known[i];
		uint64_t counts[5];
		struct srm_sequential s;

		take_counts(k, counts);
		s = srm_sequential(counts, k->weights, (size_t)k->arms, k->concentration);
		CHECK_NEAR(s.log_bf, k->log_bf, 1e-9);
		CHECK(s.p == exp(fmin(0, -s.log_bf)));
	}
}

/* The Bayes factor of no data is 1, and that of one user per arm is a_1 a_2 / (a (a + 1)) / (w_1 w_2) = a / (a + 1). */
static void sequential_has_its_closed_forms(void)
{
	uint64_t none[] = {0, 0}, one[] = {1, 1};
	double weights[] = {1, 3};

	CHECK_NEAR(srm_sequential(none, weights, 2, 10).log_bf, 0, 1e-15);
	CHECK_NEAR(srm_sequential(one, weights, 2, 10).log_bf, log(10 / 11.0), 1e-13);
}

static void odd_plans_are_told(void)
{
	uint64_t none[] = {0, 0, 0}, stray[] = {50, 50, 1}, fine[] = {50, 60, 0};
	double weights[] = {1, 1, 0};
	struct srm s = srm_test(none, weights, 3), two = srm_test(fine, weights, 2);
	struct srm_sequential q;

	CHECK(isnan(s.p) && isnan(s.chi2) && isnan(s.df));
	s = srm_test(fine, weights, 1);
	CHECK(isnan(s.p));
	s = srm_test(fine, weights, 0);
	CHECK(isnan(s.p));
	s = srm_test(fine, weights, 3);
	CHECK(s.df == 1 && s.p == two.p && s.chi2 == two.chi2);
	s = srm_test(stray, weights, 3);
	CHECK(s.chi2 == INFINITY && s.p == 0);
	q = srm_sequential(stray, weights, 3, SRM_CONCENTRATION);
	CHECK(q.p == 0 && q.log_bf == INFINITY);
	q = srm_sequential(fine, weights, 3, SRM_CONCENTRATION);
	CHECK(q.log_bf == srm_sequential(fine, weights, 2, SRM_CONCENTRATION).log_bf);
}

static void p_is_a_probability(void)
{
	for (uint32_t i = 0; i < 20000; i++) {
		struct rng r = rng_at(6, RNG_WORLD, i, 0, 0);
		uint64_t counts[6];
		double weights[6];
		size_t arms = 2 + rng_below(&r, 5);
		struct srm s;
		struct srm_sequential q;

		for (size_t k = 0; k < arms; k++) {
			counts[k] = (uint64_t)exp2(rng_uniform(&r) * (i % 2 ? 40 : 5)) - 1;
			weights[k] = rng_uniform(&r) + 0.01;
		}
		s = srm_test(counts, weights, arms);
		q = srm_sequential(counts, weights, arms, exp2(rng_uniform(&r) * 20));
		CHECK(isnan(s.p) || (s.p >= 0 && s.p <= 1));
		CHECK(q.p >= 0 && q.p <= 1 && isfinite(q.log_bf));
	}
}

int main(void)
{
	RUN(it_agrees_with_scipy_and_mpmath);
	RUN(the_tail_has_its_digits_everywhere);
	RUN(a_small_p_prints_as_what_it_is);
	RUN(expected_counts_follow_the_weights);
	RUN(sequential_agrees_with_mpmath);
	RUN(sequential_has_its_closed_forms);
	RUN(odd_plans_are_told);
	RUN(p_is_a_probability);
	return DONE();
}

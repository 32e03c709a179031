#include "stats/sequential.h"

#include "unit/property.h"

struct sequential_known {
	double alpha, tune, n, rho2, critical, t, p;
};

#include "reference/sequential_known.h"

static void it_agrees_with_the_definition_solved_numerically(void)
{
	for (size_t i = 0; i < sizeof sequential_known / sizeof *sequential_known; i++) {
		const struct sequential_known *k = &sequential_known[i];
		struct comparison w = sequential_compare(k->t * 0.5, 0.5, k->n, k->rho2, k->alpha);

		CHECK_NEAR(sequential_rho2(k->tune, k->alpha), k->rho2, 1e-12);
		CHECK_NEAR(sequential_critical(k->n, k->rho2, k->alpha), k->critical, 1e-13);
		CHECK_NEAR(w.t, k->t, 1e-15);
		CHECK_NEAR(w.p, k->p, 1e-12);
		CHECK_NEAR(w.half_width, 0.5 * k->critical, 1e-13);
		CHECK(w.error == 0.5 && isnan(w.df));
	}
}

/* The figures in the header. */
static void its_price_is_what_the_header_says(void)
{
	double rho2 = sequential_rho2(5000, 0.05);

	CHECK_NEAR(sequential_critical(5000, rho2, 0.05) / comparison_t_critical(0.05, INFINITY), 1.55, 0.01);
	CHECK(sequential_critical(2500, rho2, 0.05) > sequential_critical(5000, rho2, 0.05));
	CHECK(sequential_critical(10000, rho2, 0.05) > sequential_critical(5000, rho2, 0.05));
	CHECK_NEAR(rho2, (-2 * log(0.05) + log(1 - 2 * log(0.05))) / 5000, 0.04);
}

static void samples_are_judged_by_their_own_error(void)
{
	struct moments c = {.n = 400, .mean = 2, .m2 = 4 * 399}, t = {.n = 100, .mean = 3, .m2 = 9 * 99};
	struct comparison w = sequential_welch(&c, &t, 1000, 0.05);
	struct comparison same = sequential_compare(1, sqrt(0.01 + 0.09), 500, sequential_rho2(1000, 0.05), 0.05);

	CHECK(w.difference == 1);
	CHECK_NEAR(w.half_width, same.half_width, 1e-15);
	CHECK_NEAR(w.p, same.p, 1e-15);
}

/* 3 and 3 users: a standard deviation of three values is not known well enough to take the normal distribution. */
static void it_is_never_surer_than_one_look(void)
{
	struct moments c = {.n = 3, .mean = 1, .m2 = 0.02}, t = {.n = 3, .mean = 2, .m2 = 0.02};

	for (double tune = 2; tune < 1e6; tune *= 10) {
		struct comparison once = comparison_welch(&c, &t, 0.05), w = sequential_welch(&c, &t, tune, 0.05);

		/* scipy.stats.ttest_ind_from_stats(2, 0.1, 3, 1, 0.1, 3, equal_var=False).pvalue */
		CHECK_NEAR(once.p, 0.00025521674944192687, 1e-12);
		CHECK(w.p >= once.p && w.half_width >= once.half_width);
	}
	for (uint32_t i = 0; i < 20000; i++) {
		struct rng r = rng_at(6, RNG_WORLD, i, 0, 0);
		double tune = exp2(rng_uniform(&r) * 30);
		struct comparison once, w;

		property_arms(&r, &c, &t);
		once = comparison_welch(&c, &t, 0.05);
		w = sequential_welch(&c, &t, tune, 0.05);
		CHECK(isnan(w.p) == isnan(once.p) && !(w.p < once.p) && !(w.half_width < once.half_width));
	}
}

static void what_cannot_be_known_is_nan(void)
{
	struct moments none = {0}, flat = {.n = 9, .mean = 1};
	struct moments one = {.n = 1, .mean = 2}, some = {.n = 9, .mean = 1, .m2 = 8};
	struct comparison w = sequential_welch(&none, &some, 100, 0.05);

	CHECK(isnan(w.p) && isnan(w.lower) && isnan(w.half_width) && !w.significant);
	w = sequential_welch(&one, &some, 100, 0.05);
	CHECK(isnan(w.p) && w.difference == -1);
	w = sequential_welch(&flat, &flat, 100, 0.05);
	CHECK(isnan(w.p));
}

static void interval_p_and_verdict_agree(void)
{
	static const double alphas[] = {0.05, 0.5, 1e-3, 1e-9};

	for (uint32_t i = 0; i < 40000; i++) {
		struct rng r = rng_at(5, RNG_WORLD, i, 0, 0);
		double alpha = alphas[i % 4], rho2 = sequential_rho2(exp2(rng_uniform(&r) * 30), 0.05), n;
		struct moments c, t;
		struct comparison w;

		property_arms(&r, &c, &t);
		w = sequential_welch(&c, &t, 1000, alpha);
		property_agrees(&w, alpha);
		/* the interval at p itself ends at 0, and is on the border where rounding could part them */
		n = 1 + rng_below(&r, 100000);
		w = sequential_compare(rng_uniform(&r) * 8, 1, n, rho2, alpha);
		if (w.p < 1) {
			double p = w.p;

			w = sequential_compare(w.difference, 1, n, rho2, p);
			property_agrees(&w, p);
			CHECK(fabs(w.lower) < 1e-9);
		}
	}
}

int main(void)
{
	RUN(it_agrees_with_the_definition_solved_numerically);
	RUN(its_price_is_what_the_header_says);
	RUN(samples_are_judged_by_their_own_error);
	RUN(it_is_never_surer_than_one_look);
	RUN(what_cannot_be_known_is_nan);
	RUN(interval_p_and_verdict_agree);
	return DONE();
}

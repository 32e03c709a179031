#include "stats/stats.h"

#include "base/rng.h"
#include "unit/check.h"

struct welch_known {
	double mc, sc, nc, mt, st, nt, alpha;	/* given */
	double lower, upper, t, df, p;		/* wanted */
};

struct tail_known {
	double t, df, p;
};

#include "reference/student.h"

static struct moments sample(double mean, double sd, double n)
{
	return (struct moments){.n = (uint64_t)n, .mean = mean, .m2 = sd * sd * (n - 1)};
}

static void moments_are_those_of_the_definition(void)
{
	struct moments s = {0};

	CHECK(isnan(moments_mean(&s)) && isnan(moments_variance(&s)));
	moments_add(&s, 3);
	CHECK(moments_mean(&s) == 3 && isnan(moments_variance(&s)) && isnan(moments_sd(&s)));
	moments_add(&s, 5);
	moments_add(&s, 10);
	CHECK_NEAR(moments_mean(&s), 6, 1e-15);
	CHECK_NEAR(moments_variance(&s), 13, 1e-15);
	CHECK_NEAR(moments_sd(&s), sqrt(13), 1e-15);
}

/* The sum of squares minus the square of the sum would have no digit left here. */
static void a_large_offset_costs_no_digits(void)
{
	struct moments s = {0};

	for (int i = 0; i < 1000; i++)
		moments_add(&s, 1e9 + i % 10);
	CHECK_NEAR(moments_variance(&s), 8.25 * 1000 / 999, 1e-8);
	CHECK_NEAR(moments_mean(&s), 1e9 + 4.5, 1e-15);
}

static void merged_parts_are_the_whole(void)
{
	struct moments whole = {0}, parts[7] = {{0}}, merged = {0}, empty = {0};

	for (uint32_t i = 0; i < 1000; i++) {
		struct rng r = rng_at(1, RNG_WORLD, i, 0, 0);
		double x = rng_uniform(&r) * (i % 3 + 1);

		moments_add(&whole, x);
		moments_add(&parts[i % 7], x);
	}
	moments_merge(&merged, &empty);
	CHECK(merged.n == 0);
	for (int i = 0; i < 7; i++)
		moments_merge(&merged, &parts[i]);
	moments_merge(&merged, &empty);
	CHECK(merged.n == whole.n);
	CHECK_NEAR(merged.mean, whole.mean, 1e-13);
	CHECK_NEAR(merged.m2, whole.m2, 1e-13);
}

static void equal_values_have_no_variance_also_merged(void)
{
	struct moments a = {0}, b = {0};

	for (int i = 0; i < 17; i++)
		moments_add(i % 3 ? &a : &b, 0.1);
	moments_merge(&a, &b);
	CHECK(moments_variance(&a) == 0);
}

static void welch_agrees_with_scipy(void)
{
	for (size_t i = 0; i < sizeof welch_known / sizeof *welch_known; i++) {
		const struct welch_known *k = &welch_known[i];
		struct moments c = sample(k->mc, k->sc, k->nc), t = sample(k->mt, k->st, k->nt);
		struct comparison w = comparison_welch(&c, &t, k->alpha);

		CHECK(w.difference == k->mt - k->mc);
		CHECK_NEAR(w.lower, k->lower, 1e-11);
		CHECK_NEAR(w.upper, k->upper, 1e-11);
		CHECK_NEAR(w.t, k->t, 1e-11);
		CHECK_NEAR(w.df, k->df, 1e-11);
		CHECK_NEAR(w.p, k->p, 1e-11);
		CHECK(w.significant == (k->lower > 0 || k->upper < 0));
	}
}

static void tails_agree_with_scipy(void)
{
	for (size_t i = 0; i < sizeof tail_known / sizeof *tail_known; i++) {
		const struct tail_known *k = &tail_known[i];

		CHECK_NEAR(comparison_t_tails(k->t, k->df), k->p, 1e-11);
		CHECK_NEAR(comparison_t_tails(-k->t, k->df), k->p, 1e-11);
		if (k->p < 0.5)
			CHECK_NEAR(comparison_t_critical(k->p, k->df), k->t, 1e-11);
	}
}

/* With one and two degrees of freedom the quantile has a closed form. */
static void quantiles_agree_with_their_closed_forms(void)
{
	static const double alphas[] = {0.9, 0.5, 0.1, 0.05, 0.01, 0.001};

	for (size_t i = 0; i < sizeof alphas / sizeof *alphas; i++) {
		double a = alphas[i];

		CHECK_NEAR(comparison_t_critical(a, 1), 1 / tan(acos(-1) * a / 2), 1e-13);
		CHECK_NEAR(comparison_t_critical(a, 2), (1 - a) * sqrt(2 / (a * (2 - a))), 1e-13);
	}
}

static int is_unknown(const struct comparison *w)
{
	return isnan(w->lower) && isnan(w->upper) && isnan(w->t) && isnan(w->df) && isnan(w->p) && !w->significant;
}

static void what_cannot_be_known_is_nan(void)
{
	struct moments none = {0}, one = sample(3, 0, 1), some = sample(2, 1, 5);
	struct moments flat = sample(2, 0, 5), other = sample(4, 0, 9);
	struct moments huge = sample(INFINITY, INFINITY, 5);
	struct comparison w;

	w = comparison_welch(&none, &some, 0.05);
	CHECK(is_unknown(&w) && isnan(w.difference));
	w = comparison_welch(&some, &one, 0.05);
	CHECK(is_unknown(&w) && w.difference == 1);
	w = comparison_welch(&one, &some, 0.05);
	CHECK(is_unknown(&w) && w.difference == -1);
	w = comparison_welch(&flat, &other, 0.05);
	CHECK(is_unknown(&w) && w.difference == 2);
	w = comparison_welch(&some, &huge, 0.05);
	CHECK(is_unknown(&w));
	w = comparison_welch(&flat, &some, 0.05);
	CHECK(!isnan(w.p) && !isnan(w.lower));
}

/* As means of a user's equal values do; ten times as much is variance. */
static void what_rounding_leaves_is_no_variance(void)
{
	struct moments c = {0}, t = {0}, one = {0};
	struct comparison w;

	moments_add(&one, 0.1);
	for (int i = 0; i < 20; i++) {
		moments_add(&c, i % 2 ? 0.1 : (0.1 + 0.1 + 0.1) / 3);
		moments_add(&t, 0.1);
	}
	CHECK(c.m2 > 0 && comparison_difference_error(&c, &t) == 0 && isnan(comparison_difference_error(&c, &one)));
	w = comparison_welch(&c, &t, 0.05);
	CHECK(is_unknown(&w));
	w = comparison_welch(&t, &c, 0.05);
	CHECK(is_unknown(&w));
	c = sample(1e12, 0.1, 20);
	t = sample(1e12, 0, 20);
	w = comparison_welch(&c, &t, 0.05);
	CHECK(w.p == 1 && w.error > 0);
	w = comparison_welch(&t, &c, 0.05);
	CHECK(w.p == 1 && w.error > 0);
}

static double spread(struct rng *r)
{
	return exp2(rng_uniform(r) * 80 - 40);
}

/* Returns p. */
static double check_agreement(const struct moments *c, const struct moments *t, double alpha)
{
	struct comparison w = comparison_welch(c, t, alpha);
	int excludes = w.lower > 0 || w.upper < 0;

	CHECK(w.significant == excludes);
	CHECK(w.significant == (w.p < alpha));
	if (!isnan(w.p)) {
		CHECK(w.p >= 0 && w.p <= 1 && w.df >= 0.999999 && isfinite(w.t));
		CHECK(w.lower <= w.difference && w.difference <= w.upper);
	}
	return w.p;
}

static void interval_p_and_verdict_agree(void)
{
	static const double alphas[] = {0.05, 0.5, 1e-3, 1e-9};
	static const double offsets[] = {0, 0, 1e12, -1e12};

	for (uint32_t i = 0; i < 20000; i++) {
		struct rng r = rng_at(2, RNG_WORLD, i, 0, 0);
		double offset = offsets[i % 4], shift = spread(&r) * (rng_uniform(&r) - 0.5);
		struct moments c = sample(offset, i % 11 ? spread(&r) : 0, 1 + rng_below(&r, i % 3 ? 4 : 100000));
		struct moments t = sample(offset + shift, i % 13 ? spread(&r) : 0,
					  1 + rng_below(&r, i % 5 ? 4 : 100000));

		double p = check_agreement(&c, &t, alphas[i % 4]);

		/* on the very border, where rounding could part them */
		if (p > 1e-12 && p < 1)
			check_agreement(&c, &t, p);
	}
}

static void with_infinite_df_the_normal_distribution_judges(void)
{
	struct comparison w = moments_compare(-3, 2, INFINITY, 0.05);

	CHECK_NEAR(comparison_t_critical(0.05, INFINITY), 1.959963984540054, 1e-14);
	CHECK_NEAR(comparison_t_tails(1.959963984540054, INFINITY), 0.05, 1e-14);
	CHECK_NEAR(comparison_t_tails(-10, INFINITY), 1.5239706048321052e-23, 1e-13);
	CHECK(w.t == -1.5 && w.error == 2 && !w.significant && isinf(w.df));
	CHECK_NEAR(w.p, 0.13361440253771617, 1e-13);
	CHECK_NEAR(w.lower, -3 - 2 * 1.959963984540054, 1e-14);
	CHECK(isnan(comparison_t_critical(0.05, NAN)));
	w = moments_compare(1, 2, 0, 0.05);
	CHECK(is_unknown(&w) && w.difference == 1);
	w = moments_compare(1, 2, NAN, 0.05);
	CHECK(is_unknown(&w));
}

/* The verdict is given; the interval follows it, by one bit if need be. */
static void a_verdict_from_elsewhere_is_kept(void)
{
	struct comparison w = moments_compare(-3, 1, 9, 0.05), u = moments_compare(-3, 0, 9, 0.05);

	CHECK(w.significant);
	comparison_rejudge(&w, 4, false);
	CHECK(!w.significant && w.lower == -7 && w.upper == 1 && w.half_width == 4);
	comparison_rejudge(&w, 3, true);
	CHECK(w.significant && w.upper < 0 && w.half_width < 3 && w.half_width > 3 - 1e-15);
	comparison_rejudge(&w, nextafter(3, 0), false);
	CHECK(!w.significant && w.upper == 0 && w.half_width == 3);
	comparison_rejudge(&u, 4, false);
	CHECK(is_unknown(&u));
}

int main(void)
{
	RUN(moments_are_those_of_the_definition);
	RUN(a_large_offset_costs_no_digits);
	RUN(merged_parts_are_the_whole);
	RUN(equal_values_have_no_variance_also_merged);
	RUN(welch_agrees_with_scipy);
	RUN(tails_agree_with_scipy);
	RUN(quantiles_agree_with_their_closed_forms);
	RUN(what_cannot_be_known_is_nan);
	RUN(what_rounding_leaves_is_no_variance);
	RUN(with_infinite_df_the_normal_distribution_judges);
	RUN(a_verdict_from_elsewhere_is_kept);
	RUN(interval_p_and_verdict_agree);
	return DONE();
}

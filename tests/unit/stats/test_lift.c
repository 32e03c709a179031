#include "stats/lift.h"

#include "unit/property.h"

struct lift_known {
	double mc, sc, nc, mt, st, nt, alpha; /* given */
	double lower, upper;		      /* wanted */
};

#include "reference/lift_known.h"

static struct moments sample(double mean, double sd, double n)
{
	return (struct moments){.n = (uint64_t)n, .mean = mean, .m2 = sd * sd * (n - 1)};
}

static void it_agrees_with_the_definition_solved_numerically(void)
{
	for (size_t i = 0; i < sizeof lift_known / sizeof *lift_known; i++) {
		const struct lift_known *k = &lift_known[i];
		struct moments c = sample(k->mc, k->sc, k->nc), t = sample(k->mt, k->st, k->nt);
		struct comparison w = comparison_welch(&c, &t, k->alpha);
		struct lift l = lift_fieller(&c, &t, &w);

		if (isinf(k->lower)) {
			CHECK(l.kind == LIFT_UNBOUNDED && l.lower == -INFINITY && l.upper == INFINITY);
		} else {
			CHECK(l.kind == LIFT_BOUNDED);
			CHECK_NEAR(l.lower, k->lower, 1e-10);
			CHECK_NEAR(l.upper, k->upper, 1e-10);
		}
		CHECK_NEAR(l.percent, 100 * (k->mt - k->mc) / k->mc, 1e-14);
		CHECK(l.significant == w.significant);
	}
}

static void what_cannot_be_known_is_nan(void)
{
	struct moments zero = sample(0, 1, 9), some = sample(3, 1, 9), flat = sample(3, 0, 9), none = {0};
	struct comparison w = comparison_welch(&zero, &some, 0.05);
	struct lift l = lift_fieller(&zero, &some, &w);

	CHECK(l.kind == LIFT_UNKNOWN && isnan(l.percent) && isnan(l.lower) && isnan(l.upper) && l.significant);
	w = comparison_welch(&none, &some, 0.05);
	l = lift_fieller(&none, &some, &w);
	CHECK(l.kind == LIFT_UNKNOWN && isnan(l.percent) && !l.significant);
	w = comparison_welch(&flat, &flat, 0.05);
	l = lift_fieller(&flat, &flat, &w);
	CHECK(l.kind == LIFT_UNKNOWN && l.percent == 0 && isnan(l.lower));
	/* a control without noise: the interval of the difference, divided */
	w = comparison_welch(&flat, &some, 0.05);
	l = lift_fieller(&flat, &some, &w);
	CHECK_NEAR(l.lower, 100 * w.lower / 3, 1e-13);
	CHECK_NEAR(l.upper, 100 * w.upper / 3, 1e-13);
}

static void the_usual_interval_takes_the_mean_for_known(void)
{
	struct moments c = sample(-4, 2, 50), t = sample(-7, 3, 60);
	struct moments zero = sample(0, 1, 9), tiny = sample(1e-308, 1, 9);
	struct comparison w = comparison_welch(&c, &t, 0.05);
	struct lift l = lift_difference(&c, &w);

	CHECK(l.kind == LIFT_BOUNDED && l.significant && l.percent == 75);
	/* a negative control turns the interval round */
	CHECK(l.lower == 100 * (w.upper / -4) && l.upper == 100 * (w.lower / -4) && l.lower < 75 && l.upper > 75);
	w = comparison_welch(&zero, &t, 0.05);
	l = lift_difference(&zero, &w);
	CHECK(l.kind == LIFT_UNKNOWN && isnan(l.percent) && isnan(l.lower) && isnan(l.upper) && l.significant);
	/* NaN rather than infinity */
	w = comparison_welch(&tiny, &t, 0.05);
	l = lift_difference(&tiny, &w);
	CHECK(l.kind == LIFT_UNKNOWN && isnan(l.percent) && isnan(l.lower) && isnan(l.upper));
	w = comparison_welch(&c, &c, 0.05);
	w.lower = w.upper = NAN;
	CHECK(lift_difference(&c, &w).kind == LIFT_UNKNOWN && lift_difference(&c, &w).percent == 0);
}

static void check_lift(const struct moments *c, const struct moments *t, double alpha)
{
	struct comparison w = comparison_welch(c, t, alpha);
	struct lift l = lift_fieller(c, t, &w);

	CHECK(l.significant == w.significant);
	CHECK((l.kind == LIFT_UNKNOWN) == (isnan(w.p) || c->mean == 0));
	if (l.kind != LIFT_BOUNDED)
		return;
	CHECK((l.lower > 0 || l.upper < 0) == (w.p < alpha));
	CHECK(l.lower <= l.percent && l.percent <= l.upper);
	/* and on the sign, which is that of the difference in units of the control */
	CHECK(!w.significant || (l.lower > 0) == ((w.difference > 0) == (c->mean > 0)));
}

static void it_excludes_0_exactly_where_p_is_below_alpha(void)
{
	static const double alphas[] = {0.05, 0.5, 1e-3, 1e-9};

	for (uint32_t i = 0; i < 40000; i++) {
		struct rng r = rng_at(4, RNG_WORLD, i, 0, 0);
		struct moments c, t;
		struct comparison w;

		property_arms(&r, &c, &t);
		check_lift(&c, &t, alphas[i % 4]);
		w = comparison_welch(&c, &t, 0.05);
		/* on the very border, where rounding could part them */
		if (w.p > 1e-12 && w.p < 1)
			check_lift(&c, &t, w.p);
	}
}

int main(void)
{
	RUN(it_agrees_with_the_definition_solved_numerically);
	RUN(what_cannot_be_known_is_nan);
	RUN(the_usual_interval_takes_the_mean_for_known);
	RUN(it_excludes_0_exactly_where_p_is_below_alpha);
	return DONE();
}

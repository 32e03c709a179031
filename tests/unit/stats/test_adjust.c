#include "stats/adjust.h"

#include "stats/sequential.h"
#include "unit/property.h"

struct adjust_known {
	int n;
	enum adjust_method method;
	double p[12], adjusted[12];
};

#include "reference/adjust_r.h"

static void it_agrees_with_r(void)
{
	for (size_t i = 0; i < sizeof adjust_known / sizeof *adjust_known; i++) {
		const struct adjust_known *k = &adjust_known[i];
		struct adjusted out[12];
		struct errmsg e;

		CHECK(adjust(k->method, k->p, (size_t)k->n, 0.05, out, &e) == 0);
		for (int j = 0; j < k->n; j++) {
			CHECK_NEAR(out[j].p, k->adjusted[j], 1e-13);
			CHECK((out[j].p < 0.05) == (k->p[j] < out[j].level));
		}
	}
}

/* Levels by hand: m = 4, alpha = 0.05. */
static void levels_are_those_of_the_header(void)
{
	static const double p[] = {0.2, 0.0125, 0.001, 0.024};
	struct adjusted out[4];
	struct errmsg e;

	/* Holm: 0.001 < 0.0125 and 0.0125 < 0.05 / 3 and 0.024 < 0.025 are significant, 0.2 is not */
	CHECK(adjust(ADJUST_HOLM, p, 4, 0.05, out, &e) == 0);
	CHECK_NEAR(out[2].level, 0.05 / 4, 1e-15);
	CHECK_NEAR(out[1].level, 0.05 / 3, 1e-15);
	CHECK_NEAR(out[3].level, 0.05 / 2, 1e-15);
	CHECK_NEAR(out[0].level, 0.05, 1e-15);
	/* BH: R = 3 */
	CHECK(adjust(ADJUST_BH, p, 4, 0.05, out, &e) == 0);
	CHECK_NEAR(out[1].level, 3 * 0.05 / 4, 1e-15);
	CHECK_NEAR(out[2].level, 3 * 0.05 / 4, 1e-15);
	CHECK_NEAR(out[0].level, 0.05, 1e-15);
	/* BY: 1 + 1/2 + 1/3 + 1/4 = 25/12; 0.0125 < 2 * 0.05 / 4 * 12 / 25 = 0.012 does not hold, so R = 1 */
	CHECK(adjust(ADJUST_BY, p, 4, 0.05, out, &e) == 0);
	CHECK_NEAR(out[2].level, 0.05 / 4 * 12 / 25, 1e-15);
	CHECK_NEAR(out[1].level, 2 * 0.05 / 4 * 12 / 25, 1e-15);
	CHECK(adjust(ADJUST_NONE, p, 4, 0.05, out, &e) == 0);
	CHECK(out[0].level == 0.05 && out[1].p == p[1]);
}

static void a_nan_is_of_no_family(void)
{
	static const double p[] = {NAN, 0.02, NAN, 0.04}, fewer[] = {0.02, 0.04};
	struct adjusted out[4], want[2];
	struct errmsg e;

	for (int m = ADJUST_NONE; m <= ADJUST_BY; m++) {
		CHECK(adjust((enum adjust_method)m, p, 4, 0.05, out, &e) == 0);
		CHECK(adjust((enum adjust_method)m, fewer, 2, 0.05, want, &e) == 0);
		CHECK(isnan(out[0].p) && isnan(out[0].level) && isnan(out[2].p));
		CHECK(out[1].p == want[0].p && out[1].level == want[0].level);
		CHECK(out[3].p == want[1].p && out[3].level == want[1].level);
		CHECK(adjust((enum adjust_method)m, p, 1, 0.05, out, &e) == 0 && isnan(out[0].p));
		CHECK(adjust((enum adjust_method)m, NULL, 0, 0.05, NULL, &e) == 0);
	}
}

static void equal_p_have_equal_levels(void)
{
	static const double p[] = {0.01, 0.3, 0.01, 0.01};
	struct adjusted out[4];
	struct errmsg e;

	CHECK(adjust(ADJUST_HOLM, p, 4, 0.05, out, &e) == 0);
	CHECK_NEAR(out[0].level, 0.05 / 4, 1e-15);
	CHECK(out[2].level == out[0].level && out[3].level == out[0].level && out[3].p == out[0].p);
}

static void names_are_known(void)
{
	CHECK(adjust_by_name("none") == ADJUST_NONE && adjust_by_name("holm") == ADJUST_HOLM);
	CHECK(adjust_by_name("bh") == ADJUST_BH && adjust_by_name("by") == ADJUST_BY);
	CHECK(adjust_by_name("BH") == -1 && adjust_by_name("") == -1);
}

enum { FAMILY = 9 };

static void check_family(enum adjust_method method, const struct comparison *family, double alpha)
{
	double p[FAMILY];
	struct adjusted out[FAMILY];
	struct errmsg e;

	for (int i = 0; i < FAMILY; i++)
		p[i] = family[i].p;
	CHECK(adjust(method, p, FAMILY, alpha, out, &e) == 0);
	for (int i = 0; i < FAMILY; i++) {
		struct comparison w = family[i];

		adjust_welch(&w, &out[i], alpha);
		CHECK(w.significant == (out[i].p < alpha));
		CHECK(w.significant == (w.lower > 0 || w.upper < 0));
		CHECK(isnan(p[i]) || (p[i] < out[i].level) == w.significant);
		CHECK(isnan(p[i]) || (out[i].level > 0 && out[i].level <= alpha * (1 + 1e-12) && out[i].p >= p[i]));
		CHECK(w.p == p[i] || isnan(p[i]));
	}
}

/* For small alphas, so that many participants are near the border of the family. */
static void interval_p_and_verdict_agree(void)
{
	for (uint32_t i = 0; i < 10000; i++) {
		struct rng r = rng_at(7, RNG_WORLD, i, 0, 0);
		double alpha = i % 2 ? 0.05 : 0.4;
		struct comparison family[FAMILY];

		for (int k = 0; k < FAMILY; k++) {
			struct moments c, t;

			property_arms(&r, &c, &t);
			family[k] = comparison_welch(&c, &t, alpha);
			if (k > 0 && i % 5 == 0)
				family[k] = family[0];
			else if (i % 3 == 0)
				family[k] = moments_compare(rng_uniform(&r) * 5, 1, 7, alpha);
		}
		for (int m = ADJUST_NONE; m <= ADJUST_BY; m++)
			check_family((enum adjust_method)m, family, alpha);
		/* with an alpha that puts one exactly on its border */
		if (family[0].p > 1e-12 && family[0].p < 0.1)
			for (int m = ADJUST_NONE; m <= ADJUST_BY; m++)
				check_family((enum adjust_method)m, family, family[0].p * (1 + (int)(i % FAMILY)));
	}
}

/* What the header says of a sequential comparison. */
static void sequential_comparisons_take_a_level_too(void)
{
	static const double p[] = {0.03, 0.001};
	double n = 1000, rho2 = sequential_rho2(n, 0.05);
	struct comparison w = sequential_compare(3.3, 1, n, rho2, 0.05), welch = w;
	struct adjusted out[2];
	struct errmsg e;

	CHECK(w.significant);
	CHECK(adjust(ADJUST_HOLM, p, 2, 0.01, out, &e) == 0 && out[0].p > 0.01);
	comparison_rejudge(&w, sequential_critical(n, rho2, out[0].level) * w.error, out[0].p < 0.01);
	CHECK(!w.significant && w.lower < 0);
	/* and taken for Student's it has no interval rather than a wrong one */
	adjust_welch(&welch, &out[0], 0.01);
	CHECK(isnan(welch.lower) && !welch.significant);
}

int main(void)
{
	RUN(it_agrees_with_r);
	RUN(levels_are_those_of_the_header);
	RUN(a_nan_is_of_no_family);
	RUN(equal_p_have_equal_levels);
	RUN(names_are_known);
	RUN(interval_p_and_verdict_agree);
	RUN(sequential_comparisons_take_a_level_too);
	return DONE();
}

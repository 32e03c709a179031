#include "stats/cuped.h"

#include "unit/pairs.h"
#include "unit/property.h"

struct cuped_known {
	double nc, nt, unseen;					/* given; every unseen-th user has no covariate */
	double theta, centre, difference, mean, vc, vt, removed; /* wanted */
};

#include "reference/cuped_known.h"

static struct cuped_arm arm_of(int n, int arm, int unseen)
{
	struct cuped_arm a = {0};

	for (int i = 0; i < n; i++) {
		if (unseen && i % unseen == 0)
			moments_add(&a.unseen, pair_y(i, arm));
		else
			comoments_add(&a.seen, pair_x(i, arm), pair_y(i, arm));
	}
	return a;
}

/* Least squares of the metric on arm and covariate has the same slope and the same effect. */
static void it_agrees_with_statsmodels(void)
{
	for (size_t i = 0; i < sizeof cuped_known / sizeof *cuped_known; i++) {
		const struct cuped_known *k = &cuped_known[i];
		struct cuped_arm arms[] = {
			arm_of((int)k->nc, 0, (int)k->unseen), arm_of((int)k->nt, 1, (int)k->unseen),
		};
		struct cuped f = cuped_fit(arms, 2);
		struct moments c = cuped_sample(&f, &arms[0]), t = cuped_sample(&f, &arms[1]);

		CHECK_NEAR(f.theta, k->theta, 1e-11);
		CHECK_NEAR(f.centre, k->centre, 1e-13);
		CHECK_NEAR(t.mean - c.mean, k->difference, 1e-10);
		CHECK_NEAR(c.mean, k->mean, 1e-12);
		CHECK_NEAR(moments_variance(&c), k->vc, 1e-11);
		CHECK_NEAR(moments_variance(&t), k->vt, 1e-11);
		CHECK_NEAR(f.removed, k->removed, 1e-10);
		CHECK(c.n == (uint64_t)k->nc && t.n == (uint64_t)k->nt);
	}
}

static void no_covariate_changes_nothing(void)
{
	struct cuped_arm flat[2] = {0}, unseen[2] = {0}, none[2] = {0};
	struct moments plain = {0}, s;
	struct cuped f;

	for (int i = 0; i < 20; i++) {
		comoments_add(&flat[0].seen, 4, pair_y(i, 0));
		comoments_add(&flat[1].seen, 9, pair_y(i, 1));
		moments_add(&unseen[0].unseen, pair_y(i, 0));
		moments_add(&plain, pair_y(i, 0));
	}
	f = cuped_fit(flat, 2);
	s = cuped_sample(&f, &flat[0]);
	CHECK(f.theta == 0 && f.removed == 0 && f.centre == 6.5);
	CHECK(s.n == plain.n && s.mean == plain.mean && s.m2 == plain.m2);
	f = cuped_fit(unseen, 2);
	s = cuped_sample(&f, &unseen[0]);
	CHECK(f.theta == 0 && s.n == plain.n && s.mean == plain.mean && s.m2 == plain.m2);
	f = cuped_fit(none, 2);
	s = cuped_sample(&f, &none[0]);
	CHECK(f.theta == 0 && isnan(f.removed) && s.n == 0 && s.mean == 0);
	f = cuped_fit(none, 0);
	CHECK(f.theta == 0);
}

static void a_covariate_that_tells_all_leaves_no_variance(void)
{
	struct cuped_arm arms[2] = {0};
	struct cuped f;
	struct moments c, t;

	for (int i = 0; i < 40; i++) {
		comoments_add(&arms[0].seen, i * 0.1, i * 0.7);
		comoments_add(&arms[1].seen, i * 0.1, i * 0.7 + 2);
	}
	f = cuped_fit(arms, 2);
	c = cuped_sample(&f, &arms[0]);
	t = cuped_sample(&f, &arms[1]);
	CHECK_NEAR(f.theta, 7, 1e-13);
	CHECK(f.removed == 1 && c.m2 == 0 && t.m2 == 0);
	CHECK_NEAR(t.mean - c.mean, 2, 1e-13);
}

/* An effect is no covariance: theta pooled with the arms' own centres does not see it. */
static void an_effect_is_left_alone(void)
{
	struct cuped_arm arms[2] = {0};
	struct cuped f;

	for (int i = 0; i < 40; i++) {
		comoments_add(&arms[0].seen, i % 4, i % 5);
		comoments_add(&arms[1].seen, i % 4, i % 5 + 1000);
	}
	f = cuped_fit(arms, 2);
	CHECK_NEAR(f.theta, 0, 1e-12);
	CHECK_NEAR(cuped_sample(&f, &arms[1]).mean - cuped_sample(&f, &arms[0]).mean, 1000, 1e-12);
}

static struct cuped_arm any(struct rng *r)
{
	struct cuped_arm a = {0};
	int n = (int)rng_below(r, 5);
	double offset = rng_below(r, 3) ? 0 : 1e12, scale = property_spread(r);

	for (int i = 0; i < n; i++) {
		double y = offset + scale * (double)rng_below(r, 4);

		if (rng_below(r, 4) == 0)
			moments_add(&a.unseen, y);
		else
			comoments_add(&a.seen, rng_below(r, 3), y);
	}
	return a;
}

static void interval_p_and_verdict_agree(void)
{
	for (uint32_t i = 0; i < 20000; i++) {
		struct rng r = rng_at(2, RNG_WORLD, i, 0, 0);
		struct cuped_arm arms[2];
		struct cuped f;
		struct moments c, t;
		struct comparison w;

		arms[0] = any(&r);
		arms[1] = any(&r);
		f = cuped_fit(arms, 2);
		c = cuped_sample(&f, &arms[0]);
		t = cuped_sample(&f, &arms[1]);
		w = comparison_welch(&c, &t, 0.05);
		property_agrees(&w, 0.05);
		CHECK(isfinite(f.theta) && !(f.removed < 0) && !(f.removed > 1));
		CHECK(c.m2 >= 0 && t.m2 >= 0);
	}
}

int main(void)
{
	RUN(it_agrees_with_statsmodels);
	RUN(no_covariate_changes_nothing);
	RUN(a_covariate_that_tells_all_leaves_no_variance);
	RUN(an_effect_is_left_alone);
	RUN(interval_p_and_verdict_agree);
	return DONE();
}

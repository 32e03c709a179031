#include "study/sampler.h"

#include "base/rng.h"
#include "stats/ratio.h"
#include "unit/check.h"

static struct errmsg e;

enum { N = 300, ARMS = 3 };

/* Users of three arms and of none, some without a value, some without a covariate. */
struct users {
	uint32_t arms[N];
	double values[N], others[N];
};

static void fill(struct users *u)
{
	for (uint32_t i = 0; i < N; i++) {
		struct rng r = rng_at(1, RNG_WORLD, i, 0, 0);
		uint32_t arm = rng_below(&r, ARMS + 1);

		u->arms[i] = arm == ARMS ? SAMPLER_NO_ARM : arm;
		u->others[i] = 1 + rng_below(&r, 1000) / 7.0;
		u->values[i] = rng_below(&r, 10) == 0 ? NAN : u->others[i] + rng_below(&r, 1000) / 3.0;
	}
}

/* The users of an arm who have a value, as the pairs that they are. */
static struct comoments pairs(const struct users *u, uint32_t arm)
{
	struct comoments j = {0};

	for (size_t i = 0; i < N; i++)
		if (u->arms[i] == arm && !isnan(u->values[i]))
			comoments_add(&j, u->others[i], u->values[i]);
	return j;
}

static bool same(const struct moments *a, const struct moments *b)
{
	return a->n == b->n && a->mean == b->mean && a->m2 == b->m2;
}

static void who_has_no_value_or_no_arm_is_left_out(void)
{
	static struct users u;
	const struct sampler_users users = {.n = N, .arms = u.arms, .values = u.values};
	struct moments arms[ARMS];
	struct sampler s;
	struct cuped fit;

	fill(&u);
	CHECK(sampler_init(&s, ARMS, NULL, &e) == 0);
	/* twice: nothing is left over from the sample before */
	for (int again = 0; again < 2; again++) {
		fit = sampler_take(&s, &users, arms);
		CHECK(isnan(fit.theta) && isnan(fit.removed));
		for (uint32_t arm = 0; arm < ARMS; arm++) {
			struct comoments j = pairs(&u, arm);
			struct moments want = comoments_y(&j);

			CHECK(want.n > 40 && arms[arm].n == want.n);
			CHECK_NEAR(arms[arm].mean, want.mean, 1e-13);
			CHECK_NEAR(arms[arm].m2, want.m2, 1e-12);
		}
	}
	sampler_clear(&s);
}

static void a_ratio_is_that_of_the_sums(void)
{
	static struct users u;
	const struct sampler_users users = {.n = N, .arms = u.arms, .values = u.values, .denominators = u.others};
	struct moments arms[ARMS];
	struct sampler s;
	double threshold = 0, before;

	fill(&u);
	before = u.values[0];
	CHECK(sampler_init(&s, ARMS, NULL, &e) == 0);
	CHECK(sampler_cap(&users, 0.01, &threshold, &e) == 0 && isnan(threshold) && u.values[0] == before);
	CHECK(isnan(sampler_take(&s, &users, arms).theta));
	for (uint32_t arm = 0; arm < ARMS; arm++) {
		struct comoments j = pairs(&u, arm);
		struct moments want = ratio_sample(&j);

		CHECK(same(&arms[arm], &want));
	}
	sampler_clear(&s);
}

static void covariates_adjust_all_arms_together(void)
{
	static struct users u;
	const struct sampler_users users = {.n = N, .arms = u.arms, .values = u.values, .covariates = u.others};
	struct cuped_arm want[ARMS] = {{{0}, {0}}};
	struct moments arms[ARMS];
	struct cuped fit, wanted;
	struct sampler s;

	fill(&u);
	for (size_t i = 0; i < N; i += 7)
		u.others[i] = NAN;
	for (size_t i = 0; i < N; i++)
		if (u.arms[i] != SAMPLER_NO_ARM && !isnan(u.values[i])) {
			if (isnan(u.others[i]))
				moments_add(&want[u.arms[i]].unseen, u.values[i]);
			else
				comoments_add(&want[u.arms[i]].seen, u.others[i], u.values[i]);
		}
	wanted = cuped_fit(want, ARMS);
	CHECK(sampler_init(&s, ARMS, NULL, &e) == 0);
	fit = sampler_take(&s, &users, arms);
	CHECK(fit.theta == wanted.theta && fit.removed == wanted.removed && fit.theta > 0.5 && fit.removed > 0.05);
	for (size_t arm = 0; arm < ARMS; arm++) {
		struct moments sample = cuped_sample(&wanted, &want[arm]);

		CHECK(same(&arms[arm], &sample));
	}
	sampler_clear(&s);
}

static void the_quantile_to_cap_at_is_of_those_in_arms(void)
{
	const uint32_t arms[] = {0, SAMPLER_NO_ARM, 1, 0, 1, 0, 1};
	double values[] = {3, 100, 1, NAN, 4, 2, 50}, threshold = 0;
	const struct sampler_users users = {.n = 7, .arms = arms, .values = values}, nobody = {.arms = arms, .values = values};

	CHECK(sampler_cap(&users, 0, &threshold, &e) == 0 && isnan(threshold) && values[6] == 50);
	/* of 1 2 3 4 50, type 7 */
	CHECK(sampler_cap(&users, 0.75, &threshold, &e) == 0 && threshold == 4);
	CHECK(values[0] == 3 && values[2] == 1 && isnan(values[3]) && values[4] == 4 && values[6] == 4);
	CHECK(sampler_cap(&nobody, 0.75, &threshold, &e) == 0 && isnan(threshold));
}

/* The adjusted samples by name of the arm, where the i-th name has the number order[i]. */
static struct cuped take_as_numbered(const uint32_t *order, struct moments *by_name)
{
	static const char *const names[ARMS] = {"C", "T1", "T2"};
	static struct users u;
	const struct sampler_users users = {.n = N, .arms = u.arms, .values = u.values, .covariates = u.others};
	struct intern symbols = {0};
	struct moments arms[ARMS];
	struct sampler s;
	struct cuped fit;

	fill(&u);
	for (size_t i = 0; i < N; i++)
		if (u.arms[i] != SAMPLER_NO_ARM)
			u.arms[i] = order[u.arms[i]];
	for (uint32_t number = 0; number < ARMS; number++)
		for (size_t i = 0; i < ARMS; i++)
			if (order[i] == number)
				intern_add(&symbols, slice_of(names[i]), 0);
	CHECK(sampler_init(&s, ARMS, &symbols, &e) == 0);
	fit = sampler_take(&s, &users, arms);
	for (size_t i = 0; i < ARMS; i++)
		by_name[i] = arms[order[i]];
	sampler_clear(&s);
	intern_clear(&symbols);
	return fit;
}

/* To the last bit: sums over arms are made in the order of their names. */
static void numbers_of_arms_do_not_matter(void)
{
	static const uint32_t orders[][ARMS] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}, {2, 0, 1}};
	struct moments want[ARMS], got[ARMS];
	struct cuped first = take_as_numbered(orders[0], want);

	for (size_t k = 1; k < sizeof orders / sizeof *orders; k++) {
		struct cuped fit = take_as_numbered(orders[k], got);

		CHECK(fit.theta == first.theta && fit.centre == first.centre && fit.removed == first.removed);
		for (size_t i = 0; i < ARMS; i++)
			CHECK(same(&got[i], &want[i]));
	}
}

int main(void)
{
	RUN(who_has_no_value_or_no_arm_is_left_out);
	RUN(a_ratio_is_that_of_the_sums);
	RUN(covariates_adjust_all_arms_together);
	RUN(the_quantile_to_cap_at_is_of_those_in_arms);
	RUN(numbers_of_arms_do_not_matter);
	return DONE();
}

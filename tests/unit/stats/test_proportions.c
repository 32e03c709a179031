#include "stats/proportions.h"

#include "base/rng.h"
#include "unit/check.h"

struct proportions_known {
	double arms, hits[5], users[5], p;
};

#include "reference/proportions_known.h"

static void it_agrees_with_scipy(void)
{
	for (size_t i = 0; i < sizeof proportions_known / sizeof *proportions_known; i++) {
		const struct proportions_known *k = &proportions_known[i];
		uint64_t hits[5], users[5];

		for (size_t arm = 0; arm < 5; arm++) {
			hits[arm] = (uint64_t)k->hits[arm];
			users[arm] = (uint64_t)k->users[arm];
		}
		CHECK_NEAR(proportions_test(hits, users, (size_t)k->arms).p, k->p, 1e-8);
		/* arms without users change nothing */
		CHECK_NEAR(proportions_test(hits, users, 5).p, k->p, 1e-8);
	}
}

static void the_arm_that_stands_out_is_told(void)
{
	const uint64_t two[] = {80, 0}, twice[] = {200, 200}, few[] = {9, 12, 1}, many[] = {100, 90, 95};

	CHECK(proportions_test(two, twice, 2).arm == 0);
	CHECK(proportions_test((const uint64_t[]){0, 80}, twice, 2).arm == 1);
	CHECK(proportions_test(few, many, 3).arm == 2);
	CHECK(proportions_test((const uint64_t[]){0, 1, 7}, (const uint64_t[]){0, 10, 10}, 3).arm == 2);
}

static void what_cannot_be_known_is_nan(void)
{
	const uint64_t none[] = {0, 0}, some[] = {3, 0};

	CHECK(isnan(proportions_test(none, none, 2).p) && isnan(proportions_test(some, some, 2).p));
	CHECK(isnan(proportions_test(some, some, 0).p) && isnan(proportions_sequential(none, none, 2, 100, 0.05).p));
	/* nobody, or everybody: as many as in any arm */
	CHECK(proportions_test(none, (const uint64_t[]){5, 6}, 2).p == 1);
	CHECK(proportions_test((const uint64_t[]){5, 6}, (const uint64_t[]){5, 6}, 2).p == 1);
	CHECK(proportions_sequential(none, (const uint64_t[]){5, 6}, 2, 100, 0.05).p == 1);
}

static void a_sequential_p_is_never_below_the_exact_one(void)
{
	for (uint32_t i = 0; i < 20000; i++) {
		struct rng r = rng_at(7, RNG_WORLD, i, 0, 0);
		uint64_t hits[4], users[4];
		struct proportions once, always;

		for (size_t arm = 0; arm < 4; arm++) {
			users[arm] = rng_below(&r, rng_below(&r, 2) ? 5 : 1000);
			hits[arm] = users[arm] > 0 ? rng_below(&r, (uint32_t)users[arm] + 1) : 0;
		}
		once = proportions_test(hits, users, 4);
		always = proportions_sequential(hits, users, 4, 1000, 0.05);
		CHECK(isnan(once.p) == isnan(always.p) && once.arm == always.arm);
		CHECK(isnan(once.p) || (once.p >= 0 && once.p <= always.p && always.p <= 1));
	}
}

/* Where all of one arm are hit and none of the other, neither arm varies, and it is found all the same. */
static void arms_that_do_not_vary_are_told_apart(void)
{
	const uint64_t hits[] = {0, 2000}, users[] = {2000, 2000};

	CHECK(proportions_test(hits, users, 2).p < 1e-300);
	CHECK(proportions_sequential(hits, users, 2, 10000, 0.05).p < 1e-100);
}

/* The rare things of the header: at 0.001, five users of ten arms. */
static void it_does_not_cry_wolf_over_few(void)
{
	size_t alarms = 0;

	for (uint32_t i = 0; i < 20000; i++) {
		struct rng r = rng_at(8, RNG_WORLD, i, 0, 0);
		uint64_t hits[10] = {0}, users[10];

		for (size_t arm = 0; arm < 10; arm++)
			users[arm] = 1000;
		for (int k = 0; k < 5; k++)
			hits[rng_below(&r, 10)]++;
		alarms += proportions_test(hits, users, 10).p < 0.001;
	}
	/* 20 are expected at most; 36 are the end of the 99.9 % band */
	CHECK(alarms <= 36);
}

int main(void)
{
	RUN(it_agrees_with_scipy);
	RUN(the_arm_that_stands_out_is_told);
	RUN(what_cannot_be_known_is_nan);
	RUN(a_sequential_p_is_never_below_the_exact_one);
	RUN(arms_that_do_not_vary_are_told_apart);
	RUN(it_does_not_cry_wolf_over_few);
	return DONE();
}

#include "stats/winsor.h"

#include <math.h>

#include "base/rng.h"
#include "stats/quantile.h"
#include "unit/check.h"

/* By hand: of 0 .. 10 the 0.85-quantile is 8.5, over both arms. */
static void one_threshold_caps_all_arms(void)
{
	double a[] = {10, 1, 3, 5}, b[] = {0, 2, 4, 6, 7, 8, 9};
	struct winsor_arm arms[] = {{.values = a, .n = 4}, {.values = b, .n = 7}};
	struct errmsg e;
	double threshold;

	CHECK(winsor(arms, 2, 0.85, &threshold, &e) == 0);
	CHECK_NEAR(threshold, 8.5, 1e-15);
	CHECK(arms[0].capped == 1 && arms[1].capped == 1);
	CHECK(a[0] == threshold && a[1] == 1 && a[2] == 3 && b[6] == threshold && b[5] == 8);
}

static void no_values_have_no_threshold(void)
{
	struct winsor_arm arms[2] = {{.capped = 7}};
	double threshold = 0, one = 3;
	struct errmsg e;

	CHECK(winsor(arms, 2, 0.99, &threshold, &e) == 0 && isnan(threshold) && arms[0].capped == 0);
	CHECK(winsor(NULL, 0, 0.99, &threshold, &e) == 0 && isnan(threshold));
	arms[1] = (struct winsor_arm){.values = &one, .n = 1};
	CHECK(winsor(arms, 2, 0.99, &threshold, &e) == 0 && threshold == 3 && arms[1].capped == 0 && one == 3);
}

static void the_whole_is_never_capped_and_ties_are_not(void)
{
	double x[] = {1, 5, 5, 5};
	struct winsor_arm arm = {.values = x, .n = 4};
	double threshold;
	struct errmsg e;

	CHECK(winsor(&arm, 1, 1, &threshold, &e) == 0 && threshold == 5 && arm.capped == 0);
	CHECK(winsor(&arm, 1, 0.5, &threshold, &e) == 0 && threshold == 5 && arm.capped == 0);
}

static void the_share_above_is_what_was_asked_for(void)
{
	static double x[10000];
	struct winsor_arm arms[] = {{.values = x, .n = 3000}, {.values = x + 3000, .n = 7000}};
	double threshold;
	struct errmsg e;

	for (uint32_t i = 0; i < 10000; i++) {
		struct rng r = rng_at(10, RNG_WORLD, i, 0, 0);

		x[i] = rng_uniform(&r);
	}
	CHECK(winsor(arms, 2, 0.99, &threshold, &e) == 0);
	CHECK(arms[0].capped + arms[1].capped == 100);
	CHECK_NEAR(threshold, 0.99, 0.005);
}

int main(void)
{
	RUN(one_threshold_caps_all_arms);
	RUN(no_values_have_no_threshold);
	RUN(the_whole_is_never_capped_and_ties_are_not);
	RUN(the_share_above_is_what_was_asked_for);
	return DONE();
}

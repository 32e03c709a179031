#include "stats/power.h"

#include "unit/check.h"

struct noncentral_known {
	double q, df, noncentrality, p;
};

struct power_known {
	double n, sd, alpha, effect, power;
};

struct need_known {
	double effect, power, n;
};

struct unequal_known {
	double nc, vc, nt, vt, effect, alpha, power;
};

#include "reference/power_known.h"
#include "reference/power_r.h"

static void noncentral_t_agrees_with_its_integral_in_forty_digits(void)
{
	for (size_t i = 0; i < sizeof noncentral_known / sizeof *noncentral_known; i++) {
		const struct noncentral_known *k = &noncentral_known[i];

		CHECK_NEAR(power_noncentral_t(k->q, k->df, k->noncentrality), k->p, 1e-10);
	}
}

static void power_agrees_with_r(void)
{
	for (size_t i = 0; i < sizeof power_known / sizeof *power_known; i++) {
		const struct power_known *k = &power_known[i];
		struct power_arm arm = {.n = k->n, .variance = k->sd * k->sd};

		CHECK_NEAR(power_of(arm, arm, k->effect, k->alpha), k->power, 1e-9);
		CHECK_NEAR(power_of(arm, arm, -k->effect, k->alpha), k->power, 1e-9);
		CHECK_NEAR(power_mde(arm, arm, k->alpha, k->power), k->effect, 1e-9);
	}
}

static void power_of_unequal_arms_agrees_with_the_integral(void)
{
	for (size_t i = 0; i < sizeof unequal_known / sizeof *unequal_known; i++) {
		const struct unequal_known *k = &unequal_known[i];
		struct power_arm c = {.n = k->nc, .variance = k->vc}, t = {.n = k->nt, .variance = k->vt};

		CHECK_NEAR(power_of(c, t, k->effect, k->alpha), k->power, 1e-10);
		CHECK_NEAR(power_of(t, c, k->effect, k->alpha), k->power, 1e-10);
	}
}

static void users_needed_agree_with_r(void)
{
	for (size_t i = 0; i < sizeof need_known / sizeof *need_known; i++) {
		const struct need_known *k = &need_known[i];
		struct power_users need;

		CHECK(power_need(1, 1, 1, k->effect, 0.05, k->power, &need));
		CHECK(need.control == (uint64_t)k->n && need.treatment == (uint64_t)k->n);
	}
}

static double power_at(uint64_t control, uint64_t treatment)
{
	struct power_arm c = {.n = (double)control, .variance = 2}, t = {.n = (double)treatment, .variance = 3};

	return power_of(c, t, 0.2, 0.01);
}

static void users_needed_are_the_least_also_with_a_split(void)
{
	static const double splits[] = {1, 0.1, 0.5, 3, 20};

	for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
		struct power_users need;

		CHECK(power_need(2, 3, splits[i], 0.2, 0.01, 0.9, &need));
		CHECK(need.treatment == (uint64_t)ceil(splits[i] * (double)need.control));
		CHECK(power_at(need.control, need.treatment) >= 0.9);
		need.control--;
		CHECK(power_at(need.control, (uint64_t)ceil(splits[i] * (double)need.control)) < 0.9);
	}
}

static void mde_and_power_are_inverse(void)
{
	struct power_arm c = {.n = 2, .variance = 0}, t = {.n = 2, .variance = 4};
	double powers[] = {0.1, 0.5, 0.8, 0.999}, alphas[] = {0.05, 1e-3, 1e-9};

	for (int i = 0; i < 4; i++) {
		for (int k = 0; k < 3; k++) {
			double d = power_mde(c, t, alphas[k], powers[i]);

			CHECK_NEAR(power_of(c, t, d, alphas[k]), powers[i], 1e-9);
		}
	}
}

static void what_cannot_be_known_is_told(void)
{
	struct moments s = {.n = 1, .mean = 3}, none = {0}, flat = {.n = 9};
	struct power_arm some = {.n = 9, .variance = 2};
	struct power_users need = {7, 7};

	CHECK(isnan(power_mde(power_arm(&s), some, 0.05, 0.8)));
	CHECK(isnan(power_mde(some, power_arm(&none), 0.05, 0.8)));
	CHECK(isnan(power_mde(power_arm(&flat), power_arm(&flat), 0.05, 0.8)));
	CHECK(isnan(power_of(power_arm(&flat), power_arm(&flat), 1, 0.05)));
	CHECK(isnan(power_of(some, some, NAN, 0.05)));
	CHECK(isnan(power_of(some, (struct power_arm){.n = 1, .variance = 2}, 1, 0.05)));
	CHECK(isnan(power_of((struct power_arm){.n = 1, .variance = 2}, some, 1, 0.05)));
	CHECK(!isnan(power_mde(power_arm(&flat), some, 0.05, 0.8)));
	CHECK(!power_need(1, 1, 1, 0, 0.05, 0.8, &need) && need.control == 0 && need.treatment == 0);
	CHECK(!power_need(0, 0, 1, 1, 0.05, 0.8, &need));
	CHECK(!power_need(NAN, 1, 1, 1, 0.05, 0.8, &need));
	CHECK(!power_need(1, 1, 0, 1, 0.05, 0.8, &need));
	CHECK(!power_need(1, 1, 1, NAN, 0.05, 0.8, &need));
	CHECK(!power_need(1, 1, 1, 1e-9, 0.05, 0.8, &need));
	CHECK(power_need(1, 1, 1, 1e-6, 0.05, 0.8, &need) && need.control > 1000000000000);
	CHECK(power_need(1, 1, 1, 1e6, 0.05, 0.8, &need) && need.control == 2 && need.treatment == 2);
}

int main(void)
{
	RUN(noncentral_t_agrees_with_its_integral_in_forty_digits);
	RUN(power_agrees_with_r);
	RUN(power_of_unequal_arms_agrees_with_the_integral);
	RUN(users_needed_agree_with_r);
	RUN(users_needed_are_the_least_also_with_a_split);
	RUN(mde_and_power_are_inverse);
	RUN(what_cannot_be_known_is_told);
	return DONE();
}

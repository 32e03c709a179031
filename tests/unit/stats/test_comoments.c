#include "stats/comoments.h"

#include "base/rng.h"
#include "unit/check.h"

static void moments_are_those_of_the_definition(void)
{
	struct comoments j = {0};

	comoments_add(&j, 1, 3);
	CHECK(j.n == 1 && j.mean_x == 1 && j.mean_y == 3 && j.c_xy == 0);
	comoments_add(&j, 2, 5);
	comoments_add(&j, 6, 10);
	CHECK_NEAR(j.mean_x, 3, 1e-15);
	CHECK_NEAR(j.mean_y, 6, 1e-15);
	CHECK_NEAR(j.m2_x, 14, 1e-15);
	CHECK_NEAR(j.m2_y, 26, 1e-15);
	CHECK_NEAR(j.c_xy, 19, 1e-15);
}

/* Each side alone is what stats has, to the last bit. */
static void sides_are_samples(void)
{
	struct comoments j = {0};
	struct moments x = {0}, y = {0};

	for (uint32_t i = 0; i < 100; i++) {
		struct rng r = rng_at(3, RNG_WORLD, i, 0, 0);
		double a = rng_uniform(&r), b = rng_uniform(&r) * 1e9;

		comoments_add(&j, a, b);
		moments_add(&x, a);
		moments_add(&y, b);
	}
	CHECK(comoments_x(&j).n == 100 && comoments_x(&j).mean == x.mean && comoments_x(&j).m2 == x.m2);
	CHECK(j.mean_y == y.mean && j.m2_y == y.m2);
}

static void merged_parts_are_the_whole(void)
{
	struct comoments whole = {0}, parts[7] = {{0}}, merged = {0}, empty = {0};

	for (uint32_t i = 0; i < 1000; i++) {
		struct rng r = rng_at(1, RNG_WORLD, i, 0, 0);
		double x = rng_uniform(&r) * (i % 3 + 1), y = x + rng_uniform(&r) - 1e3;

		comoments_add(&whole, x, y);
		comoments_add(&parts[i % 7], x, y);
	}
	comoments_merge(&merged, &empty);
	CHECK(merged.n == 0);
	for (int i = 0; i < 7; i++)
		comoments_merge(&merged, &parts[i]);
	comoments_merge(&merged, &empty);
	CHECK(merged.n == whole.n);
	CHECK_NEAR(merged.mean_x, whole.mean_x, 1e-13);
	CHECK_NEAR(merged.mean_y, whole.mean_y, 1e-13);
	CHECK_NEAR(merged.m2_x, whole.m2_x, 1e-12);
	CHECK_NEAR(merged.m2_y, whole.m2_y, 1e-12);
	CHECK_NEAR(merged.c_xy, whole.c_xy, 1e-12);
}

static void a_large_offset_costs_no_digits(void)
{
	struct comoments j = {0};

	for (int i = 0; i < 1000; i++)
		comoments_add(&j, 1e9 + i % 10, -1e9 - 2 * (i % 10));
	CHECK_NEAR(j.c_xy, -2 * 8.25 * 1000, 1e-8);
}

/* What rounding leaves of y - 0.3 x is no variance. */
static void what_follows_x_has_no_rest(void)
{
	struct comoments j = {0}, k = {0};

	for (int i = 0; i < 1000; i++) {
		comoments_add(&j, i * 0.7, i * 0.7 * 0.3 + 5);
		comoments_add(&k, i * 0.7, i * 0.7 * 0.3 + (i % 2) * 1e-3);
	}
	CHECK(comoments_residual_m2(&j, 0.3) == 0);
	CHECK_NEAR(comoments_residual_m2(&k, 0.3), 1000 * 0.25e-6, 1e-4);
	CHECK(isnan(comoments_residual_m2(&j, NAN)));
	CHECK_NEAR(comoments_residual_m2(&j, 0), j.m2_y, 1e-15);
}

int main(void)
{
	RUN(moments_are_those_of_the_definition);
	RUN(sides_are_samples);
	RUN(merged_parts_are_the_whole);
	RUN(a_large_offset_costs_no_digits);
	RUN(what_follows_x_has_no_rest);
	return DONE();
}

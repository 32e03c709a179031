#include "policy/argmax.h"

#include <math.h>
#include <stdlib.h>

#include "unit/check.h"

enum { MOST = 600 };

static size_t plain_find(const float *values, size_t n)
{
	size_t best = 0;

	for (size_t i = 1; i < n; i++)
		if (values[i] > values[best])
			best = i;
	return best;
}

/* Of few different values, so that many are equal; some are -infinity. */
static float any_value(void)
{
	int x = rand() % 20;

	return x == 0 ? -INFINITY : (float)-x / 4;
}

static void it_finds_the_first_of_the_largest_whatever_has_changed(void)
{
	struct argmax a = {0};
	float x[MOST + ARGMAX_BLOCK], zero[MOST + ARGMAX_BLOCK] = {0};

	for (size_t n = 1; n <= MOST; n += 1 + n / 4) {
		for (size_t i = 0; i < argmax_padded(n); i++)
			x[i] = i < n ? any_value() : 99;
		CHECK(argmax_fill(&a, x, zero, n) == 0);
		for (int turn = 0; turn < 200; turn++) {
			size_t i = (size_t)rand() % n;

			CHECK(argmax_find(&a) == plain_find(x, n));
			x[i] = any_value();
			argmax_set(&a, i, x[i]);
		}
	}
	argmax_clear(&a);
}

static void where_nothing_is_left_it_is_minus_infinity(void)
{
	struct argmax a = {0};
	float x[2 * ARGMAX_BLOCK] = {1, 2}, y[2 * ARGMAX_BLOCK] = {3, -INFINITY};

	CHECK(argmax_fill(&a, x, y, 2) == 0);
	CHECK(argmax_find(&a) == 0 && a.values[0] == 4);
	argmax_set(&a, 0, -INFINITY);
	CHECK(a.values[argmax_find(&a)] == -INFINITY);
	CHECK(argmax_fill(&a, x, y, 0) == 0);
	CHECK(a.values[argmax_find(&a)] == -INFINITY);
	argmax_clear(&a);
}

int main(void)
{
	srand(5);
	RUN(it_finds_the_first_of_the_largest_whatever_has_changed);
	RUN(where_nothing_is_left_it_is_minus_infinity);
	return DONE();
}

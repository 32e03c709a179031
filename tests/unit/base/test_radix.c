#include "base/radix.h"

#include <stdlib.h>

#include "base/rng.h"
#include "unit/check.h"

enum { MANY = 5000 };

static int by_item(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Keys below `limit`, and places in ascending order: so in the order of keys, and then of the items as they came. */
static void check(size_t n, uint32_t limit)
{
	static uint64_t items[MANY], other[MANY], want[MANY];
	struct rng r = rng_at(n, RNG_EVALUATE, limit, 0, 0);

	for (size_t i = 0; i < n; i++)
		want[i] = items[i] = radix_item(limit > 0 ? rng_below(&r, limit) : rng_u32(&r), (uint32_t)i);
	qsort(want, n, sizeof *want, by_item);
	radix_sort(items, other, n);
	CHECK(memcmp(items, want, n * sizeof *want) == 0);
}

static void it_sorts_by_key_and_keeps_the_order_of_equal_ones(void)
{
	static const size_t sizes[] = {0, 1, 2, 3, 100, MANY};
	static const uint32_t limits[] = {1, 2, 100, 2048, 3000, 1 << 22, (1 << 22) + 5, 0};

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (size_t k = 0; k < sizeof limits / sizeof *limits; k++)
			check(sizes[i], limits[k]);
}

/* Keys that differ in one of the digits alone. */
static void digits_in_which_none_differ_do_not_matter(void)
{
	for (int shift = 0; shift < 32; shift++) {
		uint64_t items[4], other[4];

		for (uint32_t i = 0; i < 4; i++)
			items[i] = radix_item((i & 1) << shift, i);
		radix_sort(items, other, 4);
		CHECK(radix_place(items[0]) == 0 && radix_place(items[1]) == 2 && radix_place(items[2]) == 1 &&
		      radix_place(items[3]) == 3);
	}
}

int main(void)
{
	RUN(it_sorts_by_key_and_keeps_the_order_of_equal_ones);
	RUN(digits_in_which_none_differ_do_not_matter);
	return DONE();
}

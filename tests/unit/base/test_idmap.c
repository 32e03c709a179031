#include "base/idmap.h"

#include <stdlib.h>

#include "base/rng.h"
#include "unit/check.h"

static void an_empty_map_has_nothing(void)
{
	struct idmap m = {0};

	CHECK(idmap_get(&m, 0, 7) == 7);
	idmap_reset(&m);
	CHECK(idmap_get(&m, 5, IDMAP_NONE) == IDMAP_NONE);
	CHECK(m.slots == NULL && m.n == 0);
	idmap_clear(&m);
}

static void values_are_made_and_found(void)
{
	struct idmap m = {0};
	uint32_t *value;

	value = idmap_at(&m, 0);
	CHECK(value && *value == 0);
	*value = 10;
	*idmap_at(&m, INT32_MAX) = 20;
	*idmap_at(&m, IDMAP_NONE - 1) = 30;
	CHECK(idmap_get(&m, 0, 1) == 10);
	CHECK(idmap_get(&m, INT32_MAX, 1) == 20);
	CHECK(idmap_get(&m, IDMAP_NONE - 1, 1) == 30);
	CHECK(idmap_get(&m, 1, 99) == 99);
	CHECK(*idmap_at(&m, 0) == 10 && m.n == 3);
	idmap_reset(&m);
	CHECK(m.n == 0 && m.slots != NULL && idmap_get(&m, 0, 1) == 1);
	CHECK(*idmap_at(&m, 0) == 0);
	idmap_clear(&m);
	CHECK(m.n == 0 && m.slots == NULL && idmap_get(&m, 0, 1) == 1);
}

/* "No track" is IDMAP_NONE, and looking for it is not a mistake. */
static void the_key_that_cannot_be_stored_is_not_there(void)
{
	struct idmap m = {0};

	*idmap_at(&m, 3) = 4;
	CHECK(idmap_get(&m, IDMAP_NONE, 7) == 7);
	CHECK(idmap_get(&m, IDMAP_NONE, 0) == 0);
	idmap_clear(&m);
}

/* Against an array, with keys in runs, with gaps of powers of two, and at random. */
static void many_keys_are_kept_apart(void)
{
	enum { N = 1 << 18, DRAWS = 100000 };
	uint32_t *want = calloc(N, sizeof *want);
	struct rng r = rng_at(1, RNG_WORLD, 0, 0, 0);
	struct idmap m = {0};
	size_t n = 0;

	for (uint32_t i = 0; i < DRAWS; i++) {
		uint32_t key = i % 3 == 0 ? i / 3 : i % 3 == 1 ? i * 4096 % N : rng_below(&r, N);
		uint32_t *value = idmap_at(&m, key);

		CHECK(value && *value == want[key]);
		n += want[key] == 0;
		*value = want[key] = i + 1;
		CHECK(3 * m.n <= 2 * (m.mask + 1));
	}
	CHECK(m.n == n);
	for (uint32_t key = 0; key < N; key++)
		CHECK(idmap_get(&m, key, 0) == want[key]);
	idmap_clear(&m);
	free(want);
}

static void room_made_before_is_kept(void)
{
	struct idmap m = {0};
	size_t mask;

	CHECK(idmap_reserve(&m, 0) == 0 && m.slots == NULL);
	CHECK(idmap_reserve(&m, 1000) == 0 && m.n == 0 && idmap_get(&m, 0, 7) == 7);
	mask = m.mask;
	for (uint32_t i = 0; i < 1000; i++)
		*idmap_at(&m, 12345 * i) = i;
	CHECK(m.mask == mask && m.n == 1000 && idmap_get(&m, 12345 * 999, 0) == 999);
	CHECK(idmap_reserve(&m, 10) == 0 && m.mask == mask);
	CHECK(idmap_reserve(&m, 100000) == 0 && m.mask > mask && m.n == 1000 && idmap_get(&m, 12345 * 999, 0) == 999);
	idmap_clear(&m);
}

static void entries_can_be_taken_out(void)
{
	struct idmap m = {0};
	struct idmap_entry *entries = idmap_take(&m, &(size_t){1});
	bool seen[1000] = {false};
	size_t n;

	CHECK(entries == NULL);
	for (uint32_t i = 0; i < 1000; i++)
		*idmap_at(&m, 12345 * i) = i;
	entries = idmap_take(&m, &n);
	CHECK(n == 1000 && m.n == 0 && idmap_get(&m, 0, 7) == 7);
	for (size_t i = 0; i < n; i++) {
		CHECK(entries[i].value < 1000 && entries[i].key == 12345 * entries[i].value && !seen[entries[i].value]);
		seen[entries[i].value % 1000] = true;
	}
	free(entries);
	CHECK(*idmap_at(&m, 1) == 0 && m.n == 1);
	idmap_reset(&m);
	entries = idmap_take(&m, &n);
	CHECK(n == 0);
	free(entries);
	idmap_clear(&m);
}

/* What one large use took is not walked over by all that follow. */
static void a_reset_map_is_as_large_as_it_needs_to_be(void)
{
	struct idmap m = {0};

	for (uint32_t i = 0; i < 100; i++)
		idmap_at(&m, i);
	idmap_reset(&m);
	CHECK(m.n == 0 && m.slots && m.mask + 1 >= 150);
	for (uint32_t i = 0; i < 100000; i++)
		idmap_at(&m, i);
	idmap_reset(&m);
	CHECK(m.n == 0 && m.mask + 1 < 1024);
	CHECK(idmap_get(&m, 7, 99) == 99 && *idmap_at(&m, 7) == 0 && m.n == 1 && m.mask + 1 < 1024);
	idmap_clear(&m);
}

int main(void)
{
	RUN(an_empty_map_has_nothing);
	RUN(values_are_made_and_found);
	RUN(the_key_that_cannot_be_stored_is_not_there);
	RUN(many_keys_are_kept_apart);
	RUN(room_made_before_is_kept);
	RUN(entries_can_be_taken_out);
	RUN(a_reset_map_is_as_large_as_it_needs_to_be);
	return DONE();
}

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
	struct idmap m;
	uint32_t *value;

	idmap_init(&m);
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

/* "No track" is IDMAP_NONE, and looking for it is no mistake. */
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

/* Dense keys are packed, sparse ones and values that mark nothing are not; both find the same. */
static void packing_changes_nothing(void)
{
	for (uint32_t spread = 1; spread <= 64; spread *= 2) {
		struct idmap m = {0};

		for (uint32_t i = 0; i < 1000; i++)
			*idmap_at(&m, 5 + spread * i) = 7 * i;
		idmap_pack(&m);
		idmap_pack(&m);
		CHECK((m.packed != NULL) == (spread <= 4));
		CHECK(m.n == 1000);
		for (uint32_t key = 0; key < 1100 * spread; key++) {
			bool there = key >= 5 && (key - 5) % spread == 0 && (key - 5) / spread < 1000;

			CHECK(idmap_get(&m, key, 12345) == (there ? 7 * ((key - 5) / spread) : 12345));
		}
		CHECK(idmap_get(&m, IDMAP_NONE, 12345) == 12345);
		idmap_clear(&m);
	}
}

static void packing_keeps_every_value(void)
{
	struct idmap m = {0}, nothing = {0};

	*idmap_at(&m, 0) = IDMAP_NONE;
	idmap_pack(&m);
	CHECK(idmap_get(&m, 0, 1) == IDMAP_NONE);
	idmap_clear(&m);
	idmap_pack(&nothing);
	CHECK(idmap_get(&nothing, 0, 1) == 1);
	idmap_clear(&nothing);
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

int main(void)
{
	RUN(an_empty_map_has_nothing);
	RUN(values_are_made_and_found);
	RUN(the_key_that_cannot_be_stored_is_not_there);
	RUN(many_keys_are_kept_apart);
	RUN(packing_changes_nothing);
	RUN(packing_keeps_every_value);
	RUN(entries_can_be_taken_out);
	return DONE();
}

#include "base/id_index.h"

#include <stdbool.h>
#include <stdlib.h>

#include "unit/check.h"

static bool ascend(const struct idmap_entry *entries, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (entries[i - 1].key >= entries[i].key)
			return false;
	return true;
}

/* Gives places from 1 on to ids as they come, and looks for them again. */
static void check_ids(const uint32_t *ids, uint32_t n)
{
	struct id_index p = {0};
	struct idmap_entry *entries;
	size_t taken;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t *place = id_index_at(&p, ids[i]);

		CHECK(place && *place == 0);
		*place = i + 1;
		CHECK(*id_index_at(&p, ids[i / 2]) == i / 2 + 1 && id_index_get(&p, ids[i / 2]) == i / 2 + 1);
	}
	CHECK(p.n == n);
	for (uint32_t i = 0; i < n; i++)
		CHECK(*id_index_at(&p, ids[i]) == i + 1);
	CHECK(p.n == n && p.n_close <= 4 * ((size_t)n + 256));
	entries = id_index_take(&p, &taken);
	CHECK(taken == n && p.n == 0 && ascend(entries, taken));
	for (size_t i = 0; i < taken; i++)
		CHECK(entries[i].value >= 1 && entries[i].value <= n && ids[entries[i].value - 1] == entries[i].key);
	free(entries);
	id_index_clear(&p);
}

enum { N = 20000 };

static void ids_may_come_in_order(void)
{
	static uint32_t ids[N];

	for (uint32_t i = 0; i < N; i++)
		ids[i] = i;
	check_ids(ids, N);
	for (uint32_t i = 0; i < N; i++)
		ids[i] = N - 1 - i;
	check_ids(ids, N);
	check_ids(ids, 0);
}

/* 7919 has no factor in common with the number of ids. */
static void ids_may_come_in_any_order(void)
{
	static uint32_t ids[N];

	for (uint32_t i = 0; i < N; i++)
		ids[i] = (uint32_t)((uint64_t)i * 7919 % N);
	check_ids(ids, N);
}

static void ids_may_be_far_apart(void)
{
	static uint32_t ids[N];

	for (uint32_t i = 0; i < N; i++)
		ids[i] = i * 100003;
	check_ids(ids, N);
	for (uint32_t i = 0; i < N; i++)
		ids[i] = i % 2 ? UINT32_C(0x7fffffff) - i : i / 2;
	check_ids(ids, N);
}

static void few_ids_far_away_take_little_room(void)
{
	struct id_index p = {0};

	*id_index_at(&p, 2147483647) = 1;
	*id_index_at(&p, 1000000) = 2;
	*id_index_at(&p, 5) = 3;
	CHECK(p.n_close <= 1024 && p.far.n == 2);
	CHECK(id_index_get(&p, 6) == 0 && id_index_get(&p, 2147483646) == 0 && id_index_get(&p, UINT32_MAX) == 0);
	CHECK(*id_index_at(&p, 2147483647) == 1 && *id_index_at(&p, 1000000) == 2 && *id_index_at(&p, 5) == 3);
	id_index_clear(&p);
}

int main(void)
{
	RUN(ids_may_come_in_order);
	RUN(ids_may_come_in_any_order);
	RUN(ids_may_be_far_apart);
	RUN(few_ids_far_away_take_little_room);
	return DONE();
}

#include "policy/session_table.h"

#include <stdlib.h>

#include "unit/check.h"

/* Ids of all kinds: close together, with the same low bits, with the same high bits. */
static uint32_t id_of(uint32_t i)
{
	return i % 3 == 0 ? i : i % 3 == 1 ? i << 16 | 1 : INT32_MAX - i;
}

static void entries_stay_where_they_are(void)
{
	enum { N = 5000 };
	struct session_table t = {0};
	struct session **entries = malloc(N * sizeof *entries);

	CHECK(!session_table_find(&t, 0));
	for (uint32_t i = 0; i < N; i++) {
		CHECK(!session_table_find(&t, id_of(i)));
		entries[i] = session_table_add(&t, id_of(i));
		CHECK(entries[i]->user == id_of(i) && entries[i]->place == i + 1 && !entries[i]->history);
	}
	CHECK(t.n == N);
	for (uint32_t i = 0; i < N; i++)
		CHECK(session_table_find(&t, id_of(i)) == entries[i] && session_table_at(&t, i + 1) == entries[i]);
	free(entries);
	session_table_clear(&t);
	session_table_clear(&t);
	CHECK(t.n == 0 && !session_table_find(&t, 0));
}

/* Where ids are numbered one by one, or by thousands, none of the many small tables is much larger than the others. */
static void no_part_of_the_index_grows_beyond_the_others(void)
{
	for (uint32_t step = 1; step <= 4096; step *= 8) {
		struct session_table t = {0};

		for (uint32_t i = 0; i < 100 * SESSION_INDEX_PARTS; i++)
			CHECK(session_table_add(&t, i * step));
		for (size_t i = 0; i < SESSION_INDEX_PARTS; i++)
			CHECK(t.index[i].n > 50 && t.index[i].n < 200);
		session_table_clear(&t);
	}
}

int main(void)
{
	RUN(entries_stay_where_they_are);
	RUN(no_part_of_the_index_grows_beyond_the_others);
	return DONE();
}

#include "base/grow.h"

#include <stdint.h>
#include <stdlib.h>

#include "unit/check.h"

static void an_array_grows_by_doubling(void)
{
	size_t cap = 0, moves = 0, last = 0;
	int *items = NULL;

	for (size_t n = 1; n <= 1000; n++) {
		int *moved = grow(items, &cap, n, sizeof *items);

		CHECK(moved != NULL && cap >= n);
		if (!moved)
			break;
		items = moved;
		items[n - 1] = (int)n;
		moves += cap != last;
		last = cap;
	}
	CHECK(moves <= 8); /* 8, 16, ... 1024 */
	for (int i = 0; i < 1000; i++)
		CHECK(items[i] == i + 1);
	free(items);
}

static void room_that_is_there_is_kept(void)
{
	size_t cap = 0;
	char *items = grow(NULL, &cap, 100, 1);
	size_t before = cap;

	CHECK(items != NULL && cap >= 100);
	CHECK(grow(items, &cap, 50, 1) == items && cap == before);
	CHECK(grow(items, &cap, cap, 1) == items && cap == before);
	free(items);
}

/* NULL must keep meaning "no memory", so that an array of none is an array. */
static void room_for_nothing_is_still_an_array(void)
{
	size_t cap = 0;
	char *items = grow(NULL, &cap, 0, 8);

	CHECK(items != NULL);
	free(items);
}

static void sizes_that_overflow_are_refused(void)
{
	size_t cap = 0;
	int *items = grow(NULL, &cap, 4, sizeof *items);
	size_t before = cap;

	CHECK(grow(items, &cap, SIZE_MAX, sizeof *items) == NULL);
	CHECK(grow(items, &cap, SIZE_MAX / sizeof *items, sizeof *items) == NULL);
	CHECK(grow(items, &cap, SIZE_MAX / sizeof *items + 2, sizeof *items) == NULL);
	CHECK(cap == before);
	items[3] = 1; /* still ours */
	free(items);
}

static void what_is_no_longer_needed_is_given_back(void)
{
	size_t cap = 0, before;
	char *items = grow(NULL, &cap, 1000, 1);

	items[9] = 'x';
	before = cap;
	/* a little is kept, and so is what is nearly full */
	items = grow_less(items, &cap, 10, before, 1);
	CHECK(cap == before);
	items = grow_less(items, &cap, before / 4 + 1, 100, 1);
	CHECK(cap == before);
	items = grow_less(items, &cap, 10, 100, 1);
	CHECK(cap == 100 && items[9] == 'x');
	free(items);
}

int main(void)
{
	RUN(an_array_grows_by_doubling);
	RUN(room_that_is_there_is_kept);
	RUN(room_for_nothing_is_still_an_array);
	RUN(sizes_that_overflow_are_refused);
	RUN(what_is_no_longer_needed_is_given_back);
	return DONE();
}

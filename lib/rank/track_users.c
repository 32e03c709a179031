#include "rank/track_users.h"

#include <stdlib.h>

#include "base/grow.h"

/* So many pairs are gathered, at least, before they are put in order. */
enum { GATHERED = 1 << 16 };

void track_users_clear(struct track_users *u)
{
	free(u->pairs);
	*u = (struct track_users){0};
}

static int by_pair(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

void track_users_sort(struct track_users *u)
{
	size_t n = 0;

	if (u->sorted == u->n)
		return;
	qsort(u->pairs, u->n, sizeof *u->pairs, by_pair);
	for (size_t i = 0; i < u->n; i++)
		if (n == 0 || u->pairs[n - 1] != u->pairs[i])
			u->pairs[n++] = u->pairs[i];
	u->n = u->sorted = n;
}

/* Those that are gathered are put in order when they are as many as the others: each is moved a few times at most. */
static int add_pair(struct track_users *u, uint64_t pair)
{
	uint64_t *pairs;

	if (u->n - u->sorted >= GATHERED && u->n - u->sorted >= u->sorted)
		track_users_sort(u);
	pairs = grow(u->pairs, &u->cap, u->n + 1, sizeof *pairs);
	if (!pairs)
		return -1;
	u->pairs = pairs;
	pairs[u->n++] = pair;
	return 0;
}

int track_users_add(struct track_users *u, uint32_t track, uint32_t user)
{
	return add_pair(u, (uint64_t)track << 32 | user);
}

int track_users_merge(struct track_users *u, const struct track_users *from)
{
	for (size_t i = 0; i < from->n; i++)
		if (add_pair(u, from->pairs[i]) < 0)
			return -1;
	return 0;
}

/* The first pair that is not below `pair`. */
static size_t find_pair(const struct track_users *u, uint64_t pair)
{
	size_t low = 0, high = u->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (u->pairs[middle] < pair)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t track_users_of(const struct track_users *u, uint32_t track, size_t *first)
{
	*first = find_pair(u, (uint64_t)track << 32);
	return find_pair(u, ((uint64_t)track + 1) << 32) - *first;
}

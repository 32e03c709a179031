#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 14, MOST_KEPT = 1 << 20 };

struct arena_chunk {
	struct arena_chunk *next; /* one that is full */
	size_t size;
	alignas(max_align_t) char bytes[];
};

static void free_from(struct arena_chunk *c)
{
	while (c) {
		struct arena_chunk *next = c->next;

		free(c);
		c = next;
	}
}

void arena_clear(struct arena *a)
{
	free_from(a->chunks);
	*a = (struct arena){0};
}

void arena_reset(struct arena *a)
{
	if (a->chunks && a->chunks->size > MOST_KEPT) {
		arena_clear(a);
		return;
	}
	if (a->chunks) {
		/* the newest is the largest */
		free_from(a->chunks->next);
		a->chunks->next = NULL;
	}
	a->used = 0;
}

static int add_chunk(struct arena *a, size_t need)
{
	size_t size = a->chunks ? 2 * a->chunks->size : CHUNK;
	struct arena_chunk *c;

	if (size < need)
		size = need;
	c = size < (size_t)-1 - sizeof *c ? malloc(sizeof *c + size) : NULL;
	if (!c)
		return -1;
	*c = (struct arena_chunk){.next = a->chunks, .size = size};
	a->chunks = c;
	a->used = 0;
	return 0;
}

void *arena_copy(struct arena *a, const void *bytes, size_t n)
{
	size_t size = (n + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
	char *place;

	if ((!a->chunks || size > a->chunks->size - a->used) && add_chunk(a, size) < 0)
		return NULL;
	place = a->chunks->bytes + a->used;
	a->used += size;
	return n > 0 ? memcpy(place, bytes, n) : place;
}

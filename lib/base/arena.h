/*
 * arena: many small pieces of memory that are all given back at once.
 */
#ifndef BOTIFY_ARENA_H
#define BOTIFY_ARENA_H

#include <stddef.h>

struct arena_chunk;

/* A zeroed struct is an empty arena. */
struct arena {
	struct arena_chunk *chunks; /* the one that is being filled first */
	size_t used;		    /* bytes of it */
};

/* Frees everything. */
void arena_clear(struct arena *a);

/* Gives everything back but keeps memory for as much again, where that is less than a MiB. */
void arena_reset(struct arena *a);

/* A copy of n bytes, aligned for anything; it stays where it is until the arena is reset. NULL: no memory. */
void *arena_copy(struct arena *a, const void *bytes, size_t n);

#endif

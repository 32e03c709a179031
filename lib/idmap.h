/*
 * idmap: a hash table from 32-bit keys to 32-bit values.
 *
 * It serves wherever an id has to be found: tracks and users by their id, the tracks and artists of a session with
 * how often each was played. Open addressing with linear probing, at most two thirds full; entries are not removed
 * one by one. An empty map takes no memory.
 */
#ifndef BOTIFY_IDMAP_H
#define BOTIFY_IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct idmap_entry {
	uint32_t key, value; /* key IDMAP_NONE: the slot is free */
};

struct idmap {
	struct idmap_entry *slots;
	size_t n;	/* entries */
	size_t mask;	/* slots - 1; 0 where there are none */
};

#define IDMAP_NONE UINT32_MAX /* the one key that cannot be stored, and is never found */

/* An empty map may also be had by zeroing the struct. */
void idmap_init(struct idmap *m);

/* Frees the memory; the map is empty then. */
void idmap_clear(struct idmap *m);

/* Removes all entries, keeps the memory. */
void idmap_reset(struct idmap *m);

/* The value of `key`, or `otherwise` where it is not there. */
uint32_t idmap_get(const struct idmap *m, uint32_t key, uint32_t otherwise);

/*
 * The place of the value of `key`, made with value 0 where it was not there. Valid until the next call. NULL where
 * there is no memory.
 */
uint32_t *idmap_at(struct idmap *m, uint32_t key);

#endif

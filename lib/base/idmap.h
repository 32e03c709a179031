/*
 * idmap: a hash table from 32-bit keys to 32-bit values.
 *
 * It serves where a few of many keys are there, such as the tracks and artists of a session with how often each was
 * played; for ids that mostly lie close together, see id_index.h. Open addressing with linear probing, at most two
 * thirds full; entries are not removed one by one. An empty map takes no memory.
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

/* Frees the memory; the map is empty then. */
void idmap_clear(struct idmap *m);

/*
 * Removes all entries. The memory of a small map is kept; that of a large one is not, or each reset of it, and each
 * walk over it, would cost as much for a few entries as for the many that it once had.
 */
void idmap_reset(struct idmap *m);

/* Makes room for n entries, so that adding up to n of them does not fail. Returns 0, or -1 where there is no memory. */
int idmap_reserve(struct idmap *m, size_t n);

/*
 * Takes all entries out of a map, in no order; the map is empty then. Returns a new array of *n, in the
 * memory that the map had: NULL where it had none.
 */
struct idmap_entry *idmap_take(struct idmap *m, size_t *n);

/* The slot at which the search for `key` begins, in a map that has slots. */
static inline size_t idmap_home(const struct idmap *m, uint32_t key)
{
	/* Fibonacci hashing: ids come in runs, and their high bits say nothing. */
	return (key * UINT64_C(0x9E3779B97F4A7C15)) >> 32 & m->mask;
}

/* For idmap_get: the slot that holds `key`, or the free one where it belongs. There is always a free one. */
static inline size_t idmap_slot(const struct idmap *m, uint32_t key)
{
	size_t i = idmap_home(m, key);

	while (m->slots[i].key != key && m->slots[i].key != IDMAP_NONE)
		i = (i + 1) & m->mask;
	return i;
}

/* For idmap_at: makes the place of a key that is not there. */
uint32_t *idmap_add(struct idmap *m, uint32_t key);

/*
 * The place of the value of `key`, made with value 0 where it was not there. Valid until the next call. NULL where
 * there is no memory.
 */
static inline uint32_t *idmap_at(struct idmap *m, uint32_t key)
{
	size_t i;

	if (m->n == 0)
		return idmap_add(m, key);
	i = idmap_slot(m, key);
	return m->slots[i].key == key ? &m->slots[i].value : idmap_add(m, key);
}

/* The value of `key`, or `otherwise` where it is not there. Inline, because it is most of what filters do. */
static inline uint32_t idmap_get(const struct idmap *m, uint32_t key, uint32_t otherwise)
{
	size_t i;

	if (m->n == 0 || key == IDMAP_NONE)
		return otherwise;
	i = idmap_slot(m, key);
	return m->slots[i].key == key ? m->slots[i].value : otherwise;
}

#endif

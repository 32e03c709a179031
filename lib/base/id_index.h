/*
 * id_index: where things with an id stand in an array: tracks of a catalog, users of a log, rows of a table.
 *
 * Ids may be any, but mostly they are small numbers close together: those are looked up in an array, the others in a
 * hash table. It takes 4 to 16 bytes an id where they are close, and what idmap.h takes where they are not. A place
 * is a number from 1 on, of the caller's choice; 0 says that the id is not there.
 */
#ifndef BOTIFY_ID_INDEX_H
#define BOTIFY_ID_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/idmap.h"

/* Zero-initialise. */
struct id_index {
	uint32_t *close; /* places of the ids below n_close */
	size_t n_close;
	struct idmap far; /* of all others */
	size_t n;	  /* ids */
};

void id_index_clear(struct id_index *x);

/* For id_index_at: the place of an id that is not among those that are close. */
uint32_t *id_index_find(struct id_index *x, uint32_t id);

/*
 * The place of an id, 0 where it is new: the caller sets it to something else. Valid until the next call. NULL where
 * there is no memory.
 */
static inline uint32_t *id_index_at(struct id_index *x, uint32_t id)
{
	return id < x->n_close && x->close[id] != 0 ? &x->close[id] : id_index_find(x, id);
}

/* The place of an id, or 0. */
static inline uint32_t id_index_get(const struct id_index *x, uint32_t id)
{
	return id < x->n_close ? x->close[id] : idmap_get(&x->far, id, 0);
}

/* Begins to fetch what is known of an id that will be looked up soon. */
static inline __attribute__((always_inline)) void id_index_fetch(const struct id_index *x, uint32_t id)
{
	if (id < x->n_close)
		__builtin_prefetch(&x->close[id]);
	else if (x->far.n > 0)
		__builtin_prefetch(&x->far.slots[idmap_home(&x->far, id)]);
}

/*
 * Takes all ids and their places out, in ascending order of the ids; there are none then. Returns a new array of *n
 * entries; NULL where there is no memory, and then nothing has changed.
 */
struct idmap_entry *id_index_take(struct id_index *x, size_t *n);

#endif

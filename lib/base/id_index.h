/*
 * places: where things with an id stand in an array that is filled as they come: users of a log, tracks of a ranking.
 *
 * Ids may be any, but mostly they are small numbers close together: those are looked up in an array, the others in a hash
 * table. It takes 4 to 16 bytes an id where they are close, and what idmap.h takes where they are not.
 */
#ifndef BOTIFY_PLACES_H
#define BOTIFY_PLACES_H

#include <stddef.h>
#include <stdint.h>

#include "base/idmap.h"

/* Zero-initialise. */
struct places {
	uint32_t *close; /* places of the ids below n_close */
	size_t n_close;
	struct idmap far; /* of all others */
	size_t n;	  /* ids */
};

void places_clear(struct places *p);

/* For places_at: the place of an id that is not among those that are close. */
uint32_t *places_find(struct places *p, uint32_t id);

/*
 * The place of an id, 0 where it is new: the caller sets it to something else. Valid until the next call. NULL where there is no
 * memory.
 */
static inline uint32_t *places_at(struct places *p, uint32_t id)
{
	return id < p->n_close && p->close[id] != 0 ? &p->close[id] : places_find(p, id);
}

/*
 * Takes all ids and their places out, in ascending order of the ids; there are none then. Returns a new array of *n entries;
 * NULL where there is no memory, and then nothing has changed.
 */
struct idmap_entry *places_take(struct places *p, size_t *n);

#endif

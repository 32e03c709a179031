/*
 * pool: the candidates of a source as far as they are known before anybody asks: so many of each artist.
 *
 * What a session has played strikes some of them out. To say how many are left, without looking at them all, it takes
 * how many each artist has among them; and to find the k-th that is left, how many there are in each block of the
 * list. Both are made once, when a policy is bound to its tables.
 */
#ifndef BOTIFY_POOL_H
#define BOTIFY_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/idmap.h"
#include "policy/filter.h"
#include "world/catalog.h"

struct pool {
	const uint32_t *tracks; /* NULL: the tracks 0 .. n-1, which are the catalog */
	const uint32_t *place;	/* by track: where it stands in `tracks`, n or more where it does not; NULL likewise */
	uint32_t n;
	struct idmap of_artist; /* how many candidates each has; not of the whole catalog */
	/*
	 * blocks of the list, of 1 << shift candidates each; there are none where a list is short enough to be walked
	 */
	uint32_t shift;
	size_t n_blocks;
	struct idmap rows; /* of artists with many candidates: 1 + the row that says how many are in each block */
	uint16_t *counts;  /* row after row of n_blocks */
};

/* The pools of a policy, and what strikes candidates out of them. The first one is the catalog. */
struct pools {
	const struct catalog *catalog;
	const struct filter *filters;
	size_t n_filters;
	struct pool *list;
	size_t n, cap;
};

/* All is borrowed. Returns 0, or -1 where there is no memory. Free with pools_clear, also after a failure. */
int pools_init(struct pools *p, const struct catalog *c, const struct filter *filters, size_t n_filters);
void pools_clear(struct pools *p);

/* One more: the first n of `tracks`, whose places are told. All is borrowed. Returns 0, or -1: no memory. */
int pools_add(struct pools *p, const uint32_t *tracks, const uint32_t *place, uint32_t n);

/* Where a track stands in the list; n or more where it does not. */
static inline uint32_t pool_place(const struct pool *p, uint32_t track)
{
	return p->place ? p->place[track] : track;
}

/* How many candidates an artist has. */
static inline uint32_t pool_of_artist(const struct pool *p, const struct catalog *c, uint32_t artist)
{
	return p->place ? idmap_get(&p->of_artist, artist, 0) : c->artists[artist].n;
}

#endif

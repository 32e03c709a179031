/*
 * neighbours: the tracks nearest to a track, by inner product, exactly.
 *
 * Products are made in blocks by OpenBLAS in single precision, and what comes near the best is weighed again by
 * embeddings_dot: so the result does not depend on the library's kernels, threads or rounding. Where there are many,
 * the rows are turned to their principal axes first (rotation.h), and only a prefix of their columns is multiplied for
 * all pairs.
 */
#ifndef BOTIFY_NEIGHBOURS_H
#define BOTIFY_NEIGHBOURS_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/id_index.h"
#include "text/npy.h"

struct neighbours {
	struct id_index rows; /* plus 1, by track */
	uint32_t *tracks; /* n rows of k tracks, nearest first; of equally near ones the lower first */
	size_t n, k;
};

/* Who looks on: show(ctx, done, n) is told, by the thread that called, how many of n tracks are done. */
struct neighbours_watch {
	void (*show)(void *ctx, size_t done, size_t n);
	void *ctx;
};

/*
 * Finds the k nearest of each of n different tracks (itself is one of the candidates), on all processors. k is at most
 * m->rows. `watch` may be NULL. Returns 0, or -1 where there is no memory. Free with neighbours_clear.
 */
int neighbours_find(struct neighbours *nb, const struct npy *m, const uint32_t *tracks, size_t n, size_t k,
		    const struct neighbours_watch *watch, struct errmsg *e);

/*
 * The same by a prefix of so many columns, whether it pays or not (for tests): 1 .. m->columns, the last of which is
 * without any rotation.
 */
enum { NEIGHBOURS_BEST = 0 }; /* as it pays */
int neighbours_find_by(struct neighbours *nb, const struct npy *m, const uint32_t *tracks, size_t n, size_t k,
		       size_t prefix, const struct neighbours_watch *watch, struct errmsg *e);
void neighbours_clear(struct neighbours *nb);

/* The k tracks nearest to one of the tracks given to neighbours_find; borrowed. */
const uint32_t *neighbours_of(const struct neighbours *nb, uint32_t track);

#endif

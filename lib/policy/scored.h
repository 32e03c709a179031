/*
 * scored: tracks with a score each, added up as they come, and the best of them.
 *
 * One list is used for one answer after another, so that answers allocate nothing once it has grown.
 */
#ifndef BOTIFY_SCORED_H
#define BOTIFY_SCORED_H

#include <stddef.h>
#include <stdint.h>

#include "base/idmap.h"

struct scored_track {
	uint32_t track; /* index */
	double score;
};

/* Zero-initialise. */
struct scored {
	struct scored_track *list; /* n, in the order of their first score, until scored_best */
	size_t n, cap;
	struct idmap place; /* of a track in the list, plus 1 */
};

void scored_clear(struct scored *s);

/* Forgets all tracks, keeps the memory; where it was very much, it is given back. */
void scored_reset(struct scored *s);

/* Adds to the score of a track, which is 0 before. Returns 0, or -1 where there is no memory. */
int scored_add(struct scored *s, uint32_t track, double score);

/* For qsort: the better of two tracks first, of equal scores the lower one. */
int scored_best_first(const void *a, const void *b);

/*
 * Puts the best first in the list, n of them or all that there are, of equal scores the lower track. Returns how many.
 * Nothing may be added then before scored_reset.
 */
size_t scored_best(struct scored *s, size_t n);

#endif

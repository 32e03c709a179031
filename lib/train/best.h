/*
 * best (private to lib/train): the k best of many scores.
 *
 * A heap whose root is the worst of the k: nearly all scores are below it and cost one comparison.
 */
#ifndef BOTIFY_BEST_H
#define BOTIFY_BEST_H

#include <stddef.h>
#include <stdint.h>

struct best_item {
	float score;
	uint32_t item;
};

struct best {
	struct best_item *heap; /* room for `limit`; the caller's */
	size_t n, limit;
};

/* Takes a score into account that is not NaN. -INFINITY is not among the best. */
void best_add(struct best *b, uint32_t item, float score);

/* Puts them in order, best first; of equal scores the lower number comes first. Nothing may be added afterwards. */
void best_sort(struct best *b);

/* Adds all n scores, of the items 0 .. n - 1. */
void best_add_all(struct best *b, const float *scores, size_t n);

#endif

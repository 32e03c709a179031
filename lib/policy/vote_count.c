#include "policy/vote_count.h"

#include <stdlib.h>

#include "base/grow.h"

#define VOTE_STRUCK UINT32_MAX

struct vote_count *vote_count_new(const struct candidate_lists *lists, struct vote_count *next)
{
	struct vote_count *v = calloc(1, sizeof *v);

	if (!v)
		return NULL;
	v->lists = lists;
	v->next = next;
	return v;
}

void vote_count_free(struct vote_count *v)
{
	while (v) {
		struct vote_count *next = v->next;

		free(v->heap);
		free(v->best);
		idmap_clear(&v->place);
		free(v);
		v = next;
	}
}

/* Puts a track into a place of the heap, and remembers where it is. */
static void put(struct vote_count *v, size_t i, struct scored_track x)
{
	v->heap[i] = x;
	*idmap_at(&v->place, x.track) = (uint32_t)i + 1;
}

/* Puts a track into the free place i, or above it. */
static void sift_up(struct vote_count *v, size_t i, struct scored_track x)
{
	while (i > 0 && scored_best_first(&x, &v->heap[(i - 1) / 2]) < 0) {
		put(v, i, v->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	put(v, i, x);
}

/* Puts a track into the free place i, or below it. */
static void sift_down(struct vote_count *v, size_t i, struct scored_track x)
{
	size_t child;

	while ((child = 2 * i + 1) < v->n) {
		child += child + 1 < v->n && scored_best_first(&v->heap[child + 1], &v->heap[child]) < 0;
		if (scored_best_first(&x, &v->heap[child]) < 0)
			break;
		put(v, i, v->heap[child]);
		i = child;
	}
	put(v, i, x);
}

static struct scored_track take_first(struct vote_count *v)
{
	struct scored_track first = v->heap[0];

	if (--v->n > 0)
		sift_down(v, 0, v->heap[v->n]);
	return first;
}

/* Lets a play vote for a track. Returns 0, or -1 where there is no memory. */
static int cast_vote(struct vote_count *v, uint32_t track, double votes)
{
	struct scored_track *heap = grow(v->heap, &v->cap, v->n + 1, sizeof *heap);
	struct scored_track x = {.track = track};
	uint32_t *place;
	size_t i;

	if (!heap)
		return -1;
	v->heap = heap;
	place = idmap_at(&v->place, track);
	if (!place)
		return -1;
	if (*place == VOTE_STRUCK)
		return 0;
	i = *place > 0 ? *place - 1 : v->n++;
	if (*place > 0)
		x = heap[i];
	x.score += votes;
	sift_up(v, i, x);
	return 0;
}

int vote_count_add(struct vote_count *v, const struct history *h)
{
	for (; v->counted < h->n; v->counted++) {
		const struct play *play = &h->plays[v->counted];
		struct span list = candidate_lists_get(v->lists, play->track);

		for (size_t i = 0; i < list.n && play->time > 0; i++)
			if (cast_vote(v, list.tracks[i], play->time) < 0)
				return -1;
	}
	return 0;
}

int vote_count_best(struct vote_count *v, const struct filter_chain *chain, size_t n, size_t *found)
{
	size_t taken = 0;

	*found = 0;
	while (*found < n && v->n > 0) {
		struct scored_track *best = grow(v->best, &v->best_cap, taken + 1, sizeof *best);
		struct scored_track first;

		if (!best)
			return -1;
		v->best = best;
		first = take_first(v);
		if (!filter_chain_allows(chain, first.track)) {
			*idmap_at(&v->place, first.track) = VOTE_STRUCK;
			continue;
		}
		/* those that only this request excludes stand after those that pass */
		best[taken++] = first;
		if (idmap_get(chain->excluded, first.track, 0) == 0) {
			best[taken - 1] = best[*found];
			best[(*found)++] = first;
		}
	}
	for (size_t i = 0; i < taken; i++)
		sift_up(v, v->n++, v->best[i]);
	return 0;
}

#include "policy/scored.h"

#include <stdlib.h>

#include "base/grow.h"

void scored_clear(struct scored *s)
{
	free(s->list);
	idmap_clear(&s->place);
	*s = (struct scored){0};
}

void scored_reset(struct scored *s)
{
	enum { MOST_KEPT = 1 << 14 };

	if (s->cap > MOST_KEPT) {
		scored_clear(s);
		return;
	}
	s->n = 0;
	idmap_reset(&s->place);
}

int scored_add(struct scored *s, uint32_t track, double score)
{
	struct scored_track *list = grow(s->list, &s->cap, s->n + 1, sizeof *list);
	uint32_t *place;

	if (!list)
		return -1;
	s->list = list;
	place = idmap_at(&s->place, track);
	if (!place)
		return -1;
	if (*place == 0) {
		list[s->n] = (struct scored_track){.track = track};
		*place = (uint32_t)++s->n;
	}
	list[*place - 1].score += score;
	return 0;
}

int scored_best_first(const void *a, const void *b)
{
	const struct scored_track *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return (x->track > y->track) - (x->track < y->track);
}

/* Moves the best of list[from .. n) to the place `from`. */
static void bring_best(struct scored *s, size_t from)
{
	struct scored_track best;
	size_t at = from;

	for (size_t i = from + 1; i < s->n; i++)
		if (scored_best_first(&s->list[i], &s->list[at]) < 0)
			at = i;
	best = s->list[at];
	s->list[at] = s->list[from];
	s->list[from] = best;
}

size_t scored_best(struct scored *s, size_t n)
{
	if (n > s->n)
		n = s->n;
	/* a few are found by looking through all, many by sorting */
	if (n > 8)
		qsort(s->list, s->n, sizeof *s->list, scored_best_first);
	else
		for (size_t i = 0; i < n; i++)
			bring_best(s, i);
	return n;
}

#include "rank/popularity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/radix.h"

#define BILLION 1e9

void popularity_clear(struct popularity *p)
{
	free(p->counts);
	id_index_clear(&p->index);
	*p = (struct popularity){0};
}

/* The counts of a track, made where it is new; NULL where there is no memory. */
static struct popularity_count *count_of(struct popularity *p, uint32_t track)
{
	uint32_t *place = id_index_at(&p->index, track);
	struct popularity_count *counts;

	if (!place)
		return NULL;
	if (*place > 0) /* 1 + the place in counts */
		return &p->counts[*place - 1];
	counts = grow(p->counts, &p->cap, p->n + 1, sizeof *counts);
	if (!counts)
		return NULL;
	p->counts = counts;
	counts[p->n] = (struct popularity_count){.track = track};
	*place = (uint32_t)++p->n;
	return &counts[p->n - 1];
}

int popularity_add_count(struct popularity *p, const struct popularity_count *count, struct errmsg *e)
{
	struct popularity_count *mine = count_of(p, count->track);

	if (!mine)
		return errmsg_nomem(e);
	if (count->plays > POPULARITY_MAX - mine->plays || count->billionths > POPULARITY_MAX - mine->billionths)
		return errmsg_set(e, "the plays or the time of track %u are more than can be counted", count->track);
	mine->plays += count->plays;
	mine->billionths += count->billionths;
	return 0;
}

int64_t popularity_billionths(double time)
{
	return llrint(time * BILLION);
}

int popularity_add(struct popularity *p, uint32_t track, double time, struct errmsg *e)
{
	struct popularity_count one = {.track = track, .plays = 1, .billionths = popularity_billionths(time)};

	return popularity_add_count(p, &one, e);
}

int popularity_merge(struct popularity *p, const struct popularity *from, struct errmsg *e)
{
	for (size_t i = 0; i < from->n; i++)
		if (popularity_add_count(p, &from->counts[i], e) < 0)
			return -1;
	return 0;
}

double popularity_time(const struct popularity_count *count)
{
	return (double)count->billionths / BILLION;
}

static int best_first(const void *a, const void *b)
{
	const struct popularity_count *x = a, *y = b;

	if (x->billionths != y->billionths)
		return x->billionths > y->billionths ? -1 : 1;
	return (x->track > y->track) - (x->track < y->track);
}

struct popularity_count *popularity_ranked(const struct popularity *p)
{
	struct popularity_count *counts = malloc((p->n + 1) * sizeof *counts);

	if (counts && p->n > 0) {
		memcpy(counts, p->counts, p->n * sizeof *counts);
		qsort(counts, p->n, sizeof *counts, best_first);
	}
	return counts;
}

struct popularity_count *popularity_by_track(const struct popularity *p)
{
	struct popularity_count *counts = malloc((p->n + 1) * sizeof *counts);
	uint64_t *items = malloc((2 * p->n + 1) * sizeof *items);

	for (size_t i = 0; items && i < p->n; i++)
		items[i] = radix_item(p->counts[i].track, (uint32_t)i);
	if (items)
		radix_sort(items, items + p->n, p->n);
	for (size_t i = 0; counts && items && i < p->n; i++)
		counts[i] = p->counts[radix_place(items[i])];
	if (!items) {
		free(counts);
		counts = NULL;
	}
	free(items);
	return counts;
}

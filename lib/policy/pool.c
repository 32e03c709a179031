#include "policy/pool.h"

#include <stdlib.h>

#include "base/grow.h"

/* Shorter lists have no blocks; and artists with so many candidates have a row. */
enum { FEW = 256, MANY = 1024, LEAST_SHIFT = 4, MOST_SHIFT = 12 };

/* Some sixteen times as many blocks as candidates in each: to look at a candidate takes longer than to add a number. */
static uint32_t choose_shift(uint32_t n)
{
	uint32_t shift = LEAST_SHIFT;

	while (shift < MOST_SHIFT && (UINT64_C(16) << 2 * shift) < n)
		shift++;
	return shift;
}

/* Returns 0, or -1 where there is no memory. */
static int count_by_artist(struct pool *p, const struct catalog *c)
{
	for (uint32_t i = 0; i < p->n; i++) {
		uint32_t *n = idmap_at(&p->of_artist, c->tracks[p->tracks[i]].artist);

		if (!n)
			return -1;
		++*n;
	}
	return 0;
}

static void count_in_blocks(const struct pool *p, const struct catalog *c, const struct artist *a, uint16_t *counts)
{
	for (uint32_t j = a->first; j < a->first + a->n; j++) {
		uint32_t place = pool_place(p, c->by_artist[j]);

		if (place < p->n)
			counts[place >> p->shift]++;
	}
}

/* Returns 0, or -1 where there is no memory. */
static int make_rows(struct pool *p, const struct catalog *c)
{
	size_t n = 0;

	for (uint32_t a = 0; a < c->n_artists; a++) {
		uint32_t *row = pool_of_artist(p, c, a) < MANY ? NULL : idmap_at(&p->rows, a);

		if (row)
			*row = (uint32_t)++n;
		else if (pool_of_artist(p, c, a) >= MANY)
			return -1;
	}
	p->counts = calloc(n * p->n_blocks + 1, sizeof *p->counts);
	if (!p->counts)
		return -1;
	for (uint32_t a = 0; a < c->n_artists; a++) {
		uint32_t row = idmap_get(&p->rows, a, 0);

		if (row)
			count_in_blocks(p, c, &c->artists[a], p->counts + (row - 1) * p->n_blocks);
	}
	return 0;
}

static int add_pool(struct pools *p, struct pool pool)
{
	struct pool *list = grow(p->list, &p->cap, p->n + 1, sizeof *list);

	if (!list)
		return -1;
	p->list = list;
	list[p->n] = pool;
	if (p->n_filters == 0) /* nothing will be struck out */
		return p->n++, 0;
	if (pool.tracks && count_by_artist(&list[p->n], p->catalog) < 0)
		return p->n++, -1;
	list[p->n].shift = choose_shift(pool.n);
	list[p->n].n_blocks = pool.n <= FEW ? 0 : ((pool.n - 1) >> list[p->n].shift) + 1;
	p->n++;
	return list[p->n - 1].n_blocks > 0 ? make_rows(&list[p->n - 1], p->catalog) : 0;
}

int pools_init(struct pools *p, const struct catalog *c, const struct filter *filters, size_t n_filters)
{
	*p = (struct pools){.catalog = c, .filters = filters, .n_filters = n_filters};
	return add_pool(p, (struct pool){.n = (uint32_t)c->n_tracks});
}

int pools_add(struct pools *p, const uint32_t *tracks, const uint32_t *place, uint32_t n)
{
	return add_pool(p, (struct pool){.tracks = tracks, .place = place, .n = n});
}

void pools_clear(struct pools *p)
{
	for (size_t i = 0; i < p->n; i++) {
		idmap_clear(&p->list[i].of_artist);
		idmap_clear(&p->list[i].rows);
		free(p->list[i].counts);
	}
	free(p->list);
	*p = (struct pools){0};
}

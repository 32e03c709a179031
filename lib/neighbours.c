#include "neighbours.h"

#include <cblas.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "embeddings.h"
#include "grow.h"

enum { BLOCK = 64 }; /* tracks whose products with all others are made at once */

#define LONGEST_SINGLE 1e18 /* norms up to here have products far below FLT_MAX */

struct scored {
	double score;
	uint32_t track;
};

/* What the search of one block after the other needs. */
struct search {
	const struct npy *m;
	float *vectors;	 /* all rows in single precision: the matrix itself, or a copy */
	float *block;	 /* BLOCK rows, those whose neighbours are looked for */
	float *products; /* BLOCK x rows */
	float *heap;	 /* the k largest products of a row so far, the least of them first */
	size_t k;
	double longest; /* the largest norm of a row */
	bool single;	/* single precision can hold the products; where it cannot, all are weighed by embeddings_dot */
	struct scored *near;
	size_t n_near, near_cap;
};

/* Nearest first; of equally near tracks the lower first. */
static int nearest_first(const void *a, const void *b)
{
	const struct scored *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return (x->track > y->track) - (x->track < y->track);
}

/* Puts x in the place of the least. */
static void replace_least(float *heap, size_t k, float x)
{
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= k)
			break;
		child += child + 1 < k && heap[child + 1] < heap[child];
		if (heap[child] >= x)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = x;
}

static int add_near(struct search *s, uint32_t track, float product)
{
	struct scored *near = grow(s->near, &s->near_cap, s->n_near + 1, sizeof *near);

	if (!near)
		return -1;
	s->near = near;
	near[s->n_near++] = (struct scored){.score = product, .track = track};
	return 0;
}

/*
 * How far a product in single precision may be from the true one: n columns, rows of norms |a| and |b|, gives at most
 * n u / (1 - n u) |a| |b| with u = 2^-24 (Higham 2002, "Accuracy and Stability of Numerical Algorithms", section 3.1),
 * and a little for the rounding of the values themselves. Where values or products come near the least number that there
 * is, errors are absolute: at most 2^-150 each.
 */
static double product_error(const struct search *s, double norm)
{
	double n = (double)s->m->columns;

	return (n + 4) * 1.01 * 0x1p-24 * norm * s->longest + n * 0x1p-148 * (1 + norm + s->longest);
}

/* Gathers all tracks that may be among the k nearest, by the products of one row. */
static int gather(struct search *s, const float *products, double norm)
{
	double margin = 2 * product_error(s, norm);
	size_t kept = 0;
	float bar;

	s->n_near = 0;
	for (size_t i = 0; i < s->k; i++)
		s->heap[i] = -FLT_MAX;
	bar = -FLT_MAX;
	for (size_t i = 0; i < s->m->rows; i++) {
		if (products[i] < bar)
			continue;
		if (add_near(s, (uint32_t)i, products[i]) < 0)
			return -1;
		if (products[i] > s->heap[0]) {
			replace_least(s->heap, s->k, products[i]);
			/* rounded down, so as not to lose one that is just at the bar */
			bar = nextafterf((float)(s->heap[0] - margin), -INFINITY);
		}
	}
	for (size_t i = 0; i < s->n_near; i++)
		if (s->near[i].score >= bar)
			s->near[kept++] = s->near[i];
	s->n_near = kept;
	return 0;
}

static int gather_all(struct search *s)
{
	s->n_near = 0;
	for (size_t i = 0; i < s->m->rows; i++)
		if (add_near(s, (uint32_t)i, 0) < 0)
			return -1;
	return 0;
}

static double norm_of(const struct search *s, size_t row)
{
	return sqrt(embeddings_dot(s->m, row, row));
}

/* Makes the products of at most BLOCK tracks with all. */
static void multiply_block(struct search *s, const uint32_t *tracks, size_t n)
{
	size_t d = s->m->columns, rows = s->m->rows;

	for (size_t i = 0; i < n; i++)
		memcpy(s->block + i * d, s->vectors + tracks[i] * d, d * sizeof *s->block);
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, (int)rows, (int)d, 1, s->block, (int)d, s->vectors,
		    (int)d, 0, s->products, (int)rows);
}

/* Finds the neighbours of at most BLOCK tracks. */
static int find_block(struct search *s, const uint32_t *tracks, size_t n, uint32_t *found)
{
	if (s->single)
		multiply_block(s, tracks, n);
	for (size_t i = 0; i < n; i++) {
		int status = s->single ? gather(s, s->products + i * s->m->rows, norm_of(s, tracks[i])) : gather_all(s);

		if (status < 0)
			return -1;
		for (size_t j = 0; j < s->n_near; j++)
			s->near[j].score = embeddings_dot(s->m, tracks[i], s->near[j].track);
		qsort(s->near, s->n_near, sizeof *s->near, nearest_first);
		for (size_t j = 0; j < s->k; j++)
			found[i * s->k + j] = s->near[j].track;
	}
	return 0;
}

static void search_clear(struct search *s)
{
	if ((void *)s->vectors != s->m->data)
		free(s->vectors);
	free(s->block);
	free(s->products);
	free(s->heap);
	free(s->near);
}

static int search_init(struct search *s, const struct npy *m, size_t k)
{
	size_t size = m->rows * m->columns;

	*s = (struct search){.m = m, .k = k};
	s->vectors = m->type == NPY_FLOAT32 ? m->data : malloc(size * sizeof *s->vectors);
	s->block = malloc(BLOCK * m->columns * sizeof *s->block);
	s->products = malloc(BLOCK * m->rows * sizeof *s->products);
	s->heap = malloc(k * sizeof *s->heap);
	if (!s->vectors || !s->block || !s->products || !s->heap)
		return -1;
	for (size_t i = 0; i < m->rows; i++)
		s->longest = fmax(s->longest, norm_of(s, i));
	s->single = s->longest < LONGEST_SINGLE;
	for (size_t i = 0; s->single && m->type == NPY_FLOAT64 && i < size; i++)
		s->vectors[i] = (float)((const double *)m->data)[i];
	return 0;
}

int neighbours_find(struct neighbours *nb, const struct npy *m, const uint32_t *tracks, size_t n, size_t k,
		    struct errmsg *e)
{
	struct search s;
	int status = search_init(&s, m, k);

	*nb = (struct neighbours){.n = n, .k = k, .tracks = malloc((n * k + 1) * sizeof *nb->tracks)};
	if (!nb->tracks)
		status = -1;
	for (size_t i = 0; i < n && status == 0; i += BLOCK)
		status = find_block(&s, tracks + i, n - i < BLOCK ? n - i : BLOCK, nb->tracks + i * k);
	for (size_t i = 0; i < n && status == 0; i++) {
		uint32_t *row = idmap_at(&nb->row, tracks[i]);

		if (row)
			*row = (uint32_t)i;
		else
			status = -1;
	}
	search_clear(&s);
	if (status == 0)
		return 0;
	neighbours_clear(nb);
	return errmsg_nomem(e);
}

void neighbours_clear(struct neighbours *nb)
{
	free(nb->tracks);
	idmap_clear(&nb->row);
	*nb = (struct neighbours){0};
}

const uint32_t *neighbours_of(const struct neighbours *nb, uint32_t track)
{
	return nb->tracks + idmap_get(&nb->row, track, 0) * nb->k;
}

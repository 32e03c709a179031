#include "train/knn.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "train/best.h"

enum { CHUNK = 64 };

/* The rows of a chunk, until all are there. */
struct piece {
	struct best_item *items;
	size_t n, cap;
};

struct scratch {
	float *sums;	   /* by column */
	uint32_t *touched; /* columns whose sum is not 0 */
	bool *is_touched;
	struct best_item *heap;
};

struct search {
	const struct csr *x, *xt;
	double shrinkage;
	size_t keep;
	double *norms; /* of the columns */
	struct scratch *scratch; /* by thread */
	struct piece *pieces;	 /* by chunk */
	size_t *lengths;	 /* of the rows */
	bool failed;
};

/* The products of column i with all others that it has a row in common with. Returns how many. */
static size_t sum_products(const struct search *s, struct scratch *w, size_t i)
{
	size_t n = 0;

	for (size_t a = s->xt->start[i]; a < s->xt->start[i + 1]; a++) {
		size_t row = s->xt->column[a];
		float x = s->xt->value[a];

		for (size_t b = s->x->start[row]; b < s->x->start[row + 1]; b++) {
			uint32_t j = s->x->column[b];

			if (!w->is_touched[j]) {
				w->is_touched[j] = true;
				w->touched[n++] = j;
				w->sums[j] = 0;
			}
			w->sums[j] += x * s->x->value[b];
		}
	}
	return n;
}

static struct best find_nearest(const struct search *s, struct scratch *w, size_t i)
{
	struct best best = {.heap = w->heap, .limit = s->keep};
	size_t n = sum_products(s, w, i);

	for (size_t k = 0; k < n; k++) {
		uint32_t j = w->touched[k];

		w->is_touched[j] = false;
		if (j != i && w->sums[j] > 0)
			best_add(&best, j, (float)(w->sums[j] / (s->norms[i] * s->norms[j] + s->shrinkage)));
	}
	return best;
}

static int append(struct piece *p, const struct best *best)
{
	if (p->n + best->n > p->cap) {
		size_t cap = 2 * (p->n + best->n);
		struct best_item *items = realloc(p->items, cap * sizeof *items);

		if (!items)
			return -1;
		p->items = items;
		p->cap = cap;
	}
	if (best->n > 0)
		memcpy(p->items + p->n, best->heap, best->n * sizeof *p->items);
	p->n += best->n;
	return 0;
}

static void find_rows(void *ctx, size_t begin, size_t end, unsigned thread)
{
	struct search *s = ctx;
	struct piece *piece = &s->pieces[begin / CHUNK];

	for (size_t i = begin; i < end; i++) {
		struct best best = find_nearest(s, &s->scratch[thread], i);

		s->lengths[i] = best.n;
		if (append(piece, &best) < 0)
			__atomic_store_n(&s->failed, true, __ATOMIC_RELAXED);
	}
}

static int allocate(struct search *s, unsigned threads)
{
	size_t n = s->xt->n_rows;

	s->norms = malloc((n + 1) * sizeof *s->norms);
	s->scratch = calloc(threads, sizeof *s->scratch);
	s->pieces = calloc(parallel_chunks(n, CHUNK) + 1, sizeof *s->pieces);
	s->lengths = malloc((n + 1) * sizeof *s->lengths);
	if (!s->norms || !s->scratch || !s->pieces || !s->lengths)
		return -1;
	for (unsigned i = 0; i < threads; i++) {
		struct scratch *w = &s->scratch[i];

		w->sums = malloc((n + 1) * sizeof *w->sums);
		w->touched = malloc((n + 1) * sizeof *w->touched);
		w->is_touched = calloc(n + 1, sizeof *w->is_touched);
		w->heap = malloc((s->keep + 1) * sizeof *w->heap);
		if (!w->sums || !w->touched || !w->is_touched || !w->heap)
			return -1;
	}
	return 0;
}

static void release(struct search *s, unsigned threads)
{
	for (unsigned i = 0; s->scratch && i < threads; i++) {
		free(s->scratch[i].sums);
		free(s->scratch[i].touched);
		free(s->scratch[i].is_touched);
		free(s->scratch[i].heap);
	}
	for (size_t i = 0; s->pieces && i < parallel_chunks(s->xt->n_rows, CHUNK); i++)
		free(s->pieces[i].items);
	free(s->norms);
	free(s->scratch);
	free(s->pieces);
	free(s->lengths);
}

static void measure_norms(const struct search *s)
{
	for (size_t i = 0; i < s->xt->n_rows; i++) {
		double sum = 0;

		for (size_t a = s->xt->start[i]; a < s->xt->start[i + 1]; a++)
			sum += (double)s->xt->value[a] * s->xt->value[a];
		s->norms[i] = sqrt(sum);
	}
}

/* Makes one matrix of the pieces. */
static int join(struct csr *m, const struct search *s)
{
	size_t n = s->xt->n_rows, total = 0, at = 0;

	for (size_t i = 0; i < n; i++)
		total += s->lengths[i];
	*m = (struct csr){
		.n_rows = n,
		.n_columns = n,
		.start = calloc(n + 1, sizeof *m->start),
		.column = malloc((total + 1) * sizeof *m->column),
		.value = malloc((total + 1) * sizeof *m->value),
	};
	if (!m->start || !m->column || !m->value)
		return -1;
	for (size_t i = 0; i < n; i++)
		m->start[i + 1] = m->start[i] + s->lengths[i];
	for (size_t p = 0; p < parallel_chunks(n, CHUNK); p++)
		for (size_t k = 0; k < s->pieces[p].n; k++, at++) {
			m->column[at] = s->pieces[p].items[k].item;
			m->value[at] = s->pieces[p].items[k].score;
		}
	return 0;
}

int knn_cosine(struct csr *m, const struct csr *x, const struct csr *xt, double shrinkage, size_t keep,
	       unsigned threads)
{
	struct search s = {.x = x, .xt = xt, .shrinkage = shrinkage, .keep = keep < xt->n_rows ? keep : xt->n_rows};
	int status = -1;

	*m = (struct csr){0};
	threads = parallel_threads(threads);
	if (allocate(&s, threads) == 0) {
		measure_norms(&s);
		parallel_for(xt->n_rows, CHUNK, threads, find_rows, &s);
		status = s.failed ? -1 : join(m, &s);
	}
	release(&s, threads);
	return status;
}

int knn_fit_items(struct model *m, const struct fit *f, struct errmsg *e)
{
	if (knn_cosine(&m->weights, f->x, f->xt, f->hypers.value[HYPER_SHRINKAGE], f->x->n_columns, f->threads) < 0)
		return errmsg_nomem(e);
	m->left = m->of_items ? &m->weights : f->x;
	m->right = m->of_items ? NULL : &m->weights;
	m->positive = true;
	return 0;
}

int knn_fit_users(struct model *m, const struct fit *f, struct errmsg *e)
{
	size_t keep = (size_t)f->hypers.value[HYPER_NEIGHBOURS];

	if (knn_cosine(&m->weights, f->xt, f->x, f->hypers.value[HYPER_SHRINKAGE], keep, f->threads) < 0)
		return errmsg_nomem(e);
	m->left = &m->weights;
	m->right = f->x;
	m->positive = true;
	return 0;
}

/* Each row adds to the products of each pair of its columns. */
void knn_cost(const struct csr *x, const struct hypers *h, double *bytes, double *operations)
{
	double pairs = 0;

	(void)h;
	for (size_t r = 0; r < x->n_rows; r++)
		pairs += (double)csr_row_length(x, r) * (double)csr_row_length(x, r);
	*operations = 4 * pairs;
	*bytes = 16 * pairs;
}

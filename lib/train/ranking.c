#include "train/ranking.h"

#include <math.h>
#include <stdlib.h>

#include "base/parallel.h"
#include "train/best.h"

struct scratch {
	float *scores; /* MODEL_BLOCK rows */
	struct best_item *heap;
};

struct work {
	struct ranking *r;
	const struct model *m;
	const struct csr *without, *rows;
	struct scratch *scratch; /* by thread */
	bool failed;
};

static bool is_wanted(const struct work *w, size_t row)
{
	return model_knows(w->m, row) && (!w->rows || csr_row_length(w->rows, row) > 0);
}

static void rank_row(const struct work *w, struct scratch *s, size_t row, float *scores)
{
	struct best best = {.heap = s->heap, .limit = w->r->k};
	uint32_t *to = w->r->columns + row * w->r->k;

	if (w->m->of_items)
		scores[row] = -INFINITY;
	if (w->without)
		for (size_t a = w->without->start[row]; a < w->without->start[row + 1]; a++)
			scores[w->without->column[a]] = -INFINITY;
	best_add_all(&best, scores, w->m->x->n_columns);
	best_sort(&best);
	for (size_t i = 0; i < best.n; i++)
		to[i] = best.heap[i].item;
}

static void rank_block(void *ctx, size_t begin, size_t end, unsigned thread)
{
	struct work *w = ctx;
	struct scratch *s = &w->scratch[thread];
	size_t wanted = 0;

	for (size_t i = begin * w->r->k; i < end * w->r->k; i++)
		w->r->columns[i] = RANKING_END;
	for (size_t row = begin; row < end; row++)
		wanted += is_wanted(w, row);
	if (wanted == 0)
		return;
	if (model_score(w->m, begin, end, s->scores) < 0) {
		__atomic_store_n(&w->failed, true, __ATOMIC_RELAXED);
		return;
	}
	for (size_t row = begin; row < end; row++)
		if (is_wanted(w, row))
			rank_row(w, s, row, s->scores + (row - begin) * w->m->x->n_columns);
}

static int allocate(struct work *w, unsigned threads)
{
	w->scratch = calloc(threads, sizeof *w->scratch);
	for (unsigned i = 0; w->scratch && i < threads; i++) {
		w->scratch[i].scores = malloc((MODEL_BLOCK * w->m->x->n_columns + 1) * sizeof *w->scratch[i].scores);
		w->scratch[i].heap = malloc((w->r->k + 1) * sizeof *w->scratch[i].heap);
		if (!w->scratch[i].scores || !w->scratch[i].heap)
			return -1;
	}
	return w->scratch && w->r->columns ? 0 : -1;
}

int ranking_make(struct ranking *r, const struct model *m, size_t k, const struct csr *without, const struct csr *rows,
		 unsigned threads)
{
	struct work w = {.r = r, .m = m, .without = without, .rows = rows};
	int status = -1;

	*r = (struct ranking){.n_rows = model_rows(m), .k = k < m->x->n_columns ? k : m->x->n_columns};
	r->columns = malloc((r->n_rows * r->k + 1) * sizeof *r->columns);
	threads = parallel_threads(threads);
	if (allocate(&w, threads) == 0) {
		parallel_for(r->n_rows, MODEL_BLOCK, threads, rank_block, &w);
		status = w.failed ? -1 : 0;
	}
	for (unsigned i = 0; w.scratch && i < threads; i++) {
		free(w.scratch[i].scores);
		free(w.scratch[i].heap);
	}
	free(w.scratch);
	return status;
}

void ranking_clear(struct ranking *r)
{
	free(r->columns);
	*r = (struct ranking){0};
}

static bool row_has(const struct csr *m, size_t row, uint32_t column)
{
	for (size_t a = m->start[row]; a < m->start[row + 1]; a++)
		if (m->column[a] == column)
			return true;
	return false;
}

static double discount(size_t rank)
{
	return 1 / log2((double)rank + 2);
}

static double row_ndcg(const struct ranking *r, const struct csr *held, size_t row)
{
	size_t n = csr_row_length(held, row);
	double gain = 0, most = 0;

	for (size_t i = 0; i < r->k; i++) {
		uint32_t column = r->columns[row * r->k + i];

		if (i < n)
			most += discount(i);
		if (column != RANKING_END && row_has(held, row, column))
			gain += discount(i);
	}
	return gain / most;
}

double ranking_ndcg(const struct ranking *r, const struct csr *held)
{
	double sum = 0;
	size_t n = 0;

	for (size_t row = 0; row < r->n_rows; row++)
		if (csr_row_length(held, row) > 0) {
			sum += row_ndcg(r, held, row);
			n++;
		}
	return n > 0 ? sum / (double)n : NAN;
}

#include "train/ranking.h"

#include <math.h>
#include <stdlib.h>

#include "base/parallel.h"
#include "train/best.h"

struct scratch {
	float *scores; /* MODEL_BLOCK rows */
	struct best_item *heap, *group_heap; /* k, n_columns */
};

struct work {
	struct ranking *r;
	const struct model *m;
	const struct ranking_options *o;
	struct csr participants; /* groups x columns; without rows where groups do not matter */
	struct scratch *scratch; /* by thread */
	bool failed;
};

static bool is_wanted(const struct work *w, size_t row)
{
	return model_knows(w->m, row) && (!w->o->rows || csr_row_length(w->o->rows, row) > 0);
}

/* Adds the best columns of a group, as many as there may be. */
static void add_group(const struct work *w, struct scratch *s, struct best *best, size_t group, size_t most,
		      const float *scores)
{
	struct best of_group = {.heap = s->group_heap, .limit = most};

	for (size_t a = w->participants.start[group]; a < w->participants.start[group + 1]; a++) {
		uint32_t column = w->participants.column[a];

		if (best->n < best->limit || scores[column] >= best->heap[0].score)
			best_add(&of_group, column, scores[column]);
	}
	for (size_t i = 0; i < of_group.n; i++)
		best_add(best, of_group.heap[i].item, of_group.heap[i].score);
}

static void add_groups(const struct work *w, struct scratch *s, struct best *best, size_t row, const float *scores)
{
	for (size_t g = 0; g < w->participants.n_rows; g++) {
		bool own = w->o->rows_are_columns && w->o->group[row] == g;

		add_group(w, s, best, g, w->o->per_group - own, scores);
	}
}

static void rank_row(const struct work *w, struct scratch *s, size_t row, float *scores)
{
	struct best best = {.heap = s->heap, .limit = w->r->k};
	const struct csr *without = w->o->without;

	if (w->o->rows_are_columns)
		scores[row] = -INFINITY;
	if (without)
		for (size_t a = without->start[row]; a < without->start[row + 1]; a++)
			scores[without->column[a]] = -INFINITY;
	if (w->participants.n_rows > 0)
		add_groups(w, s, &best, row, scores);
	else
		best_add_all(&best, scores, w->m->x->n_columns);
	best_sort(&best);
	for (size_t i = 0; i < best.n; i++)
		w->r->columns[row * w->r->k + i] = best.heap[i].item;
}

/* Where the scores of a row are few and none of them is ruled out, there is no need to write all the others. */
static bool is_sparse(const struct work *w)
{
	return w->m->left && !w->m->right && !w->o->without && w->participants.n_rows == 0;
}

static void rank_sparse_row(const struct work *w, struct scratch *s, size_t row)
{
	struct best best = {.heap = s->heap, .limit = w->r->k};
	const struct csr *scores = w->m->left;

	for (size_t a = scores->start[row]; a < scores->start[row + 1]; a++)
		if (scores->value[a] > 0 && !(w->o->rows_are_columns && scores->column[a] == row))
			best_add(&best, scores->column[a], scores->value[a]);
	best_sort(&best);
	for (size_t i = 0; i < best.n; i++)
		w->r->columns[row * w->r->k + i] = best.heap[i].item;
}

static void rank_block(void *ctx, size_t begin, size_t end, unsigned thread)
{
	struct work *w = ctx;
	struct scratch *s = &w->scratch[thread];
	size_t wanted = 0;

	for (size_t i = begin * w->r->k; i < end * w->r->k; i++)
		w->r->columns[i] = RANKING_END;
	for (size_t row = begin; row < end; row++) {
		wanted += is_wanted(w, row);
		if (is_sparse(w) && is_wanted(w, row))
			rank_sparse_row(w, s, row);
	}
	if (wanted == 0 || is_sparse(w))
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
	size_t n = w->m->x->n_columns;

	w->scratch = calloc(threads, sizeof *w->scratch);
	for (unsigned i = 0; w->scratch && i < threads; i++) {
		w->scratch[i].scores = malloc((MODEL_BLOCK * n + 1) * sizeof *w->scratch[i].scores);
		w->scratch[i].heap = malloc((w->r->k + 1) * sizeof *w->scratch[i].heap);
		w->scratch[i].group_heap = malloc((n + 1) * sizeof *w->scratch[i].group_heap);
		if (!w->scratch[i].scores || !w->scratch[i].heap || !w->scratch[i].group_heap)
			return -1;
	}
	return w->scratch && w->r->columns ? 0 : -1;
}

/* Which columns each group has. */
static int list_members(struct work *w)
{
	struct csr_builder b = {.n_columns = w->m->x->n_columns};
	int status = 0;

	if (!w->o->group || w->o->per_group == 0)
		return 0;
	for (size_t j = 0; status == 0 && j < b.n_columns; j++) {
		if (w->o->group[j] >= b.n_rows)
			b.n_rows = w->o->group[j] + 1;
		status = csr_add(&b, w->o->group[j], (uint32_t)j, 1);
	}
	if (status == 0)
		status = csr_make(&w->participants, &b, CSR_KEEP);
	csr_builder_clear(&b);
	return status;
}

int ranking_make(struct ranking *r, const struct model *m, const struct ranking_options *o)
{
	struct work w = {.r = r, .m = m, .o = o};
	unsigned threads = parallel_threads(o->threads);
	int status = -1;

	*r = (struct ranking){.n_rows = model_rows(m), .k = o->k < m->x->n_columns ? o->k : m->x->n_columns};
	r->columns = malloc((r->n_rows * r->k + 1) * sizeof *r->columns);
	if (allocate(&w, threads) == 0 && list_members(&w) == 0) {
		parallel_for(r->n_rows, MODEL_BLOCK, threads, rank_block, &w);
		status = w.failed ? -1 : 0;
	}
	for (unsigned i = 0; w.scratch && i < threads; i++) {
		free(w.scratch[i].scores);
		free(w.scratch[i].heap);
		free(w.scratch[i].group_heap);
	}
	csr_clear(&w.participants);
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

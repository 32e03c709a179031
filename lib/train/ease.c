#include "train/ease.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "train/dense.h"

/* Rows of scores that are made at once: one walk over X serves all of them. */
enum { LANES = 8, CHUNK = 16 };

void ease_free(struct ease *ease)
{
	if (!ease)
		return;
	free(ease->inverse);
	free(ease->scale);
	free(ease);
}

/* Rows begin .. end - 1 of M M' + l I, up to the diagonal, where `t` is M transposed. */
static void multiply_rows(void *ctx, size_t begin, size_t end, unsigned thread)
{
	struct ease *s = ctx;
	const struct csr *m = s->by_rows ? s->x : s->xt, *t = s->by_rows ? s->xt : s->x;

	(void)thread;
	for (size_t r = begin; r < end; r++) {
		double *sum = s->inverse + r * s->n;

		for (size_t a = m->start[r]; a < m->start[r + 1]; a++) {
			size_t column = m->column[a];

			for (size_t b = t->start[column]; b < t->start[column + 1] && t->column[b] <= r; b++)
				sum[t->column[b]] += (double)m->value[a] * t->value[b];
		}
		sum[r] += s->regularisation;
	}
}

/* x_j' G^-1 x_j */
static double leverage(const struct ease *s, size_t j)
{
	double h = 0;

	for (size_t a = s->xt->start[j]; a < s->xt->start[j + 1]; a++) {
		const double *row = s->inverse + s->xt->column[a] * s->n;
		double sum = 0;

		for (size_t b = s->xt->start[j]; b < s->xt->start[j + 1]; b++)
			sum += row[s->xt->column[b]] * s->xt->value[b];
		h += sum * s->xt->value[a];
	}
	return h;
}

static void scale_columns(void *ctx, size_t begin, size_t end, unsigned thread)
{
	struct ease *s = ctx;

	(void)thread;
	for (size_t j = begin; j < end; j++)
		s->scale[j] = s->by_rows ? 1 - leverage(s, j) : s->inverse[j * s->n + j];
}

int ease_fit(struct model *m, const struct fit *f, struct errmsg *e)
{
	struct ease *s = calloc(1, sizeof *s);

	m->ease = s;
	if (!s)
		return errmsg_nomem(e);
	s->x = f->x;
	s->xt = f->xt;
	s->by_rows = f->x->n_rows < f->x->n_columns;
	s->n = s->by_rows ? f->x->n_rows : f->x->n_columns;
	s->regularisation = f->hypers.value[HYPER_REGULARISATION];
	s->inverse = calloc(s->n * s->n + 1, sizeof *s->inverse);
	s->scale = malloc((f->x->n_columns + 1) * sizeof *s->scale);
	if (!s->inverse || !s->scale)
		return errmsg_set(e, "ease takes %.1f GiB for the %zu %s that there are: out of memory",
				  (double)s->n * (double)s->n * 0x1p-27, s->n, s->by_rows ? "rows" : "tracks");
	parallel_for(s->n, CHUNK, f->threads, multiply_rows, s);
	if (dense_invert(s->inverse, s->n, f->threads) < 0)
		return errmsg_set(e, "ease: the matrix cannot be inverted; a larger --regularisation makes it so");
	parallel_for(f->x->n_columns, CHUNK, f->threads, scale_columns, s);
	return 0;
}

/* Adds T X for LANES rows of T, which stand lane by lane: sums[j][lane] += t[v][lane] x_vj */
static void add_products(const struct csr *x, const float *t, float *sums)
{
	for (size_t v = 0; v < x->n_rows; v++) {
		const float *from = t + v * LANES;

		for (size_t a = x->start[v]; a < x->start[v + 1]; a++) {
			float *to = sums + (size_t)x->column[a] * LANES, value = x->value[a];

			for (size_t lane = 0; lane < LANES; lane++)
				to[lane] += from[lane] * value;
		}
	}
}

/* What the rows of the inverse are weighted with for one row of scores. */
static void fill_lane_of_row(const struct ease *s, size_t row, float *t)
{
	const double *g = s->inverse + row * s->n;

	for (size_t v = 0; v < s->n; v++)
		t[v * LANES] = (float)(-s->regularisation * g[v]);
}

static void fill_lane_of_item(const struct ease *s, size_t item, double *sum, float *t)
{
	memset(sum, 0, s->n * sizeof *sum);
	for (size_t a = s->xt->start[item]; a < s->xt->start[item + 1]; a++) {
		const double *g = s->inverse + s->xt->column[a] * s->n;

		for (size_t v = 0; v < s->n; v++)
			sum[v] += g[v] * s->xt->value[a];
	}
	for (size_t v = 0; v < s->n; v++)
		t[v * LANES] = (float)sum[v];
}

/* Scores of up to LANES rows, or items, where `inverse` is that of the rows. */
static int score_lanes(const struct ease *s, bool items, size_t begin, size_t end, float *scores)
{
	size_t n_columns = s->x->n_columns;
	float *t = calloc(s->n * LANES + 1, sizeof *t), *sums = calloc(n_columns * LANES + 1, sizeof *sums);
	double *sum = malloc((s->n + 1) * sizeof *sum);
	int status = t && sums && sum ? 0 : -1;

	for (size_t i = begin; status == 0 && i < end; i++) {
		if (items)
			fill_lane_of_item(s, i, sum, t + i - begin);
		else
			fill_lane_of_row(s, i, t + i - begin);
	}
	if (status == 0)
		add_products(s->x, t, sums);
	for (size_t i = begin; status == 0 && i < end; i++)
		for (size_t j = 0; j < n_columns; j++)
			scores[(i - begin) * n_columns + j] = (float)(sums[j * LANES + i - begin] / s->scale[j]);
	free(t);
	free(sums);
	free(sum);
	return status;
}

static int score_by_lanes(const struct ease *s, bool items, size_t begin, size_t end, float *scores)
{
	for (size_t i = begin; i < end; i += LANES) {
		size_t last = end - i < LANES ? end : i + LANES;

		if (score_lanes(s, items, i, last, scores + (i - begin) * s->x->n_columns) < 0)
			return -1;
	}
	return 0;
}

/* Adds row i of B, times w, where `inverse` is P. */
static void add_weights(const struct ease *s, size_t i, double w, float *scores)
{
	const double *p = s->inverse + i * s->n;

	for (size_t j = 0; j < s->n; j++)
		if (j != i)
			scores[j] += (float)(-w * p[j] / s->scale[j]);
}

int ease_score_items(const struct ease *s, size_t begin, size_t end, float *scores)
{
	if (s->by_rows)
		return score_by_lanes(s, true, begin, end, scores);
	memset(scores, 0, (end - begin) * s->n * sizeof *scores);
	for (size_t i = begin; i < end; i++)
		add_weights(s, i, 1, scores + (i - begin) * s->n);
	return 0;
}

/* Where `inverse` is that of the rows, what a row has listened to itself is worth x_uj more; see ease.h. */
int ease_score_rows(const struct ease *s, size_t begin, size_t end, float *scores)
{
	size_t n_columns = s->x->n_columns;

	if (s->by_rows && score_by_lanes(s, false, begin, end, scores) < 0)
		return -1;
	if (!s->by_rows)
		memset(scores, 0, (end - begin) * n_columns * sizeof *scores);
	for (size_t u = begin; u < end; u++)
		for (size_t a = s->x->start[u]; a < s->x->start[u + 1]; a++) {
			float *row = scores + (u - begin) * n_columns;

			if (s->by_rows)
				row[s->x->column[a]] += s->x->value[a];
			else
				add_weights(s, s->x->column[a], s->x->value[a], row);
		}
	return 0;
}

/* A Cholesky factorisation and an inverse are n^3 multiplications and additions. */
void ease_cost(const struct csr *x, const struct hypers *h, double *bytes, double *operations)
{
	double n = (double)(x->n_rows < x->n_columns ? x->n_rows : x->n_columns);

	(void)h;
	*bytes = 8 * n * n;
	*operations = 2 * n * n * n + 2 * (double)csr_entries(x) * n;
}

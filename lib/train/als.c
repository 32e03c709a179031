#include "train/als.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "train/dense.h"
#include "train/factors.h"

/* BATCH embeddings are gathered at once: they stay in the cache. GRAM rows are a chunk of a Gram matrix. */
enum { CHUNK = 64, BATCH = 256, GRAM = 4096 };

struct scratch {
	float *matrix;	 /* d x d */
	float *gathered; /* BATCH x d */
	float targets[BATCH];
};

struct half_step {
	const struct als_step *s;
	const struct csr *x;
	const float *columns, *expected;
	float *rows;
	float *gram;		 /* d x d, on and above the diagonal: of all columns, times `unobserved` */
	struct scratch *scratch; /* by thread */
	bool failed;
};

struct gram {
	const float *rows;
	size_t d;
	float *sums; /* by chunk, d x d */
};

static void sum_gram(void *ctx, size_t begin, size_t end, unsigned thread)
{
	const struct gram *g = ctx;

	(void)thread;
	cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, (int)g->d, (int)(end - begin), 1, g->rows + begin * g->d, (int)g->d, 0,
		    g->sums + begin / GRAM * g->d * g->d, (int)g->d);
}

/* a H' H, summed by fixed chunks in double precision. */
static int make_gram(struct half_step *h, size_t n)
{
	size_t d = h->s->d, n_chunks = parallel_chunks(n, GRAM);
	struct gram g = {.rows = h->columns, .d = d, .sums = calloc(n_chunks * d * d + 1, sizeof *g.sums)};

	h->gram = malloc(d * d * sizeof *h->gram);
	if (!g.sums || !h->gram) {
		free(g.sums);
		return -1;
	}
	parallel_for(n, GRAM, h->s->threads, sum_gram, &g);
	for (size_t i = 0; i < d * d; i++) {
		double sum = 0;

		for (size_t c = 0; c < n_chunks; c++)
			sum += g.sums[c * d * d + i];
		h->gram[i] = (float)(h->s->unobserved * sum);
	}
	free(g.sums);
	return 0;
}

/*
 * Gathers the embeddings of up to BATCH entries from `at` on, each times the root of its weight, and what their products
 * should be, likewise. Returns how many.
 */
static size_t gather(const struct half_step *h, struct scratch *w, size_t at, size_t end)
{
	size_t d = h->s->d, n = end - at < BATCH ? end - at : BATCH;

	for (size_t k = 0; k < n; k++) {
		const float *from = h->columns + h->x->column[at + k] * d;
		float value = h->x->value[at + k], root = h->s->of_values ? 1 : sqrtf(value);
		float *to = w->gathered + k * d;

		for (size_t i = 0; i < d; i++)
			to[i] = root * from[i];
		w->targets[k] = h->s->of_values ? value : root;
	}
	return n;
}

/* Where nothing is known of a row, it is what was expected. Returns whether that is so. */
static bool is_as_expected(const struct half_step *h, size_t r, float *x)
{
	size_t d = h->s->d;

	if (h->expected)
		memcpy(x, h->expected + r * d, d * sizeof *x);
	else
		memset(x, 0, d * sizeof *x);
	return csr_row_length(h->x, r) == 0;
}

/* How much large numbers cost in a row. */
static double penalty_of(const struct half_step *h, size_t r)
{
	const struct als_step *s = h->s;

	if (s->of_values)
		return s->regularisation;
	return s->regularisation * ((double)csr_row_length(h->x, r) + s->unobserved * (double)h->x->n_columns);
}

/* The embedding of one row. */
static int solve_row(const struct half_step *h, struct scratch *w, size_t r)
{
	size_t d = h->s->d, at = h->x->start[r], end = h->x->start[r + 1];
	float *x = h->rows + r * d, penalty = (float)penalty_of(h, r);

	if (is_as_expected(h, r, x))
		return 0;
	for (size_t i = 0; i < d; i++)
		x[i] *= penalty;
	if (h->gram)
		memcpy(w->matrix, h->gram, d * d * sizeof *w->matrix);
	else
		memset(w->matrix, 0, d * d * sizeof *w->matrix);
	while (at < end) {
		size_t n = gather(h, w, at, end);

		cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, (int)d, (int)n, 1, w->gathered, (int)d, 1, w->matrix, (int)d);
		cblas_sgemv(CblasRowMajor, CblasTrans, (int)n, (int)d, 1, w->gathered, (int)d, w->targets, 1, 1, x, 1);
		at += n;
	}
	for (size_t i = 0; i < d; i++)
		w->matrix[i * d + i] += penalty;
	return dense_solve(w->matrix, x, d);
}

static void solve_rows(void *ctx, size_t begin, size_t end, unsigned thread)
{
	struct half_step *h = ctx;

	for (size_t r = begin; r < end; r++)
		if (solve_row(h, &h->scratch[thread], r) < 0)
			__atomic_store_n(&h->failed, true, __ATOMIC_RELAXED);
}

static int allocate(struct half_step *h, unsigned threads)
{
	size_t d = h->s->d;

	h->scratch = calloc(threads, sizeof *h->scratch);
	for (unsigned i = 0; h->scratch && i < threads; i++) {
		h->scratch[i].matrix = malloc(d * d * sizeof *h->scratch[i].matrix);
		h->scratch[i].gathered = malloc(BATCH * d * sizeof *h->scratch[i].gathered);
		if (!h->scratch[i].matrix || !h->scratch[i].gathered)
			return -1;
	}
	return h->scratch ? 0 : -1;
}

int als_half_step(const struct als_step *s, const struct csr *x, const float *columns, const float *expected, float *rows)
{
	struct half_step h = {.s = s, .x = x, .columns = columns, .expected = expected, .rows = rows};
	unsigned threads = parallel_threads(s->threads);
	int status = allocate(&h, threads);

	if (status == 0 && !s->of_values)
		status = make_gram(&h, x->n_columns);
	if (status == 0) {
		parallel_for(x->n_rows, CHUNK, threads, solve_rows, &h);
		status = h.failed ? -1 : 0;
	}
	for (unsigned i = 0; h.scratch && i < threads; i++) {
		free(h.scratch[i].matrix);
		free(h.scratch[i].gathered);
	}
	free(h.scratch);
	free(h.gram);
	return status;
}

static double miss_of_one(double score, double value)
{
	(void)value;
	return (score - 1) * (score - 1);
}

static int iterate(struct model *m, const struct fit *f, const struct als_step *s, struct errmsg *e)
{
	const struct csr *looked_at = f->held ? f->held : f->x;
	struct factors_copy best = {0};
	unsigned epochs = (unsigned)f->hypers.value[HYPER_EPOCHS];
	int status = 0;

	for (unsigned epoch = 1; status == 0 && epoch <= epochs; epoch++) {
		double loss;

		if (als_half_step(s, f->x, m->columns, NULL, m->rows) < 0 || als_half_step(s, f->xt, m->rows, NULL, m->columns) < 0) {
			status = errmsg_set(e, "%s: epoch %u cannot be solved; a larger --regularisation makes it so", m->kind->name, epoch);
			break;
		}
		loss = factors_mean_loss(m, looked_at, f->threads, miss_of_one);
		status = factors_epoch(&best, m, f, epoch, loss, e);
	}
	if (status >= 0)
		factors_restore(m, &best, f);
	factors_forget(&best);
	return status < 0 ? -1 : 0;
}

int als_fit(struct model *m, const struct fit *f, struct errmsg *e)
{
	struct als_step s = {
		.regularisation = f->hypers.value[HYPER_REGULARISATION],
		.unobserved = f->hypers.value[HYPER_UNOBSERVED],
		.d = (size_t)f->hypers.value[HYPER_FACTORS],
		.threads = f->threads,
	};

	return factors_draw(m, f, s.d, .1) < 0 ? errmsg_nomem(e) : iterate(m, f, &s, e);
}

void als_cost(const struct csr *x, const struct hypers *h, double *bytes, double *operations)
{
	double d = h->value[HYPER_FACTORS], rows = (double)(x->n_rows + x->n_columns);

	*bytes = 8 * d * rows; /* and as much again for the best epoch */
	*operations = h->value[HYPER_EPOCHS] * (2 * (double)csr_entries(x) * d * d + rows * (d * d * d / 3 + d * d));
}

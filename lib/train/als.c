#include "train/als.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "train/dense.h"
#include "train/factors.h"

/* BATCH embeddings are gathered at once: they stay in the cache. GRAM rows are a chunk of a Gram matrix. */
enum { CHUNK = 64, BATCH = 512, GRAM = 4096 };

struct scratch {
	float *matrix;	 /* d x d, or as much of it as a short row needs */
	float *gathered; /* BATCH x d */
	float *scaled;	 /* d x d: gathered embeddings of a short row, each coordinate divided by its cost */
	float targets[BATCH];
};

struct half_step {
	const struct als_step *s;
	const struct csr *x;
	const float *columns, *expected;
	float *rows;
	float *gram;		 /* d x d, on and above the diagonal: of all columns, times `unobserved` */
	/* d x d: its eigenvectors, a row each; `columns` are turned to them, and `rows` turned back */
	float *axes;
	float *spread;		 /* d: its eigenvalues */
	float *turned;		 /* the columns, turned */
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
	cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, (int)g->d, (int)(end - begin), 1, g->rows + begin * g->d,
		    (int)g->d, 0, g->sums + begin / GRAM * g->d * g->d, (int)g->d);
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
 * Gathers the embeddings of up to BATCH entries from `at` on, each times the root of its weight, and what their
 * products should be, likewise. Returns how many.
 */
static size_t gather(const struct half_step *h, struct scratch *w, size_t at, size_t end)
{
	size_t d = h->s->d, left = end - at, n = left < BATCH ? left : BATCH;

	/* cppcheck-suppress knownConditionTrueFalse; it takes a row for empty, which is not asked for */
	for (size_t k = 0; k < n; k++) {
		const float *from = (h->turned ? h->turned : h->columns) + h->x->column[at + k] * d;
		float value = h->x->value[at + k], root = h->s->of_values ? 1 : sqrtf(value);
		float *to = w->gathered + k * d;

		if (root == 1)
			memcpy(to, from, d * sizeof *to);
		else
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

/*
 * The embedding of a row with k < d entries, in the axes in which everything but them is a diagonal matrix D: with the
 * gathered embeddings G (k x d) and their targets y, (D + G'G)^-1 G'y = D^-1 G' (I + G D^-1 G')^-1 y: k equations
 * instead of d. What is expected, m, is taken out before: y - G m, and m is added (D is a multiple of I then).
 */
static int solve_short_row(const struct half_step *h, struct scratch *w, size_t r)
{
	size_t d = h->s->d, n = gather(h, w, h->x->start[r], h->x->start[r + 1]);
	float *x = h->rows + r * d, penalty = (float)penalty_of(h, r);

	if (h->expected)
		cblas_sgemv(CblasRowMajor, CblasNoTrans, (int)n, (int)d, -1, w->gathered, (int)d, x, 1, 1, w->targets,
			    1);
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < d; i++)
			w->scaled[k * d + i] = w->gathered[k * d + i] / (penalty + (h->spread ? h->spread[i] : 0));
	for (size_t k = 0; k < n; k++)
		for (size_t l = k; l < n; l++)
			w->matrix[k * n + l] = (float)(k == l) +
					       factors_product(w->gathered + k * d, w->scaled + l * d, d);
	if (dense_solve(w->matrix, w->targets, n) < 0)
		return -1;
	cblas_sgemv(CblasRowMajor, CblasTrans, (int)n, (int)d, 1, w->scaled, (int)d, w->targets, 1, 1, x, 1);
	return 0;
}

/* The embedding of one row. */
static int solve_row(const struct half_step *h, struct scratch *w, size_t r)
{
	size_t d = h->s->d, at = h->x->start[r], end = h->x->start[r + 1];
	float *x = h->rows + r * d, penalty = (float)penalty_of(h, r);

	if (is_as_expected(h, r, x))
		return 0;
	if ((end - at) * 2 <= d && penalty > 0)
		return solve_short_row(h, w, r);
	for (size_t i = 0; i < d; i++)
		x[i] *= penalty;
	memset(w->matrix, 0, d * d * sizeof *w->matrix);
	while (at < end) {
		size_t n = gather(h, w, at, end);

		cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, (int)d, (int)n, 1, w->gathered, (int)d, 1, w->matrix,
			    (int)d);
		cblas_sgemv(CblasRowMajor, CblasTrans, (int)n, (int)d, 1, w->gathered, (int)d, w->targets, 1, 1, x, 1);
		at += n;
	}
	for (size_t i = 0; i < d; i++)
		w->matrix[i * d + i] += penalty + (h->spread ? h->spread[i] : 0);
	return dense_solve(w->matrix, x, d);
}

struct turn {
	const float *from, *axes;
	float *to;
	size_t d;
	bool back;
};

static void turn_rows(void *ctx, size_t begin, size_t end, unsigned thread)
{
	const struct turn *t = ctx;

	(void)thread;
	cblas_sgemm(CblasRowMajor, CblasNoTrans, t->back ? CblasNoTrans : CblasTrans, (int)(end - begin), (int)t->d,
		    (int)t->d, 1, t->from + begin * t->d, (int)t->d, t->axes, (int)t->d, 0, t->to + begin * t->d,
		    (int)t->d);
}

/* Turns the columns to the axes of their Gram matrix, in which it is a diagonal one. */
static int turn_columns(struct half_step *h)
{
	size_t d = h->s->d, n = h->x->n_columns;
	struct turn t = {.from = h->columns, .d = d};

	h->spread = malloc(d * sizeof *h->spread);
	t.to = h->turned = malloc((n * d + 1) * sizeof *h->turned);
	if (!h->spread || !h->turned || dense_axes(h->gram, h->spread, d) < 0)
		return -1;
	t.axes = h->axes = h->gram;
	parallel_for(n, GRAM, h->s->threads, turn_rows, &t);
	for (size_t i = 0; i < d; i++)
		h->spread[i] = fmaxf(h->spread[i], 0);
	return 0;
}

static int turn_back(const struct half_step *h)
{
	size_t d = h->s->d, n = h->x->n_rows;
	float *copy = malloc((n * d + 1) * sizeof *copy);
	struct turn t = {.from = copy, .axes = h->axes, .to = h->rows, .d = d, .back = true};

	if (!copy)
		return -1;
	memcpy(copy, h->rows, n * d * sizeof *copy);
	parallel_for(n, GRAM, h->s->threads, turn_rows, &t);
	free(copy);
	return 0;
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
		h->scratch[i].scaled = malloc(d * d * sizeof *h->scratch[i].scaled);
		if (!h->scratch[i].matrix || !h->scratch[i].gathered || !h->scratch[i].scaled)
			return -1;
	}
	return h->scratch ? 0 : -1;
}

int als_half_step(const struct als_step *s, const struct csr *x, const float *columns, const float *expected,
		  float *rows)
{
	struct half_step h = {.s = s, .x = x, .columns = columns, .expected = expected, .rows = rows};
	unsigned threads = parallel_threads(s->threads);
	int status = allocate(&h, threads);

	if (status == 0 && !s->of_values)
		status = make_gram(&h, x->n_columns) < 0 || turn_columns(&h) < 0 ? -1 : 0;
	if (status == 0) {
		parallel_for(x->n_rows, CHUNK, threads, solve_rows, &h);
		status = h.failed || (h.axes && turn_back(&h) < 0) ? -1 : 0;
	}
	for (unsigned i = 0; h.scratch && i < threads; i++) {
		free(h.scratch[i].matrix);
		free(h.scratch[i].gathered);
		free(h.scratch[i].scaled);
	}
	free(h.scratch);
	free(h.gram);
	free(h.spread);
	free(h.turned);
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

		if (als_half_step(s, f->x, m->columns, NULL, m->rows) < 0 ||
		    als_half_step(s, f->xt, m->rows, NULL, m->columns) < 0) {
			status = errmsg_set(e, "%s: epoch %u cannot be solved; a larger --regularisation makes it so",
					    m->kind->name, epoch);
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

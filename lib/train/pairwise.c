#include "train/pairwise.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "train/factors.h"

/* Draws of warp, at most, before a track counts as ranked well; pairs that the loss is taken on, at most. */
enum { DRAWS = 100, LOSS_PAIRS = 100000 };

struct descent {
	struct model *m;
	const struct fit *f;
	double rate, regularisation;
	uint32_t *row_of;	      /* of each entry of x */
	float *row_sums, *column_sums; /* squared gradients so far */
	double *harmonic;	      /* 1 + 1/2 + … + 1/k, by k */
	struct rng r;
};

static float *row_at(const struct descent *s, size_t u)
{
	return s->m->rows + u * s->m->d;
}

static float *column_at(const struct descent *s, size_t i)
{
	return s->m->columns + i * s->m->d;
}

static double score(const struct descent *s, size_t u, size_t i)
{
	return factors_product(row_at(s, u), column_at(s, i), s->m->d);
}

/* Whether row u of x has the column. */
static bool has(const struct csr *x, size_t u, uint32_t column)
{
	size_t low = x->start[u], high = x->start[u + 1];

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (x->column[middle] < column)
			low = middle + 1;
		else
			high = middle;
	}
	return low < x->start[u + 1] && x->column[low] == column;
}

/* The step of one embedding, of the gradient g / |its own sum|. */
static float step_length(const struct descent *s, float *sum, double squared)
{
	*sum += (float)(squared / (double)s->m->d);
	return (float)(s->rate / sqrt(1e-8 + (double)*sum));
}

/* Moves the three embeddings up `weight` times the gradient of x_ui - x_uj. */
static void move(struct descent *s, size_t u, size_t i, size_t j, double weight)
{
	float *w = row_at(s, u), *a = column_at(s, i), *b = column_at(s, j), g = (float)weight,
	      l = (float)s->regularisation;
	double squared_w = 0, squared_a = 0, squared_b = 0;
	float rate_w, rate_a, rate_b;
	size_t d = s->m->d;

	for (size_t k = 0; k < d; k++) {
		float gw = g * (a[k] - b[k]) - l * w[k], ga = g * w[k] - l * a[k], gb = -g * w[k] - l * b[k];

		squared_w += gw * gw;
		squared_a += ga * ga;
		squared_b += gb * gb;
	}
	rate_w = step_length(s, &s->row_sums[u], squared_w);
	rate_a = step_length(s, &s->column_sums[i], squared_a);
	rate_b = step_length(s, &s->column_sums[j], squared_b);
	for (size_t k = 0; k < d; k++) {
		float gw = g * (a[k] - b[k]) - l * w[k], ga = g * w[k] - l * a[k], gb = -g * w[k] - l * b[k];

		w[k] += rate_w * gw;
		a[k] += rate_a * ga;
		b[k] += rate_b * gb;
	}
}

static void step_bpr(struct descent *s, size_t u, uint32_t i)
{
	uint32_t j = rng_below(&s->r, (uint32_t)s->f->x->n_columns);

	if (!has(s->f->x, u, j))
		move(s, u, i, j, 1 / (1 + exp(score(s, u, i) - score(s, u, j))));
}

static void step_warp(struct descent *s, size_t u, uint32_t i)
{
	size_t others = s->f->x->n_columns - 1;
	double wanted = score(s, u, i) - 1;

	for (size_t draws = 1; draws <= DRAWS; draws++) {
		uint32_t j = rng_below(&s->r, (uint32_t)s->f->x->n_columns);

		if (has(s->f->x, u, j) || score(s, u, j) <= wanted)
			continue;
		move(s, u, i, j, others / draws > 0 ? s->harmonic[others / draws] : 1);
		return;
	}
}

/*
 * The mean of -ln sigmoid(x_ui - x_uj) over entries of what is looked at, each with a j that is drawn; the same ones
 * every time.
 */
static double loss_of(const struct descent *s)
{
	const struct csr *x = s->f->held ? s->f->held : s->f->x;
	size_t n = csr_entries(x), skip = n / LOSS_PAIRS + 1, taken = 0;
	double sum = 0;

	for (size_t u = 0; u < x->n_rows; u++)
		for (size_t a = x->start[u]; a < x->start[u + 1]; a++) {
			struct rng r = rng_at(s->f->seed, RNG_TRAIN, (uint32_t)a, 4, 0);
			double difference;

			if (a % skip != 0)
				continue;
			difference = score(s, u, x->column[a]) - score(s, u, rng_below(&r, (uint32_t)x->n_columns));
			sum += difference < -30 ? -difference : log1p(exp(-difference));
			taken++;
		}
	return taken > 0 ? sum / (double)taken : NAN;
}

static int descend(struct descent *s, void (*step)(struct descent *s, size_t u, uint32_t i), struct errmsg *e)
{
	const struct csr *x = s->f->x;
	struct factors_copy best = {0};
	unsigned epochs = (unsigned)s->f->hypers.value[HYPER_EPOCHS];
	size_t n = csr_entries(x);
	int status = 0;

	for (unsigned epoch = 1; status == 0 && epoch <= epochs; epoch++) {
		s->r = rng_at(s->f->seed, RNG_TRAIN, epoch, 3, 0);
		for (size_t k = 0; k < n; k++) {
			size_t a = rng_below(&s->r, (uint32_t)n);

			step(s, s->row_of[a], x->column[a]);
		}
		status = factors_epoch(&best, s->m, s->f, epoch, loss_of(s), e);
	}
	if (status >= 0)
		factors_restore(s->m, &best, s->f);
	factors_forget(&best);
	return status < 0 ? -1 : 0;
}

static int prepare(struct descent *s)
{
	const struct csr *x = s->f->x;

	s->row_of = malloc((csr_entries(x) + 1) * sizeof *s->row_of);
	s->row_sums = calloc(x->n_rows + 1, sizeof *s->row_sums);
	s->column_sums = calloc(x->n_columns + 1, sizeof *s->column_sums);
	s->harmonic = calloc(x->n_columns + 1, sizeof *s->harmonic);
	if (!s->row_of || !s->row_sums || !s->column_sums || !s->harmonic)
		return -1;
	for (size_t u = 0; u < x->n_rows; u++)
		for (size_t a = x->start[u]; a < x->start[u + 1]; a++)
			s->row_of[a] = (uint32_t)u;
	for (size_t k = 1; k <= x->n_columns; k++)
		s->harmonic[k] = s->harmonic[k - 1] + 1 / (double)k;
	return factors_draw(s->m, s->f, (size_t)s->f->hypers.value[HYPER_FACTORS], 1);
}

static int fit(struct model *m, const struct fit *f, void (*step)(struct descent *s, size_t u, uint32_t i),
	       struct errmsg *e)
{
	struct descent s = {
		.m = m,
		.f = f,
		.rate = f->hypers.value[HYPER_RATE],
		.regularisation = f->hypers.value[HYPER_REGULARISATION],
	};
	int status = prepare(&s) < 0 ? errmsg_nomem(e) : descend(&s, step, e);

	free(s.row_of);
	free(s.row_sums);
	free(s.column_sums);
	free(s.harmonic);
	return status;
}

int pairwise_fit_bpr(struct model *m, const struct fit *f, struct errmsg *e)
{
	return fit(m, f, step_bpr, e);
}

int pairwise_fit_warp(struct model *m, const struct fit *f, struct errmsg *e)
{
	return fit(m, f, step_warp, e);
}

void pairwise_cost(const struct csr *x, const struct hypers *h, double *bytes, double *operations)
{
	double d = h->value[HYPER_FACTORS], rows = (double)(x->n_rows + x->n_columns);

	*bytes = 8 * d * rows + 4 * (double)csr_entries(x) + 12 * rows;
	*operations = h->value[HYPER_EPOCHS] * (double)csr_entries(x) * 60 * d;
}

#include "train/factors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"

/* No model that has learned anything has a loss near LOSS_MAX: it is below 1 where embeddings begin. */
enum { CHUNK = 256, PATIENCE = 2, LOSS_MAX = 100 };

double factors_normal(struct rng *r)
{
	int64_t sum = 0;

	for (int u = 0; u < 12; u++)
		sum += rng_u32(r) >> 8;
	return (double)sum * 0x1p-24 - 6;
}

static float *draw(size_t n, size_t d, uint64_t seed, uint32_t which, double spread)
{
	float *x = malloc((n * d + 1) * sizeof *x);
	double scale = spread / sqrt((double)d);

	for (size_t i = 0; x && i < n; i++) {
		struct rng r = rng_at(seed, RNG_TRAIN, (uint32_t)i, which, 0);

		for (size_t k = 0; k < d; k++)
			x[i * d + k] = (float)(scale * factors_normal(&r));
	}
	return x;
}

int factors_draw(struct model *m, const struct fit *f, size_t d, double spread)
{
	m->d = d;
	m->rows = draw(f->x->n_rows, d, f->seed, 1, spread);
	m->columns = draw(f->x->n_columns, d, f->seed, 2, spread);
	return m->rows && m->columns ? 0 : -1;
}

int factors_remember(struct factors_copy *c, const struct model *m, const struct fit *f, double loss, unsigned epoch)
{
	size_t n_rows = f->x->n_rows * m->d, n_columns = f->x->n_columns * m->d;

	if (!c->rows) {
		c->rows = malloc((n_rows + 1) * sizeof *c->rows);
		c->columns = malloc((n_columns + 1) * sizeof *c->columns);
		if (!c->rows || !c->columns)
			return -1;
	}
	memcpy(c->rows, m->rows, n_rows * sizeof *c->rows);
	memcpy(c->columns, m->columns, n_columns * sizeof *c->columns);
	c->loss = loss;
	c->epoch = epoch;
	return 0;
}

void factors_restore(struct model *m, const struct factors_copy *c, const struct fit *f)
{
	if (c->epoch == 0)
		return;
	memcpy(m->rows, c->rows, f->x->n_rows * m->d * sizeof *c->rows);
	memcpy(m->columns, c->columns, f->x->n_columns * m->d * sizeof *c->columns);
	m->epochs = c->epoch;
	m->loss = c->loss;
}

void factors_forget(struct factors_copy *c)
{
	free(c->rows);
	free(c->columns);
	*c = (struct factors_copy){0};
}

int factors_epoch(struct factors_copy *c, struct model *m, const struct fit *f, unsigned epoch, double loss,
		  struct errmsg *e)
{
	struct watch_epoch now = {
		.stage = f->stage,
		.model = m->kind->name,
		.epoch = epoch,
		.epochs = (unsigned)f->hypers.value[HYPER_EPOCHS],
		.loss = loss,
		.metric = NAN,
	};

	if (f->watch.epoch)
		f->watch.epoch(f->watch.ctx, &now);
	if (loss > LOSS_MAX || isinf(loss) || (isnan(loss) && (!f->held || csr_entries(f->held) > 0)))
		return errmsg_set(e,
				  "%s: the loss grows beyond all bounds in epoch %u; a smaller --rate or a larger "
				  "--regularisation may help",
				  m->kind->name, epoch);
	m->epochs = epoch;
	m->loss = loss;
	if (!f->stop_early || !isfinite(loss))
		return 0;
	if ((c->epoch == 0 || loss < c->loss) && factors_remember(c, m, f, loss, epoch) < 0)
		return errmsg_nomem(e);
	return epoch >= c->epoch + PATIENCE;
}

float factors_product(const float *a, const float *b, size_t d)
{
	float sum = 0;

	for (size_t k = 0; k < d; k++)
		sum += a[k] * b[k];
	return sum;
}

struct losses {
	const struct model *m;
	const struct csr *x;
	double (*loss)(double score, double value);
	double *sums; /* by chunk */
};

static void sum_losses(void *ctx, size_t begin, size_t end, unsigned thread)
{
	const struct losses *l = ctx;
	const struct model *m = l->m;
	double sum = 0;

	(void)thread;
	for (size_t r = begin; r < end; r++)
		for (size_t a = l->x->start[r]; a < l->x->start[r + 1]; a++)
			sum += l->loss(factors_product(m->rows + r * m->d, m->columns + l->x->column[a] * m->d, m->d),
				       l->x->value[a]);
	l->sums[begin / CHUNK] = sum;
}

double factors_mean_loss(const struct model *m, const struct csr *x, unsigned threads,
			 double (*loss)(double score, double value))
{
	size_t n_chunks = parallel_chunks(x->n_rows, CHUNK);
	struct losses l = {.m = m, .x = x, .loss = loss, .sums = malloc((n_chunks + 1) * sizeof *l.sums)};
	double sum = 0;

	if (!l.sums)
		return NAN;
	parallel_for(x->n_rows, CHUNK, threads, sum_losses, &l);
	for (size_t i = 0; i < n_chunks; i++)
		sum += l.sums[i];
	free(l.sums);
	return csr_entries(x) > 0 ? sum / (double)csr_entries(x) : NAN;
}

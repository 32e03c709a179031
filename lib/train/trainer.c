#include "train/trainer.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/now.h"
#include "base/rng.h"

/* Fits of a search, about; the size of the product that tells how fast the machine is; rows that ease is tuned on. */
enum { FITS = 9, PROBE = 512, SAMPLE = 2000 };

/* Few of the held-out tracks are among the first ten of fifty thousand: a longer list tells models apart sooner. */
enum { TUNE_DEPTH = 100 };

void trainer_data_clear(struct trainer_data *d)
{
	csr_clear(&d->x);
	csr_clear(&d->xt);
	csr_clear(&d->part);
	csr_clear(&d->part_t);
	csr_clear(&d->held);
	csr_clear(&d->ranked);
	csr_clear(&d->heard);
	free(d->group);
}

bool trainer_holds_out(const struct trainer_options *o, uint32_t user_id, uint32_t nth)
{
	struct rng r = rng_at(o->tune.seed, RNG_TRAIN, user_id, nth, 1);

	return rng_uniform(&r) < o->holdout;
}

/* Multiplications and additions of a second, on one processor. */
static double measure_speed(void)
{
	float *a = calloc((size_t)PROBE * PROBE * 2, sizeof *a);
	double took = 1;

	for (int i = 0; a && i < 4; i++) {
		double begun = now_seconds();

		cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, PROBE, PROBE, PROBE, 1, a, PROBE, a, PROBE, 0,
			    a + (size_t)PROBE * PROBE, PROBE);
		took = fmin(took, now_seconds() - begun);
	}
	free(a);
	return 2.0 * PROBE * PROBE * PROBE / fmax(took, 1e-6);
}

/* Products of the small pieces that trainers make reach about a fifth of what a large one does. */
void trainer_estimate(struct trainer_estimate *t, const struct trainer_data *d, const struct trainer_options *o)
{
	struct hypers h = model_hypers(o->kind, &o->tune.given);
	double operations, bytes, rank = (double)(d->of_items ? d->x.n_columns : d->x.n_rows) * (double)d->x.n_columns;
	double factors = isnan(h.value[HYPER_FACTORS]) ? 1 : h.value[HYPER_FACTORS];

	o->kind->cost(&d->x, &h, &bytes, &operations);
	*t = (struct trainer_estimate){
		.rows = d->x.n_rows, .columns = d->x.n_columns, .entries = csr_entries(&d->x), .fits = 1};
	if (tune_is_needed(o->kind, &o->tune.given) && csr_entries(&d->held) > 0)
		t->fits += FITS;
	t->bytes = bytes + 32 * (double)t->entries;
	t->seconds = (t->fits * operations * 5 + rank * (2 * factors + 2)) / measure_speed();
}

/* Drops what rows have that are not drawn: about SAMPLE of them stay. Returns 0, or -1 where there is no memory. */
static int sample_rows(struct csr *to, const struct csr *x, uint64_t seed)
{
	struct csr_builder b = {.n_columns = x->n_columns};
	int status = 0;

	for (size_t r = 0; status == 0 && r < x->n_rows; r++) {
		struct rng draw = rng_at(seed, RNG_TRAIN, (uint32_t)r, 0, 2);

		if (rng_uniform(&draw) * (double)x->n_rows >= SAMPLE)
			continue;
		for (size_t a = x->start[r]; status == 0 && a < x->start[r + 1]; a++)
			status = csr_add(&b, (uint32_t)b.n_rows, x->column[a], x->value[a]);
		b.n_rows++;
	}
	if (status == 0)
		status = csr_make(to, &b, CSR_KEEP);
	csr_builder_clear(&b);
	return status;
}

/* A sample of the rows, for the search only. */
struct sample {
	struct csr part, part_t, held;
};

/* The cost of ease is the cube of the rows, and a sample tells how much regularisation there should be. */
static int take_sample(struct sample *s, struct tune_data *t, uint64_t seed)
{
	if (sample_rows(&s->part, t->x, seed) < 0 || csr_transpose(&s->part_t, &s->part) < 0 ||
	    sample_rows(&s->held, t->held, seed) < 0)
		return -1;
	t->x = &s->part;
	t->xt = &s->part_t;
	t->held = &s->held;
	if (t->without)
		t->without = &s->part;
	return 0;
}

static int tune_all(struct hypers *h, struct tune_data *t, const struct trainer_options *o, struct errmsg *e)
{
	struct sample s = {0};
	bool sampled = strcmp(o->kind->name, "ease") == 0 && t->x->n_rows > 2 * SAMPLE;
	int status = sampled && take_sample(&s, t, o->tune.seed) < 0 ? errmsg_nomem(e)
								     : tune_find(h, o->kind, t, &o->tune, e);

	csr_clear(&s.part);
	csr_clear(&s.part_t);
	csr_clear(&s.held);
	return status;
}

/* The best fit of the search was to a part only, so that all of it is fitted once more. */
int trainer_run(struct ranking *r, struct hypers *h, const struct trainer_data *d, const struct trainer_options *o,
		struct errmsg *e)
{
	struct tune_data tuning = {
		.x = &d->part,
		.xt = &d->part_t,
		.held = &d->held,
		.ranked = csr_entries(&d->ranked) > 0 ? &d->ranked : NULL,
		.without = d->of_items ? NULL : &d->part,
		.group = d->group,
		.n_groups = d->n_groups,
		.of_items = d->of_items,
		.rows_are_columns = d->rows_are_columns,
		.by_loss = d->by_loss,
		.k = o->limit > TUNE_DEPTH ? o->limit : TUNE_DEPTH,
	};
	struct fit f = {
		.x = &d->x,
		.xt = &d->xt,
		.group = d->group,
		.n_groups = d->n_groups,
		.seed = o->tune.seed,
		.threads = o->tune.threads,
		.stage = "fit",
		.watch = o->tune.watch,
	};
	struct ranking_options ranking = {
		.k = o->limit,
		.without = csr_entries(&d->heard) > 0 ? &d->heard : NULL,
		.group = d->group,
		.per_group = o->per_artist,
		.rows_are_columns = d->rows_are_columns,
		.threads = o->tune.threads,
	};
	struct model m = {.of_items = d->of_items};
	int status = tune_all(h, &tuning, o, e);

	*r = (struct ranking){0};
	f.hypers = *h;
	if (status == 0)
		status = model_fit(&m, o->kind, &f, e);
	if (status == 0 && ranking_make(r, &m, &ranking) < 0)
		status = errmsg_nomem(e);
	model_clear(&m);
	return status;
}

static void write_row(FILE *f, const struct ranking *r, size_t row, const struct listens *l)
{
	for (size_t i = 0; i < r->k && r->columns[row * r->k + i] != RANKING_END; i++)
		fprintf(f, "%s%u", i > 0 ? "," : "", l->track_ids[r->columns[row * r->k + i]]);
}

size_t trainer_write(FILE *f, const struct trainer_kind *k, const struct ranking *r, const struct listens *l)
{
	const uint32_t *ids = k->keys_are_tracks ? l->track_ids : l->user_ids;
	size_t written = 0;

	for (size_t row = 0; row < r->n_rows; row++) {
		if (r->k == 0 || r->columns[row * r->k] == RANKING_END)
			continue;
		fprintf(f, "{\"%s\":%u,\"%s\":[", k->key, ids[row], k->list);
		write_row(f, r, row, l);
		fputs("]}\n", f);
		written++;
	}
	return written;
}

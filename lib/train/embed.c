#include "train/embed.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/save_directory.h"
#include "text/json_put.h"
#include "text/npy.h"
#include "text/number.h"
#include "train/csr.h"
#include "train/factors.h"
#include "train/model.h"

/* Items that a ranking is judged by. STEP_*: what is drawn, beside what trainer.c and factors.c draw. */
enum { DEPTH = 100, STEP_HOLDOUT = 3, STEP_NOISE = 4 };

static const char *const names[] = {"tracks.ndjson", "tracks.npy", NULL};
static const struct directory_kind directory = {"embeddings", names};

int embed_check(const struct plays *p, const struct embed_options *o, struct errmsg *e)
{
	if (p->n_users < 2)
		return errmsg_set(e, "there is only one user; embeddings are learned from what several have in common");
	if (p->n_items < 2)
		return errmsg_set(e, "there is only one item; embeddings tell items apart");
	if (p->n_items > NUMBER_ID_MAX / o->tracks_per_item)
		return errmsg_set(e, "%zu items with %" PRIu32 " tracks each are more than there are ids", p->n_items,
				  o->tracks_per_item);
	return 0;
}

double embed_bytes(const struct plays *p, const struct embed_options *o)
{
	struct hypers h = model_hypers(model_find("als"), &o->tune.given);
	double d = h.value[HYPER_FACTORS], rows = (double)p->n_users + (double)p->n_items;
	double tracks = (double)p->n_items * o->tracks_per_item;

	/*
	 * embeddings, the best so far and a turned copy; matrices of the plays and of parts, as they are made; the
	 * tracks
	 */
	return 4 * (3 * d * rows + d * tracks) + 72 * (double)p->n;
}

/* What is learned from. */
struct data {
	struct csr x, xt, part, part_t, held;
};

static void data_clear(struct data *d)
{
	csr_clear(&d->x);
	csr_clear(&d->xt);
	csr_clear(&d->part);
	csr_clear(&d->part_t);
	csr_clear(&d->held);
}

/* The plays in three parts: all, those to choose by, and the others. */
enum { ALL, HELD, PART, PARTS };

static int part_plays(struct csr_builder b[PARTS], const struct plays *p, const struct embed_options *o)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct play *x = &p->list[i];
		struct rng r = rng_at(o->tune.seed, RNG_TRAIN, x->user, x->item, STEP_HOLDOUT);
		size_t part = rng_uniform(&r) < o->holdout ? HELD : PART;

		if (csr_add(&b[ALL], x->user, x->item, (float)x->count) < 0 ||
		    csr_add(&b[part], x->user, x->item, (float)x->count) < 0)
			return -1;
	}
	return 0;
}

static int data_make(struct data *d, const struct plays *p, const struct embed_options *o)
{
	struct csr_builder b[PARTS];
	int status;

	for (size_t i = 0; i < PARTS; i++)
		b[i] = (struct csr_builder){.n_rows = p->n_users, .n_columns = p->n_items};
	status = part_plays(b, p, o);
	if (status == 0)
		status = csr_make(&d->x, &b[ALL], CSR_SUM) < 0 || csr_make(&d->held, &b[HELD], CSR_SUM) < 0 ||
			 csr_make(&d->part, &b[PART], CSR_SUM) < 0 ? -1 : 0;
	for (size_t i = 0; i < PARTS; i++)
		csr_builder_clear(&b[i]);
	if (status < 0)
		return -1;
	csr_dampen(&d->x);
	csr_dampen(&d->part);
	return csr_transpose(&d->xt, &d->x) < 0 || csr_transpose(&d->part_t, &d->part) < 0 ? -1 : 0;
}

static int fit(struct model *m, struct hypers *h, const struct data *d, const struct embed_options *o, struct errmsg *e)
{
	const struct model_kind *als = model_find("als");
	struct tune_data tuning = {
		.x = &d->part, .xt = &d->part_t, .held = &d->held, .without = &d->part, .k = DEPTH};
	struct fit f = {
		.x = &d->x,
		.xt = &d->xt,
		.seed = o->tune.seed,
		.threads = o->tune.threads,
		.stage = "fit",
		.watch = o->tune.watch,
	};

	if (tune_find(h, als, &tuning, &o->tune, e) < 0)
		return -1;
	f.hypers = *h;
	return model_fit(m, als, &f, e);
}

/* A direction of length 1. */
static void draw_direction(struct rng *r, double *u, size_t d)
{
	double square = 0;

	for (size_t k = 0; k < d; k++) {
		u[k] = factors_normal(r);
		square += u[k] * u[k];
	}
	for (size_t k = 0; k < d && square > 0; k++)
		u[k] /= sqrt(square);
}

/* Makes the tracks of one item. `v` and `u` are room for d numbers. */
static void make_tracks(float *to, const float *item, size_t number, size_t d, const struct embed_options *o, double *v,
			double *u)
{
	double length = 0, scale;

	for (size_t k = 0; k < d; k++)
		length += (double)item[k] * item[k];
	length = sqrt(length);
	scale = length > 0 ? pow(length, o->lengths - 1) : 0;
	for (size_t k = 0; k < d; k++)
		v[k] = scale * item[k];
	for (uint32_t t = 0; t < o->tracks_per_item; t++, to += d) {
		struct rng r = rng_at(o->tune.seed, RNG_TRAIN, (uint32_t)number, t, STEP_NOISE);
		double noise = o->tracks_per_item > 1 ? o->noise * scale * length : 0;

		draw_direction(&r, u, d);
		for (size_t k = 0; k < d; k++)
			to[k] = (float)(v[k] + noise * u[k]);
	}
}

static int spread_items(struct embedding *m, const struct model *items, size_t n_items, const struct embed_options *o)
{
	size_t d = items->d, n = n_items * o->tracks_per_item;
	double *room = malloc(2 * d * sizeof *room);
	int status;

	*m = (struct embedding){.n_tracks = n, .d = d, .hypers = m->hypers};
	m->vectors = malloc((n * d + 1) * sizeof *m->vectors);
	status = room && m->vectors ? 0 : -1;
	for (size_t i = 0; status == 0 && i < n_items; i++)
		make_tracks(m->vectors + i * o->tracks_per_item * d, items->columns + i * d, i, d, o, room, room + d);
	free(room);
	return status;
}

int embed_make(struct embedding *m, const struct plays *p, const struct embed_options *o, struct errmsg *e)
{
	struct data d = {0};
	struct model items = {0};
	int status;

	*m = (struct embedding){0};
	status = data_make(&d, p, o) < 0 ? errmsg_nomem(e) : fit(&items, &m->hypers, &d, o, e);
	data_clear(&d);
	if (status == 0 && spread_items(m, &items, p->n_items, o) < 0)
		status = errmsg_nomem(e);
	model_clear(&items);
	return status;
}

void embed_clear(struct embedding *m)
{
	free(m->vectors);
	*m = (struct embedding){0};
}

int embed_check_place(const char *path, struct errmsg *e)
{
	return save_directory_check(&directory, path, e);
}

struct saved {
	const struct embedding *embedding;
	const struct plays *plays;
	const struct item_names *names;
};

static void write_track(FILE *f, const struct saved *s, size_t track, size_t per_item)
{
	const struct plays *p = s->plays;
	size_t item = track / per_item;
	const char *name = s->names ? item_names_get(s->names, item) : NULL, *text = plays_item(p, item);
	char number[32];

	snprintf(number, sizeof number, "item %" PRIu32, p->item_ids[item]);
	if (!name)
		name = p->has_ids ? number : text;
	fprintf(f, "{\"track\":%zu,\"artist\":", per_item == 1 ? p->item_ids[item] : track);
	json_put_string(f, name);
	fputs(",\"title\":", f);
	if (per_item == 1)
		json_put_string(f, name);
	else
		fprintf(f, "\"Track %zu\"", track % per_item + 1);
	fputs(",\"item\":", f);
	if (p->has_ids)
		fputs(text, f);
	else
		json_put_string(f, text);
	fputs("}\n", f);
}

static int write_file(FILE *f, size_t which, void *ctx, struct errmsg *e)
{
	const struct saved *s = ctx;
	const struct embedding *m = s->embedding;
	const struct npy matrix = {NPY_FLOAT32, m->n_tracks, m->d, m->vectors};

	(void)e;
	if (which == 0)
		for (size_t t = 0; t < m->n_tracks; t++)
			write_track(f, s, t, m->n_tracks / s->plays->n_items);
	else
		npy_write(f, &matrix);
	return 0;
}

int embed_save(const struct embedding *m, const struct plays *p, const struct item_names *item_names, const char *path,
	       struct errmsg *e)
{
	struct saved s = {m, p, item_names};

	return save_directory(&directory, path, write_file, &s, e);
}

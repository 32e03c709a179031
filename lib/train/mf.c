#include "train/mf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "train/als.h"
#include "train/factors.h"

/* Iterations for the artists: their embeddings are only where the tracks' begin. */
enum { ARTIST_EPOCHS = 8 };

/* The sum of squares, and v and w of mf.h. */
struct spread {
	double within, between;
};

static struct spread spread_of(const double *sums, const double *squares, const uint32_t *counts, size_t n_groups)
{
	double products = 0, pairs = 0, square = 0, n = 0;
	struct spread s;

	for (size_t g = 0; g < n_groups; g++) {
		products += sums[g] * sums[g] - squares[g];
		pairs += (double)counts[g] * ((double)counts[g] - 1);
		square += squares[g];
		n += counts[g];
	}
	s.between = pairs > 0 ? fmax(products / pairs, 0) : 0;
	s.within = n > 0 ? fmax(square / n - s.between, 0) : 0;
	return s;
}

int mf_take_effects(float *residuals, const uint32_t *group, size_t n, double *effects, size_t n_groups)
{
	double *sums = calloc(2 * n_groups + 1, sizeof *sums), *squares = sums ? sums + n_groups : NULL;
	uint32_t *counts = calloc(n_groups + 1, sizeof *counts);
	struct spread s;

	if (!sums || !counts) {
		free(sums);
		free(counts);
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		sums[group[i]] += residuals[i];
		squares[group[i]] += (double)residuals[i] * residuals[i];
		counts[group[i]]++;
	}
	s = spread_of(sums, squares, counts, n_groups);
	for (size_t g = 0; g < n_groups; g++) {
		sums[g] = s.between > 0 ? sums[g] / (counts[g] + s.within / s.between) : 0;
		effects[g] += sums[g];
	}
	for (size_t i = 0; i < n; i++)
		residuals[i] -= (float)sums[group[i]];
	free(sums);
	free(counts);
	return 0;
}

struct factorisation {
	struct model *m;
	const struct fit *f;
	double mean;
	double *liked;	       /* how well liked each track is */
	struct csr x, xt;      /* what is left of the data */
	float *rows, *columns; /* expected, n_tracks x d; NULL: 0 */
};

static int copy(struct csr *to, const struct csr *x)
{
	struct csr transposed;
	int status = csr_transpose(&transposed, x) < 0 || csr_transpose(to, &transposed) < 0 ? -1 : 0;

	csr_clear(&transposed);
	return status;
}

static uint32_t *groups_of_entries(const struct fit *f)
{
	size_t n = csr_entries(f->x);
	uint32_t *groups = malloc((n + 1) * sizeof *groups);

	for (size_t i = 0; groups && i < n; i++)
		groups[i] = f->group[f->x->column[i]];
	return groups;
}

/* Takes out what artists are liked, and adds it to each of their tracks. */
static int take_artists(struct factorisation *z)
{
	const struct fit *f = z->f;
	uint32_t *groups = f->group ? groups_of_entries(f) : NULL;
	double *effects = calloc(f->n_groups + 1, sizeof *effects);
	int status = effects && (groups || !f->group) ? 0 : -1;

	if (status == 0 && groups)
		status = mf_take_effects(z->x.value, groups, csr_entries(&z->x), effects, f->n_groups);
	for (size_t i = 0; status == 0 && groups && i < f->x->n_columns; i++)
		z->liked[i] += effects[f->group[i]];
	free(groups);
	free(effects);
	return status;
}

/* Takes out the mean, and how well liked each track is. */
static int take_out(struct factorisation *z)
{
	const struct csr *x = z->f->x;
	size_t n = csr_entries(x);

	z->liked = calloc(x->n_columns + 1, sizeof *z->liked);
	if (!z->liked || copy(&z->x, x) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		z->mean += x->value[i];
	z->mean = n > 0 ? z->mean / (double)n : 0;
	for (size_t i = 0; i < n; i++)
		z->x.value[i] -= (float)z->mean;
	if (take_artists(z) < 0 || mf_take_effects(z->x.value, x->column, n, z->liked, x->n_columns) < 0)
		return -1;
	return csr_transpose(&z->xt, &z->x);
}

static struct als_step step_of(const struct fit *f)
{
	return (struct als_step){
		.of_values = true,
		.regularisation = f->hypers.value[HYPER_REGULARISATION],
		.d = (size_t)f->hypers.value[HYPER_FACTORS],
		.threads = f->threads,
	};
}

/* The data with artists in the place of tracks. */
static int join_artists(struct csr *x, const struct factorisation *z)
{
	const uint32_t *group = z->f->group;
	struct csr_builder b = {.n_rows = z->f->n_groups, .n_columns = z->f->n_groups};
	int status = 0;

	for (size_t r = 0; status == 0 && r < z->x.n_rows; r++)
		for (size_t a = z->x.start[r]; status == 0 && a < z->x.start[r + 1]; a++)
			status = csr_add(&b, group[r], group[z->x.column[a]], z->x.value[a]);
	if (status == 0)
		status = csr_make(x, &b, CSR_KEEP);
	csr_builder_clear(&b);
	return status;
}

static float *spread_to_tracks(const float *artists, const struct fit *f, size_t d)
{
	float *tracks = malloc((f->x->n_rows * d + 1) * sizeof *tracks);

	for (size_t i = 0; tracks && i < f->x->n_rows; i++)
		memcpy(tracks + i * d, artists + f->group[i] * d, d * sizeof *tracks);
	return tracks;
}

/* What is expected of the embeddings of tracks. */
static int fit_artists(struct factorisation *z)
{
	struct als_step s = step_of(z->f);
	struct csr x = {0}, xt = {0};
	struct fit f = {.x = &x, .xt = &xt, .seed = z->f->seed};
	struct model m = {0};
	int status = -1;

	if (join_artists(&x, z) == 0 && csr_transpose(&xt, &x) == 0 && factors_draw(&m, &f, s.d, 1) == 0)
		status = 0;
	for (int i = 0; status == 0 && i < ARTIST_EPOCHS; i++)
		if (als_half_step(&s, &x, m.columns, NULL, m.rows) < 0 ||
		    als_half_step(&s, &xt, m.rows, NULL, m.columns) < 0)
			status = -1;
	if (status == 0) {
		z->rows = spread_to_tracks(m.rows, z->f, s.d);
		z->columns = spread_to_tracks(m.columns, z->f, s.d);
		status = z->rows && z->columns ? 0 : -1;
	}
	free(m.rows);
	free(m.columns);
	csr_clear(&x);
	csr_clear(&xt);
	return status;
}

static double squared_error(double score, double value)
{
	return (score - value) * (score - value);
}

/* Adds the coordinate of how well liked a track is. */
static int add_liked(struct factorisation *z)
{
	struct model *m = z->m;
	size_t n = z->f->x->n_rows, d = m->d;
	float *rows = malloc((n * (d + 1) + 1) * sizeof *rows), *columns = malloc((n * (d + 1) + 1) * sizeof *columns);

	for (size_t i = 0; rows && columns && i < n; i++) {
		memcpy(rows + i * (d + 1), m->rows + i * d, d * sizeof *rows);
		memcpy(columns + i * (d + 1), m->columns + i * d, d * sizeof *columns);
		rows[i * (d + 1) + d] = 1;
		columns[i * (d + 1) + d] = (float)(z->mean + z->liked[i]);
	}
	free(m->rows);
	free(m->columns);
	m->rows = rows;
	m->columns = columns;
	m->d = d + 1;
	m->knows_all = true;
	return rows && columns ? 0 : -1;
}

/* What was held out, less what is taken out of the data. */
static int reduce_held(struct csr *held, const struct factorisation *z)
{
	if (copy(held, z->f->held) < 0)
		return -1;
	for (size_t i = 0; i < csr_entries(held); i++)
		held->value[i] -= (float)(z->mean + z->liked[held->column[i]]);
	return 0;
}

static int iterate(struct factorisation *z, struct errmsg *e)
{
	struct als_step s = step_of(z->f);
	struct factors_copy best = {0};
	struct csr held = {0};
	unsigned epochs = (unsigned)z->f->hypers.value[HYPER_EPOCHS];
	int status = z->f->held && reduce_held(&held, z) < 0 ? errmsg_nomem(e) : 0;

	for (unsigned epoch = 1; status == 0 && epoch <= epochs; epoch++) {
		if (als_half_step(&s, &z->x, z->m->columns, z->rows, z->m->rows) < 0 ||
		    als_half_step(&s, &z->xt, z->m->rows, z->columns, z->m->columns) < 0) {
			status = errmsg_set(e, "mf: epoch %u cannot be solved; a larger --regularisation makes it so",
					    epoch);
			break;
		}
		status = factors_epoch(
			&best, z->m, z->f, epoch,
			factors_mean_loss(z->m, z->f->held ? &held : &z->x, z->f->threads, squared_error), e);
	}
	if (status >= 0)
		factors_restore(z->m, &best, z->f);
	factors_forget(&best);
	csr_clear(&held);
	return status < 0 ? -1 : 0;
}

static int begin(struct factorisation *z)
{
	size_t d = (size_t)z->f->hypers.value[HYPER_FACTORS], n = z->f->x->n_rows;

	if (take_out(z) < 0 || (z->f->group && fit_artists(z) < 0) || factors_draw(z->m, z->f, d, 1) < 0)
		return -1;
	for (size_t i = 0; z->f->group && i < n * d; i++)
		z->m->columns[i] = z->columns[i];
	return 0;
}

int mf_fit(struct model *m, const struct fit *f, struct errmsg *e)
{
	struct factorisation z = {.m = m, .f = f};
	int status = begin(&z) < 0 ? errmsg_nomem(e) : iterate(&z, e);

	if (status == 0 && add_liked(&z) < 0)
		status = errmsg_nomem(e);
	free(z.liked);
	free(z.rows);
	free(z.columns);
	csr_clear(&z.x);
	csr_clear(&z.xt);
	return status;
}

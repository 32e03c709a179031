/* From what was learned to the model that is kept: see session_fit.h. */
#include <stdlib.h>
#include <string.h>

#include "train/session_fit.h"

enum { D = SESSION_DIM };

/*
 * The variance of x = q.e that comes from a vector's, over the squared length of the other vector: a weighted
 * mean.
 */
static void flatten(const float *vars, size_t n, const double weights[D], float *dst)
{
	for (size_t i = 0; i < n; i++) {
		double sum = 0, total = 0;

		for (int k = 0; k < D; k++) {
			sum += weights[k] * vars[i * D + k];
			total += weights[k];
		}
		dst[i] = (float)(total > 0 ? sum / total : vars[i * D]);
	}
}

static void mean_squares(const float *vectors, size_t n, double weights[D])
{
	memset(weights, 0, D * sizeof *weights);
	for (size_t i = 0; i < n; i++)
		for (int k = 0; k < D; k++)
			weights[k] += vectors[i * D + k] * vectors[i * D + k];
}

static float *copy(const float *x, size_t n)
{
	float *y = malloc((n + 1) * sizeof *y);

	return y ? memcpy(y, x, n * sizeof *y) : NULL;
}

static int export_vectors(const struct session_fit *f, struct session_model *m)
{
	double of_tracks[D], of_rows[D];

	m->tracks = copy(f->tracks, m->n_tracks * D);
	m->rows = copy(f->rows, m->n_rows * D);
	m->tracks_var = malloc((m->n_tracks + 1) * sizeof *m->tracks_var);
	m->rows_var = malloc((m->n_rows + 1) * sizeof *m->rows_var);
	if (!m->tracks || !m->rows || !m->tracks_var || !m->rows_var)
		return -1;
	mean_squares(f->tracks, m->n_tracks, of_tracks);
	mean_squares(f->rows, m->n_rows, of_rows);
	flatten(f->tracks_var, m->n_tracks, of_rows, m->tracks_var);
	flatten(f->rows_var, m->n_rows, of_tracks, m->rows_var);
	return 0;
}

static int export_users(const struct session_fit *f, struct session_model *m)
{
	const struct session_data *d = f->data;

	m->users = calloc(m->n_users + 1, sizeof *m->users);
	m->openings = malloc((m->n_openings + 1) * sizeof *m->openings);
	if (!m->users || !m->openings)
		return -1;
	for (size_t i = 0; i < m->n_users; i++)
		m->users[i] = (struct session_user){
			.id = d->users[i], .s = f->s[i], .b = f->b[i], .s_var = f->u_var[i], .b_var = f->b_var[i],
			.first_opening = d->user_openings[i],
		};
	m->users[m->n_users].first_opening = (uint32_t)m->n_openings;
	for (size_t i = 0; i < m->n_openings; i++)
		m->openings[i] = (struct session_start){d->openings[i].track, f->row_of[i]};
	return 0;
}

int session_fit_export(const struct session_fit *f, struct session_model *m, struct errmsg *e)
{
	*m = (struct session_model){
		.n_tracks = f->data->catalog->n_tracks,
		.n_users = f->data->n_users,
		.n_rows = f->n_rows,
		.n_openings = f->data->n_openings,
		.gamma = f->c.gamma,
		.noise = f->c.noise,
		.near = f->c.near,
		.s = 1,
		.b = f->c.b_mean,
		.b_var = f->c.b_var,
	};
	memcpy(m->factors, f->c.factors, sizeof m->factors);
	for (int k = 0; k < D; k++) {
		m->first[k] = f->c.first[k];
		m->artist[k] = f->c.artist[k];
		m->track[k] = f->c.track[k];
	}
	if (export_vectors(f, m) == 0 && export_users(f, m) == 0)
		return 0;
	session_model_clear(m);
	return errmsg_nomem(e);
}

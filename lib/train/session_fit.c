#include "train/session_fit.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"

enum { D = SESSION_DIM };

int session_fit_init(struct session_fit *f, const struct session_data *d, unsigned threads, uint64_t seed,
		     struct errmsg *e)
{
	size_t n_artists = d->catalog->n_artists, n_tracks = d->catalog->n_tracks, n = d->n_users + 1;

	*f = (struct session_fit){.data = d, .threads = parallel_threads(threads), .seed = seed};
	openblas_set_num_threads(1);
	f->artists = calloc(n_artists * D, sizeof(float));
	f->artists_var = calloc(n_artists * D, sizeof(float));
	f->tracks = calloc(n_tracks * D, sizeof(float));
	f->tracks_var = calloc(n_tracks * D, sizeof(float));
	f->row_of = calloc(d->n_openings + 1, sizeof *f->row_of);
	f->row_openings = calloc(d->n_openings + 1, sizeof *f->row_openings);
	f->track_openings = calloc(d->n_openings + 1, sizeof *f->track_openings);
	f->track_start = calloc(n_tracks + 2, sizeof *f->track_start);
	f->heard = calloc(d->n_listens + 1, sizeof *f->heard);
	f->heard_by_track = calloc(d->n_listens + 1, sizeof *f->heard_by_track);
	f->s = calloc(n, sizeof(float));
	f->b = calloc(n, sizeof(float));
	f->u_var = calloc(n, sizeof(float));
	f->b_var = calloc(n, sizeof(float));

	if (!f->artists || !f->artists_var || !f->tracks || !f->tracks_var || !f->row_of || !f->row_openings ||
	    !f->track_openings || !f->track_start || !f->heard || !f->heard_by_track || !f->s || !f->b || !f->u_var ||
	    !f->b_var) {
		session_fit_clear(f);
		return errmsg_nomem(e);
	}
	for (size_t i = 0; i < d->n_openings; i++)
		f->track_start[d->openings[i].track + 2]++;
	for (size_t i = 2; i < n_tracks + 2; i++)
		f->track_start[i] += f->track_start[i - 1];
	for (size_t i = 0; i < d->n_openings; i++)
		f->track_openings[f->track_start[d->openings[i].track + 1]++] = (uint32_t)i;
	return 0;
}

void session_fit_clear(struct session_fit *f)
{
	float *arrays[] = {f->artists,	f->artists_var, f->tracks, f->tracks_var, f->rows,
			   f->rows_var, f->s,		f->b,	   f->u_var,	  f->b_var};

	for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
		free(arrays[i]);
	free(f->heard);
	free(f->heard_by_track);
	free(f->row_of);
	free(f->row_start);
	free(f->row_openings);
	free(f->track_start);
	free(f->track_openings);
	*f = (struct session_fit){0};
}

int session_fit_set_rows(struct session_fit *f, const uint32_t *row_of, size_t n_rows, struct errmsg *e)
{
	size_t n = f->data->n_openings;

	free(f->rows);
	free(f->rows_var);
	free(f->row_start);
	f->n_rows = n_rows;
	f->rows = calloc(n_rows * D + 1, sizeof(float));
	f->rows_var = calloc(n_rows * D + 1, sizeof(float));
	f->row_start = calloc(n_rows + 2, sizeof *f->row_start);
	if (!f->rows || !f->rows_var || !f->row_start)
		return errmsg_nomem(e);
	memmove(f->row_of, row_of, n * sizeof *row_of);
	for (size_t i = 0; i < n; i++)
		f->row_start[row_of[i] + 2]++;
	for (size_t i = 2; i < n_rows + 2; i++)
		f->row_start[i] += f->row_start[i - 1];
	for (size_t i = 0; i < n; i++) {
		f->row_openings[f->row_start[row_of[i] + 1]++] = (uint32_t)i;
		memcpy(f->rows + (size_t)row_of[i] * D, f->tracks + (size_t)f->data->openings[i].track * D,
		       D * sizeof(float));
		for (int k = 0; k < D; k++)
			f->rows_var[(size_t)row_of[i] * D + k] = f->c.first[k];
	}
	return session_fit_count_heard(f, e);
}

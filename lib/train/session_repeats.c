/* What it is worth that a row listens to a track again: see session_fit.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "train/session_fit.h"

void session_fit_set_shares(struct session_fit *f)
{
	double rho = 1 - fmin(1, f->c.fickle / f->c.noise);

	f->shares[0] = 1;
	for (int n = 1; n <= UINT8_MAX; n++)
		f->shares[n] = (float)(1 / (1 + (n - 1) * rho));
}

/* Counts a row's listens by track, as far as they are learned from. */
static void count_row(const struct session_fit *f, size_t r, uint32_t *counts)
{
	const struct session_data *d = f->data;

	for (uint32_t i = f->row_start[r]; i < f->row_start[r + 1]; i++) {
		const struct session_opening *o = &d->openings[f->row_openings[i]];

		for (uint32_t j = o->first; j < o->first + o->n; j++)
			counts[d->listens[j].track] += !d->listens[j].held_out;
	}
}

/* Tells the row's listens what was counted, and begins again. */
static void note_counts(const struct session_fit *f, size_t r, uint32_t *counts)
{
	const struct session_data *d = f->data;

	for (uint32_t i = f->row_start[r]; i < f->row_start[r + 1]; i++) {
		const struct session_opening *o = &d->openings[f->row_openings[i]];

		for (uint32_t j = o->first; j < o->first + o->n; j++) {
			uint32_t n = counts[d->listens[j].track];

			f->heard[j] = (uint8_t)(n < UINT8_MAX ? n : UINT8_MAX);
		}
	}
	for (uint32_t i = f->row_start[r]; i < f->row_start[r + 1]; i++) {
		const struct session_opening *o = &d->openings[f->row_openings[i]];

		for (uint32_t j = o->first; j < o->first + o->n; j++)
			counts[d->listens[j].track] = 0;
	}
}

int session_fit_count_heard(struct session_fit *f, struct errmsg *e)
{
	const struct session_data *d = f->data;
	uint32_t *counts = calloc(d->catalog->n_tracks + 1, sizeof *counts);

	if (!counts)
		return errmsg_nomem(e);
	for (size_t r = 0; r < f->n_rows; r++) {
		count_row(f, r, counts);
		note_counts(f, r, counts);
	}
	memcpy(counts, d->track_listens, d->catalog->n_tracks * sizeof *counts); /* where its next one lies */
	for (size_t j = 0; j < d->n_listens; j++)
		f->heard_by_track[counts[d->listens[j].track]++] = f->heard[j];
	free(counts);
	return 0;
}

/* How far apart two listens to a track are. Returns whether they may be compared: all else was the same. */
static bool differ(const struct session_fit *f, const struct session_listen *l, const struct session_listen *before,
		   double *square)
{
	const struct session_bound *a = session_bound_of(&f->bounds, l->plays, l->time);
	const struct session_bound *b = session_bound_of(&f->bounds, before->plays, before->time);
	double s = f->s[f->data->openings[l->opening].user], apart = (a->z - b->z) / s;

	*square = apart * apart / 2;
	return l->plays == before->plays && a->kind == SESSION_INSIDE && b->kind == SESSION_INSIDE;
}

int session_fit_fickle(struct session_fit *f, struct errmsg *e)
{
	const struct session_data *d = f->data;
	uint32_t *before = calloc(d->catalog->n_tracks + 1, sizeof *before); /* the track's listen, plus 1 */
	double sum = 0, square;
	size_t n = 0;

	if (!before)
		return errmsg_nomem(e);
	for (size_t i = 0; i < d->n_openings; i++) {
		const struct session_opening *o = &d->openings[i];

		for (uint32_t j = o->first; j < o->first + o->n; j++) {
			const struct session_listen *l = &d->listens[j];

			if (before[l->track] > 0 && differ(f, l, &d->listens[before[l->track] - 1], &square)) {
				sum += square;
				n++;
			}
			before[l->track] = j + 1;
		}
		for (uint32_t j = o->first; j < o->first + o->n; j++)
			before[d->listens[j].track] = 0;
	}
	free(before);
	f->c.fickle = n > 0 ? sum / (double)n : 0;
	return 0;
}

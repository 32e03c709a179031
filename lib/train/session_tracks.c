/* The half step of tracks: artists with theirs, from what is known of the rows that heard them: see session_fit.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "train/session_step.h"

enum { D = SESSION_DIM };

struct track_worker {
	struct equations equations, artist;
	struct posterior *posteriors; /* of each track of an artist */
	float *rows;	 /* theirs */
	float *alone;	 /* of each track: its vector if the artist's were 0 */
};

/* What is to be known of an opening for a listen: the row, and the user's s and b. */
struct opening_view {
	uint32_t row;
	float s, b;
};

struct track_step {
	struct session_fit *f;
	struct opening_view *openings;
	float pull[D]; /* 1 / the spread of tracks around their artist */
	struct track_worker *workers;
	bool failed;
};

/* The rows that a track opened lie near it. */
static bool add_opened(const struct session_fit *f, struct equations *q, uint32_t track)
{
	uint32_t before = UINT32_MAX;

	for (uint32_t i = f->track_start[track]; i < f->track_start[track + 1]; i++) {
		uint32_t r = f->row_of[f->track_openings[i]];

		if (r == before)
			continue;
		before = r;
		session_add_opening(f, q, f->rows + (size_t)r * D, f->rows_var + (size_t)r * D);
	}
	return before != UINT32_MAX;
}

SESSION_CLONES
static bool add_track_listens(const struct track_step *step, struct equations *q, uint32_t track)
{
	const struct session_fit *f = step->f;
	const struct session_data *d = f->data;
	const float *e = f->tracks + (size_t)track * D;
	bool any = false;
	float by[D];

	session_squares(e, f->tracks_var + (size_t)track * D, f->ramp, by);
	for (uint32_t i = d->track_listens[track]; i < d->track_listens[track + 1]; i++) {
		const struct session_track_listen *l = &d->by_track[i];
		const struct opening_view *o = &step->openings[l->opening];
		const float *row = f->rows + (size_t)o->row * D, *var = f->rows_var + (size_t)o->row * D;
		const struct session_bound *bound = session_bound_of(&f->bounds, l->plays, l->time);
		struct session_evidence ev;
		float x, noise;

		if (i + 2 * SESSION_AHEAD < d->n_listens) {
			size_t next = step->openings[l[SESSION_AHEAD].opening].row;

			__builtin_prefetch(&step->openings[l[2 * SESSION_AHEAD].opening]);
			session_prefetch(f->rows + next * D, f->rows_var + next * D);
		}
		if (l->held_out)
			continue;
		x = session_dot_inline(row, e);
		noise = (float)f->c.noise + session_dot_inline(by, var);
		if (!session_observe(bound, o->s, o->b, x, noise, &ev))
			continue;
		ev.w *= f->shares[f->heard_by_track[i]];
		equations_add(q, row, ev);
		any = true;
	}
	return any;
}

/*
 * The artist's equations gain T^-1 - T^-1 C T^-1, T being the spread of tracks, and C the covariance that the track
 * would have around an artist who is known.
 */
static void add_to_artist(const struct track_step *step, struct equations *artist, const struct posterior *p)
{
	const float *pull = step->pull;
	float scaled[D * D];

	for (int k = 0; k < D; k++)
		artist->precision[k] += fmaxf(0, (1 - p->p[k] * pull[k]) * pull[k]);
	for (int i = 0; i < p->n; i++)
		for (int k = 0; k < D; k++)
			scaled[i * D + k] = p->rows[i * D + k] * pull[k];
	if (!p->few)
		equations_take_off(artist, scaled, p->n);
	for (int i = 0; p->few && i < p->n; i++)
		equations_add_row(artist, scaled + i * D, 1);
}

/* What the track says of itself and of its artist. Returns 1 if anything, 0 if nothing, -1 on failure. */
static int gather_track(const struct track_step *step, struct track_worker *w, uint32_t track, struct posterior *p,
			float *alone)
{
	struct equations *q = &w->equations;
	float *rows = p->rows;
	bool any;

	equations_begin(q);
	any = add_opened(step->f, q, track);
	any |= add_track_listens(step, q, track);
	if (!any)
		return 0;
	for (int k = 0; k < D; k++)
		q->precision[k] += step->pull[k];
	if (equations_solve(q, p) < 0)
		return -1;
	p->rows = memcpy(rows, p->rows, (size_t)p->n * D * sizeof *rows);
	posterior_times(p, q->rhs, alone);
	for (int k = 0; k < D; k++)
		w->artist.rhs[k] += alone[k] * step->pull[k];
	add_to_artist(step, &w->artist, p);
	return 1;
}

/* The artist's vector, from all of its tracks at once. */
static int solve_artist(struct session_fit *f, struct track_worker *w, uint32_t artist)
{
	struct posterior p;

	for (int k = 0; k < D; k++)
		w->artist.precision[k] += 1 / f->c.artist[k];
	if (equations_solve(&w->artist, &p) < 0)
		return -1;
	posterior_times(&p, w->artist.rhs, f->artists + (size_t)artist * D);
	posterior_variances(&p, f->artists_var + (size_t)artist * D);
	return 0;
}

/* The track's vector, given its artist's. Of how the artist's uncertainty passes to it, the diagonal is taken. */
static void solve_track(const struct track_step *step, uint32_t artist, uint32_t track, const struct posterior *p,
			const float *alone)
{
	struct session_fit *f = step->f;
	const float *a = f->artists + (size_t)artist * D, *va = f->artists_var + (size_t)artist * D;
	float pulled[D], best[D], own_var[D], *e = f->tracks + (size_t)track * D,
					      *v = f->tracks_var + (size_t)track * D;

	for (int k = 0; k < D; k++)
		pulled[k] = a[k] * step->pull[k];
	posterior_times(p, pulled, best);
	posterior_variances(p, own_var);
	for (int k = 0; k < D; k++) {
		float share = own_var[k] * step->pull[k];

		e[k] += session_reach(f) * (best[k] + alone[k] - e[k]);
		v[k] = own_var[k] + share * share * va[k];
	}
}

static void settle_unheard(struct session_fit *f, uint32_t artist, uint32_t track)
{
	for (int k = 0; k < D; k++) {
		f->tracks[(size_t)track * D + k] = f->artists[(size_t)artist * D + k];
		f->tracks_var[(size_t)track * D + k] = f->artists_var[(size_t)artist * D + k] + f->c.track[k];
	}
}

static void step_artist(void *context, size_t artist, unsigned worker)
{
	struct track_step *step = context;
	struct session_fit *f = step->f;
	struct track_worker *w = &step->workers[worker];
	const struct catalog *c = f->data->catalog;
	const uint32_t *tracks = c->by_artist + c->artists[artist].first;
	uint32_t n = c->artists[artist].n;
	int *heard = malloc(n * sizeof *heard);

	if (!heard) {
		step->failed = true;
		return;
	}
	equations_begin(&w->artist);
	for (uint32_t i = 0; i < n; i++) {
		w->posteriors[i].rows = w->rows + (size_t)i * D * D;
		heard[i] = gather_track(step, w, tracks[i], &w->posteriors[i], w->alone + (size_t)i * D);
		step->failed |= heard[i] < 0;
	}
	step->failed |= solve_artist(f, w, (uint32_t)artist) < 0;
	for (uint32_t i = 0; i < n; i++)
		if (heard[i] > 0)
			solve_track(step, (uint32_t)artist, tracks[i], &w->posteriors[i], w->alone + (size_t)i * D);
		else
			settle_unheard(f, (uint32_t)artist, tracks[i]);
	free(heard);
}

static void step_artists(void *context, size_t begin, size_t end, unsigned worker)
{
	for (size_t i = begin; i < end; i++)
		step_artist(context, i, worker);
}

static int track_workers_init(struct track_step *step)
{
	const struct catalog *c = step->f->data->catalog;
	uint32_t most = 0;

	for (size_t i = 0; i < c->n_artists; i++)
		most = c->artists[i].n > most ? c->artists[i].n : most;
	step->openings = malloc((step->f->data->n_openings + 1) * sizeof *step->openings);
	step->workers = calloc(step->f->threads, sizeof *step->workers);
	for (unsigned i = 0; step->workers && i < step->f->threads; i++) {
		step->workers[i].posteriors = malloc((size_t)most * sizeof(struct posterior));
		step->workers[i].rows = malloc((size_t)most * D * D * sizeof(float));
		step->workers[i].alone = malloc((size_t)most * D * sizeof(float));
		if (!step->workers[i].posteriors || !step->workers[i].rows || !step->workers[i].alone)
			return -1;
	}
	return step->workers && step->openings ? 0 : -1;
}

static void track_workers_clear(struct track_step *step)
{
	for (unsigned i = 0; step->workers && i < step->f->threads; i++) {
		free(step->workers[i].posteriors);
		free(step->workers[i].rows);
		free(step->workers[i].alone);
	}
	free(step->workers);
	free(step->openings);
}

static void set_views(struct track_step *step)
{
	const struct session_fit *f = step->f;

	for (size_t i = 0; i < f->data->n_openings; i++) {
		uint32_t user = f->data->openings[i].user;

		step->openings[i] = (struct opening_view){f->row_of[i], f->s[user], f->b[user]};
	}
	for (int k = 0; k < D; k++)
		step->pull[k] = 1 / f->c.track[k];
}

int session_fit_tracks(struct session_fit *f, struct errmsg *e)
{
	struct track_step step = {.f = f};
	int status = track_workers_init(&step);

	if (status == 0) {
		session_fit_set_shares(f);
		set_views(&step);
		parallel_for(f->data->catalog->n_artists, 8, f->threads, step_artists, &step);
	}
	track_workers_clear(&step);
	if (status < 0)
		return errmsg_nomem(e);
	if (step.failed)
		return errmsg_set(e, "the equations of a track have no solution");
	return 0;
}

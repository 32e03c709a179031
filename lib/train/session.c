#include "train/session.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "train/session_fit.h"

enum {
	D = SESSION_DIM,
	MOST = 96,	      /* listens of a session that are kept */
	REPEATS = 2,	      /* of an opening to the same track: more say hardly more */
	PART = 120000,	      /* sessions with which a large log begins */
	/* iterations of the stages */
	GROWING = 7, COMMON = 4, TRIED = 2, OWN = 3, WHOLE = 5, LAST = 2,
};

/* The spreads, as shares of the spread of a coordinate of x, and the noise, as a share of the spread of x. */
struct shares {
	double artist, track, first, noise;
};

/* Where the search begins. Artists are most of what tracks are; at the beginning, more so. */
enum { NEARS = 4 };
static const double nears[NEARS] = {.15, .3, .6,
				    1.2}; /* likewise shares: how near first tracks are to their interest */
static const struct shares growing = {.56, .11, .34, .6}, common = {.53, .16, .47, .3}, own = {.53, .14, .75, .2};

struct course {
	struct session_fit f;
	const struct session_options *o;
	const char *stage;
	unsigned epoch, epochs;
	double spread; /* the variance of x over random pairs */
};

static void set_shares(struct course *t, const struct shares *s)
{
	double one = sqrt(t->spread / D);

	for (int k = 0; k < D; k++) {
		t->f.c.artist[k] = (float)(s->artist * one);
		t->f.c.track[k] = (float)(s->track * one);
		t->f.c.first[k] = (float)(s->first * one);
	}
	t->f.c.noise = s->noise * t->spread;
}

static void scale(float *x, double factor)
{
	for (int k = 0; k < D; k++)
		x[k] *= (float)factor;
}

static double gauss(struct rng *r)
{
	double radius = sqrt(-2 * log(1 - rng_uniform(r)));

	return radius * cos(2 * M_PI * rng_uniform(r));
}

/*
 * A tenth of what is expected in the end, at random: what the log speaks for grows from there, and nothing else
 * does.
 */
static void scatter(struct session_fit *f)
{
	const struct catalog *c = f->data->catalog;

	for (size_t a = 0; a < c->n_artists; a++) {
		struct rng r = rng_at(f->seed, RNG_TRAIN, (uint32_t)a, 5, 0);

		for (int k = 0; k < D; k++) {
			f->artists[a * D + k] = (float)(0.1 * sqrt(f->c.artist[k]) * gauss(&r));
			f->artists_var[a * D + k] = f->c.artist[k];
		}
	}
	for (size_t i = 0; i < c->n_tracks; i++)
		for (int k = 0; k < D; k++) {
			f->tracks[i * D + k] = f->artists[(size_t)c->tracks[i].artist * D + k];
			f->tracks_var[i * D + k] = f->c.artist[k] + f->c.track[k];
		}
}

static void look(struct course *t, double log_likelihood)
{
	const struct watch *w = &t->o->watch;
	struct watch_epoch now = {t->stage, "session", ++t->epoch, t->epochs, -log_likelihood, NAN};

	if (w->epoch)
		w->epoch(w->ctx, &now);
}

/* One iteration. */
static int turn(struct course *t, bool users, double *log_likelihood, struct errmsg *e)
{
	struct session_fit *f = &t->f;

	if (session_fit_rows(f, e) < 0 || session_fit_tracks(f, e) < 0 || session_fit_judge(f, log_likelihood, e) < 0 ||
	    (users && session_fit_users(f, false, e) < 0))
		return -1;
	look(t, *log_likelihood);
	if (!isnan(*log_likelihood) && !isfinite(*log_likelihood))
		return errmsg_set(e, "%s, epoch %u: the likelihood of what was held out is not a number", t->stage,
				  t->epoch);
	return 0;
}

static int turns(struct course *t, int n, bool users, double *log_likelihood, struct errmsg *e)
{
	for (int i = 0; i < n; i++)
		if (turn(t, users, log_likelihood, e) < 0)
			return -1;
	return 0;
}

/* Rows that are first tracks. */
static int begin_common(struct session_fit *f, struct errmsg *e)
{
	const struct session_data *d = f->data;
	uint32_t *row_of = malloc((d->n_openings + 1) * sizeof *row_of),
		 *number = calloc(d->catalog->n_tracks, sizeof *number);
	uint32_t n = 0;
	int status = row_of && number ? 0 : errmsg_nomem(e);

	for (size_t i = 0; status == 0 && i < d->n_openings; i++) {
		uint32_t *at = &number[d->openings[i].track];

		if (*at == 0)
			*at = ++n;
		row_of[i] = *at - 1;
	}
	if (status == 0)
		status = session_fit_set_rows(f, row_of, n, e);
	free(row_of);
	free(number);
	return status;
}

/* What a trial changes, and goes back to where it fails. */
struct state {
	float *tracks, *tracks_var, *rows, *rows_var;
	struct session_constants c;
};

static void state_clear(struct state *s)
{
	free(s->tracks);
	free(s->tracks_var);
	free(s->rows);
	free(s->rows_var);
}

static float *keep(float **dst, const float *src, size_t n)
{
	if (!*dst)
		*dst = malloc(n * sizeof **dst + 1);
	return *dst ? memcpy(*dst, src, n * sizeof **dst) : NULL;
}

static int state_keep(struct state *s, const struct session_fit *f, struct errmsg *e)
{
	size_t tracks = f->data->catalog->n_tracks * D, rows = f->n_rows * D;

	s->c = f->c;
	if (keep(&s->tracks, f->tracks, tracks) && keep(&s->tracks_var, f->tracks_var, tracks) &&
	    keep(&s->rows, f->rows, rows) && keep(&s->rows_var, f->rows_var, rows))
		return 0;
	return errmsg_nomem(e);
}

static void state_restore_tracks(const struct state *s, struct session_fit *f)
{
	size_t tracks = f->data->catalog->n_tracks * D * sizeof(float);

	f->c = s->c;
	memcpy(f->tracks, s->tracks, tracks);
	memcpy(f->tracks_var, s->tracks_var, tracks);
}

static void state_restore(const struct state *s, struct session_fit *f)
{
	size_t rows = f->n_rows * D * sizeof(float);

	state_restore_tracks(s, f);
	memcpy(f->rows, s->rows, rows);
	memcpy(f->rows_var, s->rows_var, rows);
}

enum constant { NOISE, FIRST, TRACK, ARTIST, N_CONSTANTS, TUNING = TRIED * (2 * N_CONSTANTS + 1) + OWN };

static void change(struct session_fit *f, enum constant which, double factor)
{
	switch (which) {
	case NOISE: f->c.noise *= factor; break;
	case FIRST: scale(f->c.first, factor); break;
	case TRACK: scale(f->c.track, factor); break;
	case ARTIST: scale(f->c.artist, factor); break;
	default: break;
	}
}

/*
 * Moves each constant as far as the held-out likelihood rises by it: all are tried from the same state, each a step up
 * and a step down, and go to the top of the parabola through the three, at most a step and a half away.
 */
static int tune(struct course *t, double step, struct errmsg *e)
{
	struct state start = {0};
	double base, up, down, moves[N_CONSTANTS] = {0};
	int status = state_keep(&start, &t->f, e);

	if (status == 0)
		status = turns(t, TRIED, false, &base, e);
	for (int i = 0; i < N_CONSTANTS && status == 0 && !isnan(base); i++) {
		double bend;

		state_restore(&start, &t->f);
		change(&t->f, (enum constant)i, step);
		if ((status = turns(t, TRIED, false, &up, e)) < 0)
			break;
		state_restore(&start, &t->f);
		change(&t->f, (enum constant)i, 1 / step);
		if ((status = turns(t, TRIED, false, &down, e)) < 0)
			break;
		bend = 2 * base - up - down;
		moves[i] = bend > 1e-9 ? (up - down) / 2 / bend : up > down ? 1.5 : -1.5;
		moves[i] = fmax(-1.5, fmin(1.5, moves[i]));
	}
	if (status == 0) {
		state_restore(&start, &t->f);
		for (int i = 0; i < N_CONSTANTS; i++)
			change(&t->f, (enum constant)i, pow(step, moves[i]));
	}
	state_clear(&start);
	return status;
}

/* Rows become interests, as near each other as foretells most of what was held out. */
static int find_interests(struct course *t, struct errmsg *e)
{
	struct session_fit *f = &t->f;
	struct state start = {0};
	double likelihoods[NEARS], ll;
	int status = state_keep(&start, f, e), best = 0;

	t->stage = "interests";
	for (int i = 0; status == 0 && i < NEARS; i++) {
		state_restore_tracks(&start, f);
		f->c.near = nears[i] * sqrt(t->spread / D);
		status = session_fit_interests(f, e);
		set_shares(t, &own);
		if (status == 0)
			status = turns(t, TRIED, false, &likelihoods[i], e);
		if (status == 0 && likelihoods[i] > likelihoods[best])
			best = i;
	}
	if (status == 0) {
		state_restore_tracks(&start, f);
		f->c.near = nears[best] * sqrt(t->spread / D);
		status = session_fit_interests(f, e);
		set_shares(t, &own);
		if (status == 0)
			status = turns(t, TRIED, true, &ll, e);
	}
	state_clear(&start);
	return status;
}

/* From nothing to rows that are interests. */
static int learn_from_nothing(struct course *t, struct errmsg *e)
{
	struct session_fit *f = &t->f;
	double ll;

	t->spread = f->c.noise;
	set_shares(t, &growing);
	scatter(f);
	t->stage = "begin";
	f->ramp = 0;
	if (begin_common(f, e) < 0 || turns(t, GROWING, false, &ll, e) < 0)
		return -1;
	set_shares(t, &common);
	for (int i = 0; i < COMMON; i++) {
		f->ramp = (float)(i + 1) / COMMON;
		if (session_fit_turn(f, e) < 0 || turn(t, true, &ll, e) < 0)
			return -1;
	}
	session_fit_factors(f);
	if (find_interests(t, e) < 0)
		return -1;
	session_fit_factors(f);
	return 0;
}

/* Takes over what is known of users; those of whom nothing is are as users are in the mean. */
static void take_over_users(struct session_fit *f, const struct session_fit *from)
{
	const struct session_data *d = f->data, *known = from->data;

	for (size_t i = 0, j = 0; i < d->n_users; i++) {
		while (j < known->n_users && known->users[j] < d->users[i])
			j++;
		bool is_known = j < known->n_users && known->users[j] == d->users[i];

		f->s[i] = is_known ? from->s[j] : (float)exp(-f->c.u_mean);
		f->b[i] = is_known ? from->b[j] : (float)f->c.b_mean;
	}
}

/* Takes over what is known of tracks and users, and of what is the same for all. */
static void take_over(struct session_fit *f, const struct session_fit *from)
{
	const struct catalog *c = f->data->catalog;

	memcpy(f->tracks, from->tracks, c->n_tracks * D * sizeof(float));
	memcpy(f->tracks_var, from->tracks_var, c->n_tracks * D * sizeof(float));
	memcpy(f->artists, from->artists, c->n_artists * D * sizeof(float));
	memcpy(f->artists_var, from->artists_var, c->n_artists * D * sizeof(float));
	f->c = from->c;
	f->bounds = from->bounds;
	f->ramp = 1;
	take_over_users(f, from);
}

static int finish(struct course *t, struct session_data *d, int n, struct session_report *r, struct errmsg *e)
{
	double ll;

	t->stage = "whole";
	if (turns(t, n, true, &r->log_likelihood, e) < 0)
		return -1;
	session_data_hold_out_nothing(d);
	if (session_fit_count_heard(&t->f, e) < 0)
		return -1;
	t->stage = "last";
	return turns(t, LAST, true, &ll, e);
}

/* What is left of times after plays, as far as it is known before anything is learned; and users. */
static int begin(struct course *t, struct session_data *part, struct errmsg *e)
{
	const struct session_model *m = t->o->previous;
	struct session_fit *f = &t->f;

	if (session_fit_init(f, part, t->o->threads, t->o->seed, e) < 0)
		return -1;
	f->c.gamma = m ? m->gamma : 0.8;
	if (m)
		memcpy(f->c.factors, m->factors, sizeof f->c.factors);
	else
		session_factors_fill(f->c.factors, f->c.gamma);
	session_bounds_make(&f->bounds, f->c.factors);
	session_bounds_forget_repeats(&f->bounds);
	return session_fit_users(f, true, e) < 0 || session_fit_fickle(f, e) < 0 ? -1 : 0;
}

/* Learns from a part, and then, where that is not all, from all. */
static int run(struct course *t, struct session_data *part, struct session_data *whole, bool is_part,
	       struct session_report *r, struct errmsg *e)
{
	const struct session_options *o = t->o;
	struct session_fit first = {0};
	double ll;
	int status;

	t->epochs = GROWING + COMMON + TRIED * (NEARS + 1) + TUNING + (is_part ? WHOLE : OWN) + LAST;
	if (begin(t, part, e) < 0 || learn_from_nothing(t, e) < 0)
		return -1;
	t->stage = "tune";
	if (tune(t, 1.6, e) < 0 || turns(t, OWN, true, &ll, e) < 0)
		return -1;
	if (!is_part)
		return finish(t, part, OWN, r, e);
	first = t->f;
	t->f = (struct session_fit){0};
	status = session_fit_init(&t->f, whole, o->threads, o->seed, e);
	if (status == 0) {
		take_over(&t->f, &first);
		session_fit_clear(&first);
		if (session_fit_users(&t->f, false, e) < 0 || session_fit_interests(&t->f, e) < 0)
			status = -1;
		else
			status = finish(t, whole, WHOLE, r, e);
	}
	session_fit_clear(&first);
	return status;
}

static int check(const struct session_data *d, struct session_report *r, struct errmsg *e)
{
	for (size_t i = 0; i < d->n_listens; i++) {
		r->uniform += d->listens[i].uniform;
		r->repeated += d->listens[i].plays > 0;
	}
	if (d->n_openings == 0)
		return errmsg_set(e, "no session in the logs begins with a track of the catalog");
	if (d->n_listens == 0)
		return errmsg_set(
			e, "no listens in the logs were recommended: there is nothing to learn from but first tracks");
	return 0;
}

int session_train(struct session_model *m, struct session_report *r, const struct catalog *c, const struct listens *l,
		  const struct session_options *o, struct errmsg *e)
{
	size_t wanted = o->part > 0 ? o->part : PART;
	bool is_part = l->n_sessions > wanted + wanted / 2;
	struct session_data_options all = {o->seed, MOST, REPEATS, o->holdout, 1}, some = all;
	struct session_data whole = {0}, part = {0};
	struct course t = {.o = o};
	int status;

	*m = (struct session_model){0};
	*r = (struct session_report){.log_likelihood = NAN};
	some.share = is_part ? (double)wanted / (double)l->n_sessions : 1;
	status = session_data_make(&whole, c, l, &all, e);
	if (status == 0)
		status = check(&whole, r, e);
	if (status == 0 && is_part)
		status = session_data_make(&part, c, l, &some, e);
	if (status == 0)
		status = run(&t, is_part ? &part : &whole, &whole, is_part, r, e);
	if (status == 0)
		status = session_fit_export(&t.f, m, e);
	if (status == 0)
		r->interests = (double)m->n_rows / (double)m->n_users;
	session_fit_clear(&t.f);
	session_data_clear(&part);
	session_data_clear(&whole);
	return status;
}

double session_train_bytes(const struct catalog *c, const struct listens *l)
{
	double vectors = 2.0 * (double)(c->n_tracks + c->n_artists) + 2.0 * (double)l->n_sessions / 2 +
			 (double)l->n_sessions / 2;

	return vectors * D * sizeof(float) + (double)l->n * (sizeof(struct session_listen) + sizeof(uint32_t));
}

/* By what 100,000 and 1,000,000 sessions of some seven listens took. */
double session_train_seconds(const struct catalog *c, const struct listens *l)
{
	double part = l->n_sessions > PART ? PART / (double)l->n_sessions : 1, whole = (double)(c->n_tracks + l->n);

	return whole * part * 30e-6 + whole * (WHOLE + LAST) * 0.4e-6;
}

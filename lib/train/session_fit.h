/*
 * session_fit (private to lib/train): the session model while it is being learned, and the half steps that improve it.
 *
 * A track has a vector e, a row (what a listener is after in a session) a vector q; a listen of user u to a track
 * whose artist was played k times before gives time = factors[k] sigmoid(s_u (q.e - b_u + noise)), in hundredths.
 * That is a tobit model in x = q.e: an observed time is an interval of x, and at 0 and at the top one end of it is
 * open.
 *
 * Each vector is kept with the variance of each of its coordinates. Coordinates are turned to the principal axes of
 * the tracks, where they are nearly independent. A vector has a prior: a track's its artist's, a row's its first
 * tracks'.
 */
#ifndef BOTIFY_SESSION_FIT_H
#define BOTIFY_SESSION_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "train/session_data.h"
#include "world/session_math.h"
#include "world/session_model.h"

struct session_constants {
	double gamma, factors[SESSION_PLAYS_MAX + 1]; /* as in session_model.h */
	double noise;				      /* the variance of x around q.e */
	double fickle; /* of x between listens of a session's user to the same track; no more than the noise */
	/* variance of a coordinate of a first track around its interest, by which interests are told apart */
	double near;
	float artist[SESSION_DIM], track[SESSION_DIM], first[SESSION_DIM]; /* variances by coordinate */
	double u_mean, u_var, b_mean, b_var; /* of log 1/s and b over users */
	double b_start;	     /* the mean of b at the start, where it stays */
};

struct session_fit {
	const struct session_data *data; /* borrowed */
	unsigned threads;
	uint64_t seed;
	size_t n_rows;
	float *artists, *artists_var, *tracks, *tracks_var, *rows, *rows_var; /* SESSION_DIM each */
	uint32_t *row_of;	/* by opening */
	uint32_t *row_start;	/* n_rows + 1: where each row's openings begin in row_openings */
	uint32_t *row_openings;
	uint32_t *track_start, *track_openings; /* likewise by first track */
	uint8_t *heard, *heard_by_track; /* by listen: how many its row has to that track, to be learned from */
	float *s, *b;		/* by user */
	float *u_var, *b_var;
	struct session_constants c;
	struct session_bounds bounds;
	float shares[UINT8_MAX + 1]; /* what a listen counts where its row has so many to that track */
	bool alone;		/* vectors go no further than where they are best */
	float ramp;		/* how much of the other side's variance counts, 0 .. 1 */
};

int session_fit_init(struct session_fit *f, const struct session_data *d, unsigned threads, uint64_t seed,
		     struct errmsg *e);
void session_fit_clear(struct session_fit *f);

/*
 * Rows are first tracks, whoever began with them; or what `row_of` says, with n_rows rows. Row vectors are made
 * anew.
 */
int session_fit_set_rows(struct session_fit *f, const uint32_t *row_of, size_t n_rows, struct errmsg *e);

/* After another part of the data is held out: counts again what rows have heard. */
int session_fit_count_heard(struct session_fit *f, struct errmsg *e);

/*
 * How much listens of a user to the same track differ, from those that began alike. What is left of the noise they have
 * in common, as what the vectors do not tell of a user and a track: so the second listen says little that is new.
 */
int session_fit_fickle(struct session_fit *f, struct errmsg *e);

/*
 * What a listen counts where its row has n to that track, from the noise that is now. Their noise is alike, but for the
 * part in which it differs: together they say as much as n / (1 + (n - 1) rho) that are independent, rho being the
 * correlation of two (the design effect of Kish 1965).
 */
void session_fit_set_shares(struct session_fit *f);

/* The half steps: rows from what is known of tracks; artists and tracks, at once, from what is known of rows. */
int session_fit_rows(struct session_fit *f, struct errmsg *e);
int session_fit_tracks(struct session_fit *f, struct errmsg *e);

/*
 * How well held-out listens are foretold: the mean log probability of one, with the noise by which it is highest,
 * as a part of them tells where they are many (c.noise stays as
 * it is: it weighs what is learned from). NaN where none is held out.
 */
int session_fit_judge(struct session_fit *f, double *log_likelihood, struct errmsg *e);

/*
 * s and b of the users: at the start, when nothing is known of tracks; then x is scaled, and c.noise is its
 * variance. Or later.
 */
int session_fit_users(struct session_fit *f, bool at_start, struct errmsg *e);

/*
 * What is left of a time after plays of its artist, by likelihood, from listens whose artist had been played, and the
 * table of bounds by it: gamma^k; or what the listens after k plays speak for, where they clearly do.
 */
void session_fit_factors(struct session_fit *f);

/*
 * Rows become the interests of users, as many as their openings tell apart, and go to where their first tracks and
 * listens have them.
 */
int session_fit_interests(struct session_fit *f, struct errmsg *e);

/* Turns all vectors to the principal axes of the tracks. */
int session_fit_turn(struct session_fit *f, struct errmsg *e);

/* Copies the result. Free with session_model_clear. */
int session_fit_export(const struct session_fit *f, struct session_model *m, struct errmsg *e);
#endif

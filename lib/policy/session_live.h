/*
 * session_live: what a session teaches while it goes on. Private to session_play.
 */
#ifndef BOTIFY_SESSION_LIVE_H
#define BOTIFY_SESSION_LIVE_H

#include <math.h>

#include "policy/session_play.h"
#include "world/session_math.h"
#include "world/session_model.h"

#define SESSION_NO_ROW UINT32_MAX

struct session_ranked {
	uint32_t track;
	float score; /* the logarithm of the expected time, less for each of its artist that comes before */
	float own;   /* without that */
};

struct session_plan {
	struct session_ranked *tracks; /* n, best first; NULL: not made */
	uint32_t n, k;		       /* k: how many were asked for */
	size_t user;		       /* of a plan that belongs to no row */
	uint32_t track;
};

/* What a session is after, as far as its start tells. */
struct session_aim {
	size_t user;	/* place in the model */
	uint32_t track; /* the first */
	uint32_t row;	/* or SESSION_NO_ROW */
	const float *q; /* borrowed */
	float q_var, s, b, b_var;
};

/*
 * The posterior of (q, b) in a session: a mean, and a covariance that is the one at the start less the sum of w w'
 * over what was observed. It is a function of the model and of the plays, which are kept beside it: so it may be
 * forgotten and made again.
 */
struct session_live {
	uint32_t user;
	float q[SESSION_DIM], b;
	struct play *plays; /* n_plays that were learned from */
	size_t n_plays, plays_cap;
	float *w; /* n_w of SESSION_DIM + 1 */
	size_t n_w, w_cap;
	float *scores; /* of the plan's tracks, as they were when their turn came last (see session_live.c) */
	size_t n_scores, scores_cap;
};

struct session_player {
	const struct catalog *catalog;
	struct session_model model;
	struct session_bounds bounds;
	double log_gamma;
	struct session_plan *plans; /* of rows, and then of sessions without one, by hash */
	size_t n_plans;
	size_t prepared; /* how deep the plans of all rows are, 0 where they were not made */
	struct session_live *lives; /* by hash of the user */
	size_t n_lives;
	float *norms;		      /* squared, of the tracks */
	float most_norm;	      /* the largest */
	struct session_planner *planner;
	float *now;		      /* scratch: scores, some of them brought up to date */
	size_t now_cap;
};

/* What is known at the start of a session of this user that has this row. */
void session_aim_at_row(const struct session_player *p, size_t user, uint32_t row, struct session_aim *a);

/*
 * What is known of a session of a user, by id, that begins with a track: the row is that of the interest which explains
 * the track better than one that is not known yet would, or SESSION_NO_ROW.
 */
void session_begin(const struct session_player *p, uint32_t user_id, uint32_t track, struct session_aim *a);

/* The logit of the time that is expected, for x = q.e and |q|^2: what is uncertain brings it nearer the middle. */
static inline float session_logit(const struct session_player *p, const struct session_aim *a, float q_norm,
				  uint32_t track, float x)
{
	float var = p->model.tracks_var[track] * q_norm + a->q_var * p->norms[track];

	return a->s * (x - a->b) / sqrtf(1 + 0.393f * a->s * a->s * var);
}

/* The logarithm of that time. */
static inline float session_log_time(const struct session_player *p, const struct session_aim *a, float q_norm,
				     uint32_t track, float x)
{
	return -log1pf(expf(-session_logit(p, a, q_norm, track, x)));
}

/*
 * Tells of the candidates in q->scratch, whose scores are logarithms of times. Returns 0, or -1 where there is
 * no memory.
 */
int session_explain(const struct policy_request *q);

void session_live_clear(struct session_live *l);
int session_live_choose(struct session_player *p, const struct session_aim *a, const struct session_plan *plan,
			size_t k, const struct policy_request *q, const struct filter_chain *chain, struct choice *c);

#endif

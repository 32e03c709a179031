/*
 * session_live: what a session teaches while it goes on. Private to session_play.
 */
#ifndef BOTIFY_SESSION_LIVE_H
#define BOTIFY_SESSION_LIVE_H

#include <math.h>

#include "policy/argmax.h"
#include "policy/session_plans.h"
#include "policy/session_play.h"
#include "policy/session_posterior.h"
#include "world/session_math.h"
#include "world/session_model.h"

#define SESSION_NO_ROW UINT32_MAX

/* What is learned in sessions is kept of up to so many: in a set, by hash of the user, of those asked for last. */
enum { SESSION_LIVE_SETS = 1 << 13, SESSION_LIVE_WAYS = 4, SESSION_BEGINNINGS = 1 << 16 };

/* What a session is after, as far as its start tells. */
struct session_aim {
	size_t user;	/* place in the model */
	uint32_t track; /* the first */
	uint32_t row;	/* or SESSION_NO_ROW */
	const float *q; /* borrowed */
	float q_var, s, b, b_var;
};

/*
 * What is known in a session, and what the plan's tracks are worth by that. It is a function of the model and of the
 * plays, which are kept beside it: so it may be forgotten and made again.
 */
struct session_live {
	uint32_t user;
	struct session_posterior posterior;
	struct play *plays; /* n_plays that were learned from */
	size_t n_plays, plays_cap;
	/* by place in the plan, n of them, and room to fill up blocks of argmax */
	float *scores;	   /* as they were when their turn came last (see session_live.c) */
	float *discounts;  /* for plays of their artist; -infinity: was played itself */
	uint32_t *artists;
	size_t n, cap;
	uint64_t asked; /* when it was asked for last: a count of questions */
};

/* Which row a session has that a user, by place in the model, begins with a track. Of no meaning unless `known`. */
struct session_beginning {
	uint32_t user, track, row;
	bool known;
};

/* What each of several threads that ask at once keeps for itself: in a share of the sets, and of the beginnings. */
struct session_worker {
	struct session_live *lives; /* n_live_sets of SESSION_LIVE_WAYS, by hash of the user */
	uint64_t asked;
	struct session_beginning *beginnings; /* n_beginnings, by hash: those that were looked up last */
	struct argmax values;		      /* scratch: scores less discounts, some of them brought up to date */
};

struct session_player {
	const struct catalog *catalog;
	struct session_model model;
	struct session_bounds bounds;
	float discounts[SESSION_PLAYS_MAX + 1]; /* the logarithms of what is left of a time after plays of its artist */
	float discount;				/* and of what is left of that after one more */
	struct session_plans plans; /* as deep as the deepest source wants; they may be made at any time */
	struct session_worker *workers; /* n_workers */
	size_t n_workers, n_live_sets, n_beginnings;
	float *norms;	 /* squared, of the tracks */
	float most_norm; /* the largest */
};

/* The logarithm of what is left of a time after so many plays of its artist. */
static inline float session_discount(const struct session_player *p, uint32_t plays)
{
	if (plays <= SESSION_PLAYS_MAX)
		return p->discounts[plays];
	return p->discounts[SESSION_PLAYS_MAX] + p->discount * (float)(plays - SESSION_PLAYS_MAX);
}

/* The logarithm of the time that a planned track is expected to have. */
static inline float session_planned_score(const struct session_player *p, const struct session_planned *t)
{
	return t->own + session_discount(p, t->before);
}

/* What is known at the start of a session of this user that has this row. */
void session_aim_at_row(const struct session_player *p, size_t user, uint32_t row, struct session_aim *a);

/*
 * What is known of a session of a user, by id, that begins with a track: the row is that of the interest which explains
 * the track better than one that is not known yet would, or SESSION_NO_ROW.
 */
void session_begin(const struct session_player *p, size_t worker, uint32_t user_id, uint32_t track,
		   struct session_aim *a);

/*
 * The logit of the time that is expected, for x = q.e, |q|^2, and the track's variance and |e|^2: what is uncertain
 * brings it nearer the middle.
 */
static inline __attribute__((always_inline)) float session_logit_of(const struct session_aim *a, float q_norm,
								    float track_var, float track_norm, float x)
{
	float var = track_var * q_norm + a->q_var * track_norm;

	return a->s * (x - a->b) / sqrtf(1 + 0.393f * a->s * a->s * var);
}

/* The same, for a track. */
static inline float session_logit(const struct session_player *p, const struct session_aim *a, float q_norm,
				  uint32_t track, float x)
{
	return session_logit_of(a, q_norm, p->model.tracks_var[track], p->norms[track], x);
}

/* The logarithm of that time. */
static inline float session_log_time(const struct session_player *p, const struct session_aim *a, float q_norm,
				     uint32_t track, float x)
{
	return session_log_sigmoid(session_logit(p, a, q_norm, track, x));
}

/*
 * Tells of the candidates in q->scratch, whose scores are logarithms of times. Returns 0, or -1 where there is
 * no memory.
 */
int session_explain(const struct policy_request *q);

void session_live_clear(struct session_live *l);
int session_live_choose(const struct session_player *p, const struct session_aim *a, const struct session_plan *plan,
			size_t k, const struct policy_request *q, const struct filter_chain *chain, struct choice *c);

#endif

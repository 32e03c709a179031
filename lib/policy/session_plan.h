/*
 * session_plan (private to session_play): an order of tracks to play in a session, and making one.
 *
 * The products of a vector with all tracks are made first, as quickly as can be. They are not used but to leave out the
 * tracks that cannot be in the plan: the rest, some more than the plan is deep, are scored by session_log_time. So a
 * plan is the same whichever way its products were made.
 */
#ifndef BOTIFY_SESSION_PLAN_H
#define BOTIFY_SESSION_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "world/catalog.h"

struct session_aim;
struct session_player;

struct session_planned {
	uint32_t track;
	uint32_t before; /* how many of its artist are planned before it */
	float own;	 /* the logarithm of the time that it would have without these */
};

struct session_plan {
	size_t user;   /* place in the model */
	uint32_t row;  /* or SESSION_NO_ROW */
	uint32_t track; /* where there is no row: the first of the session; otherwise 0 */
	uint32_t n;
	struct session_planned tracks[]; /* best first */
};

/* Of an artist: how many tracks there were, the last one's worth, and how many were before those that it is near. */
struct near_ties {
	uint32_t n, before;
	float own;
};

struct session_ranked {
	uint32_t track;
	float score; /* `own`, less for each of its artist that comes before */
	float own;
};

/* Memory to make plans in, of one thread. */
struct session_planner {
	float *products; /* of some rows with all tracks */
	float *sample;
	float *table; /* of the logarithm of the logistic function */
	uint32_t *found, *artist_plays; /* artist_plays: 0 but while in use */
	struct near_ties *ties;		/* by artist; n is 0 but while in use */
	struct session_ranked *ranked;
	uint64_t *order, *other_order; /* of what is ranked, by score: items of base/radix.h */
};

/* For products of up to `rows` rows at once. Returns 0, or -1 where there is no memory; clear in either case. */
int session_planner_init(struct session_planner *s, const struct catalog *c, size_t rows);
void session_planner_clear(struct session_planner *s);

/*
 * The plan for an aim, k deep or as deep as there are tracks, from products of its q with all tracks. New, free() it;
 * NULL where there is no memory.
 */
struct session_plan *session_plan_make(const struct session_player *p, struct session_planner *s,
				       const struct session_aim *a, const float *products, size_t k);

#endif

/*
 * session_plan: making plans (see session_play.h). Private to session_play.
 *
 * The products of a vector with all tracks are made first, as quickly as can be (by OpenBLAS, some rows at once). They
 * are not used but to leave out the tracks that cannot be in the plan: the rest, some more than the plan is deep, are
 * scored by session_log_time. So a plan is the same whichever way it was made.
 */
#ifndef BOTIFY_SESSION_PLAN_H
#define BOTIFY_SESSION_PLAN_H

#include "policy/session_live.h"

/* Of an artist: how many tracks there were, the last one's worth, and how many were before those that it is near. */
struct near_ties {
	uint32_t n, before;
	float own;
};

/* Memory to make plans in, of one thread. */
struct session_planner {
	float *products;	       /* of some rows with all tracks */
	float *sample;
	float *table; /* of the logarithm of the logistic function */
	uint32_t *found, *artist_plays; /* artist_plays: 0 but while in use */
	struct near_ties *ties;		/* by artist; n is 0 but while in use */
	struct session_ranked *ranked, *sorted, *other;
};

/* For up to `rows` rows at once. Returns 0, or -1 where there is no memory; clear in either case. */
int session_planner_init(struct session_planner *s, const struct catalog *c, size_t rows);
void session_planner_clear(struct session_planner *s);

/* Makes the plan for an aim, k deep. Returns 0, or -1 where there is no memory. */
int session_plan_make(const struct session_player *p, struct session_planner *s, const struct session_aim *a, size_t k,
		      struct session_plan *plan);

/* Makes the plans of all rows, by all processors. What there is no memory for is left to be made later. */
void session_plans_make(struct session_player *p, size_t k);

#endif

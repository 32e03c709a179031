/*
 * users: the listeners of a simulated world. See botify-sim(1), "THE USER MODEL".
 */
#ifndef BOTIFY_USERS_H
#define BOTIFY_USERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/idmap.h"
#include "world/catalog.h"

struct user {
	uint32_t id;
	uint32_t first_interest, n_interests; /* interests[first_interest ..) of struct users */
	uint32_t interest_neighbours;	      /* how many tracks near an interest may begin a session; 1 .. n_tracks */
	uint32_t session_budget;	      /* how often they may be bored before they leave; at least 1 */
	double consume_bias, consume_sharpness;
	double artist_discount_gamma; /* 0 .. 1 */
	/* how much the hype of the day adds, in parts of what it adds usually; 0 or above */
	double hype;
	double return_days, churn;    /* see botify-sim(1); NaN where the line does not say */
};

struct users {
	struct user *list;
	uint32_t *interests; /* track indices */
	size_t n, cap, n_interests, interests_cap;
	struct idmap index; /* id to place in the list */
};

/*
 * Reads NDJSON {"user":0,"interests":[…]}, with optional consume_bias (5), consume_sharpness (1), interest_neighbours
 * (10), session_budget (5), artist_discount_gamma (0.8), hype (1), return_days and churn, which may be null as well. A
 * user twice, a user without interests, an unknown track, a number out of range, a key that looks like a typo of one
 * of these are errors; other keys are ignored. Returns 0, or -1 with file, line and reason. Free with users_clear.
 */
int users_load(struct users *u, const char *path, const struct catalog *c, struct errmsg *e);
void users_clear(struct users *u);

#endif

/*
 * returns (private to lib/sim): who comes back when, where that depends on how their sessions were.
 *
 * A session that brought r tracks of time beside the first one, to a user who may be bored b times (session_budget),
 * satisfied them by x = r / (r + b), from 0 to 1. Then the user leaves for good with probability
 *
 *     churn (1 - x)
 *
 * and otherwise comes back after a pause that is exponentially distributed, with mean
 *
 *     2 return_days (1 - x)
 *
 * but at least a minute: after a session that half satisfies, return_days on average. Everybody comes for the first
 * time within the first return_days, or within the run where that is shorter, at a uniformly drawn moment; and nobody
 * once the days of the run are over. All is drawn by the seed, the user and the number of the session, so it does not
 * depend on how many sessions are in flight.
 */
#ifndef BOTIFY_RETURNS_H
#define BOTIFY_RETURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/arrivals.h"
#include "world/users.h"

struct returns_options {
	double days;  /* return_days of users whose line does not say; 0: the schedule is that of arrivals.h */
	double churn; /* likewise */
};

struct returns_visit {
	int64_t time;
	uint32_t user; /* place in the list */
};

struct returns {
	struct returns_options options;
	const struct users *users; /* borrowed */
	uint64_t seed;
	int64_t start, until;
	struct returns_visit *visits; /* a heap of n, the earliest first */
	size_t n;
	uint64_t left; /* for good */
};

/* Begins a run of so many days from `start` (ms since the epoch) on. Returns 0, or -1 where there is no memory. */
int returns_init(struct returns *r, const struct returns_options *options, const struct users *users, uint64_t seed,
		 int64_t start, uint32_t days);
void returns_clear(struct returns *r);

/* The next to come, who is not waited for then. Returns whether there is one. */
bool returns_next(struct returns *r, struct arrival *a);

/* A session of a user, the number from 0 on, is over, and brought so much time. */
void returns_over(struct returns *r, uint32_t user, uint32_t number, double time, int64_t now);

#endif

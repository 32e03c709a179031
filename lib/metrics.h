/*
 * metrics: what the users of ONE experiment did, and the metrics that follow from it.
 *
 * Events go in one at a time; a user's events must come in the order in which they happened, the users may be mixed
 * in any way. Sessions are not kept: a user is a record of sums, so memory is linear in users (64 + about 20 bytes)
 * and constant in events. A session ends at `last`; one that has not ended does not count and is reported.
 *
 * The unit of every metric is the user: each user has one value of it, or none, and an arm is the sample of its users'
 * values. A user seen in two arms of the experiment belongs to neither and is left out and counted.
 */
#ifndef BOTIFY_METRICS_H
#define BOTIFY_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errmsg.h"
#include "idmap.h"
#include "stats.h"

#define METRICS_TWO_ARMS UINT32_MAX /* the arm of a user who was seen in two */

/* Sums over some events of a user. */
struct metrics_sums {
	double time;	    /* parts of tracks */
	double latency;	    /* s */
	uint32_t events;    /* of them, `latencies` carry a latency */
	uint32_t latencies;
};

struct metrics_user {
	struct metrics_sums finished; /* over the sessions that have ended, of which there are `sessions` */
	struct metrics_sums open;     /* over the one that has not; events 0 where there is none */
	uint32_t sessions;
	uint32_t arm; /* a number of the caller's, or METRICS_TWO_ARMS */
};

/*
 * A metric is a row of this table. `value` is that of a user with at least one finished session, NaN where the user
 * has none.
 */
struct metric {
	const char *name;
	double (*value)(const struct metrics_user *u);
	int better; /* 1: more is better, -1: less is better */
};

enum { METRICS_N = 5 };
extern const struct metric metrics_table[METRICS_N];

/* Zero-initialise; free with metrics_clear. */
struct metrics {
	struct idmap index; /* user id to place in users, plus 1 */
	struct metrics_user *users;
	size_t n, cap;
};

void metrics_clear(struct metrics *m);

/* One event, as far as it matters here. */
struct metrics_event {
	uint32_t user, arm;
	bool last;	/* it ends the session */
	double time;	/* part of the track */
	double latency; /* s, or NaN */
};

/* Adds an event. Returns 0, or -1 where there is no memory. */
int metrics_add(struct metrics *m, const struct metrics_event *ev, struct errmsg *e);

/* An arm: its users (those with a finished session), and for each metric the values of those who have one. */
struct metrics_arm {
	uint64_t users;
	struct stats values[METRICS_N]; /* as in metrics_table */
};

struct metrics_summary {
	struct metrics_arm *arms; /* n_arms, by number of the arm */
	size_t n_arms;
	uint64_t two_arms;   /* users left out for that reason */
	uint64_t unfinished; /* sessions left out for that reason, of all users */
};

/*
 * Sums up; arms are numbers below n_arms. Users are taken in ascending order of their ids, so that the result is the
 * same to the last bit however their events were mixed. Returns 0, or -1 where there is no memory. Free with
 * metrics_summary_clear.
 */
int metrics_summarise(const struct metrics *m, size_t n_arms, struct metrics_summary *s, struct errmsg *e);
void metrics_summary_clear(struct metrics_summary *s);

#endif

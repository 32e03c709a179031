/*
 * metrics: what a user did in ONE experiment, and the metrics that follow from it.
 *
 * Events go in one at a time, a user's in the order in which they happened. Sessions are not kept: a user is a
 * record of sums, 56 bytes whatever the number of events. A session ends at `last`; one that has not ended does not
 * count and is reported. For what keeps the records, see study.h.
 *
 * The unit of every metric is the user: each user has one value of it, or none, and an arm is the sample of its users'
 * values. A user seen in two arms of the experiment belongs to neither and is left out and counted.
 */
#ifndef BOTIFY_METRICS_H
#define BOTIFY_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "stats/comoments.h"
#include "stats/stats.h"

#define METRICS_TWO_ARMS UINT32_MAX /* the arm of a user who was seen in two */

/*
 * Sums over some events of a user. They are whole numbers, so that they do not depend on the order of their terms, and
 * a log that was split anywhere has the same: times are counted to the nearest billionth of a track, as in
 * rank/popularity.h, and latencies to the nearest nanosecond.
 */
struct metrics_sums {
	int64_t billionths;  /* of tracks */
	int64_t nanoseconds; /* of latency; METRICS_ENDLESS where it is 292 years or more */
	uint32_t events;     /* of them, `latencies` carry a latency */
	uint32_t latencies;
};

#define METRICS_ENDLESS INT64_MAX
#define METRICS_NO_LATENCY INT64_C(-1)

void metrics_sums_add(struct metrics_sums *sum, const struct metrics_sums *other);

/* Takes back what was added. A sum that is endless stays so. */
void metrics_sums_subtract(struct metrics_sums *sum, const struct metrics_sums *other);

/* The part of a track, and back: correctly rounded up to 9 million tracks. */
int64_t metrics_billionths(double time);
double metrics_tracks(int64_t billionths);

/* Of a latency in seconds, 0 or above; METRICS_NO_LATENCY of NaN. */
int64_t metrics_nanoseconds(double latency);

/* To begin with, all is 0 but the arm. */
struct metrics_user {
	struct metrics_sums finished; /* over the sessions that have ended, of which there are `sessions` */
	struct metrics_sums open;     /* over the one that has not; events 0 where there is none */
	uint32_t sessions;
	uint32_t arm; /* a number of the caller's, or METRICS_TWO_ARMS */
};

/* One event, as far as it matters here. */
struct metrics_event {
	uint32_t arm;
	bool last;	/* it ends the session */
	int64_t billionths;  /* part of the track */
	int64_t nanoseconds; /* latency, or METRICS_NO_LATENCY */
};

/* That of one event. */
struct metrics_sums metrics_sums_of(const struct metrics_event *ev);

/* Adds an event to the open session of a user. Where it is the session's last, metrics_close is to follow. */
void metrics_play(struct metrics_user *u, const struct metrics_event *ev);

/* Adds the open session to those that have ended. */
void metrics_close(struct metrics_user *u);

/*
 * A metric is a row of this table. `value` is that of a user with at least one finished session, NaN where the user
 * has none.
 */
struct metric {
	const char *name;
	const char *unit; /* for people; "" where the name says it */
	double (*value)(const struct metrics_user *u);
	int better; /* 1: more is better, -1: less is better */
};

enum { METRICS_N = 5 };
extern const struct metric metrics_table[METRICS_N];

/*
 * A ratio metric is one of an arm, not of a user: the sum of the numerators of its users over the sum of the
 * denominators. Both are those of a user with at least one finished session, and the denominator is at least 1. Beside
 * it, the mean of the users' own ratios weighs a user with one session like one with a hundred.
 */
struct metrics_ratio {
	const char *name;
	const char *unit; /* as above */
	double (*numerator)(const struct metrics_user *u);
	double (*denominator)(const struct metrics_user *u);
	int better; /* as above */
};

enum { METRICS_RATIOS_N = 2 };
extern const struct metrics_ratio metrics_ratios[METRICS_RATIOS_N];

/* Both kinds together are numbered: first the metrics of metrics_table, then those of metrics_ratios. */
enum { METRICS_ALL_N = METRICS_N + METRICS_RATIOS_N };

const char *metrics_name(size_t number);
const char *metrics_unit(size_t number);   /* for people; "" where the name says it */
const char *metrics_method(size_t number); /* "mean" or "ratio" */
int metrics_better(size_t number);	   /* 1: more is better, -1: less is better */

/* The number of the metric of this name; METRICS_ALL_N where there is none. */
size_t metrics_find(const char *name);

/* An arm: its users (those with a finished session), and for each metric the values of those who have one. */
struct metrics_arm {
	/* users seen in this arm and no other, with a finished session or without: what a split is checked by */
	uint64_t seen;
	uint64_t open; /* those of them who have a session that has not ended */
	uint64_t users;
	struct moments values[METRICS_N]; /* as in metrics_table */
	struct comoments ratios[METRICS_RATIOS_N]; /* of `users`, as in metrics_ratios: x denominator, y numerator */
};

struct metrics_summary {
	struct metrics_arm *arms; /* n_arms, by number of the arm */
	size_t n_arms;
	uint64_t two_arms;   /* users left out for that reason */
	uint64_t unfinished; /* sessions left out for that reason, of all users */
};

/* An empty summary of arms with numbers below n_arms. Returns 0, or -1 where there is no memory. */
int metrics_summary_init(struct metrics_summary *s, size_t n_arms, struct errmsg *e);
void metrics_summary_clear(struct metrics_summary *s);

/* Adds a user. The last bit of a mean depends on the order of the users: it is for the caller to have one. */
void metrics_summarise(struct metrics_summary *s, const struct metrics_user *u);

#endif

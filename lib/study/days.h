/*
 * days: what each participant (a user in an experiment; see study.h) did on each day.
 *
 * A session belongs to the day, in UTC, of its `last`. Memory is linear in the days on which a participant ended a
 * session, summed over participants.
 */
#ifndef BOTIFY_DAYS_H
#define BOTIFY_DAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "study/metrics.h"

struct user_values;
struct study;

/* A day is a number, 0 on 1970-01-01. */
struct days_sums {
	struct metrics_sums did;
	uint32_t sessions;
	int32_t day;
	uint32_t next; /* place of an earlier day of the same participant, plus 1; or 0 */
};

/* Zero-initialise. */
struct days {
	struct days_sums *list;
	size_t n, cap;
	uint32_t *latest; /* by participant: place of the latest day, plus 1; or 0 */
	size_t n_participants, participants_cap;
	uint64_t undated; /* sessions of which nothing has a timestamp: they are in no day */
};

void days_clear(struct days *d);

/* The day of a moment, in ms since the epoch; rounded down, also before it. */
int32_t days_of(int64_t ms);

/*
 * The sums of a participant on a day, made where they are new. Valid until the next call. NULL where there is no
 * memory.
 */
struct days_sums *days_at(struct days *d, uint32_t participant, int32_t day);

/* Adds a session that ended at `timestamp`, or at EVENT_NO_TIMESTAMP. Returns 0, or -1 where there is no memory. */
int days_add(struct days *d, uint32_t participant, int64_t timestamp, const struct metrics_sums *session);

/* The earlier of two days of a participant, NULL where there is none; and the latest. */
const struct days_sums *days_earlier(const struct days *d, const struct days_sums *day);
const struct days_sums *days_latest(const struct days *d, uint32_t participant);

/* A user of an experiment on a day. */
struct days_row {
	int32_t day;
	uint32_t user; /* place among the users of the walk */
	uint32_t sums; /* place in the list of struct days */
};

/*
 * A walk over the days of one experiment. On each, `today` has what the users did on that day, and `so_far` what they
 * did from the beginning to the end of that day; a user who finished no session has sessions 0. On the last day, so_far
 * has the same users as the summary of the experiment, and the same sums except for their last bits, for it adds up
 * sums.
 */
struct days_walk {
	int32_t day;
	struct metrics_user *today, *so_far; /* by place among the users */

	/* private */
	const struct user_values *users;
	const struct days *days;
	struct days_row *rows; /* by day, then by user */
	size_t n, next;
};

/*
 * Begins a walk over the days of these users of a study that kept days. Both are borrowed. Returns 0, or -1 where
 * there is no memory.
 */
int days_walk_init(struct days_walk *w, const struct study *s, const struct user_values *users, struct errmsg *e);
void days_walk_clear(struct days_walk *w);

/* Goes to the next day that has a session. False where there is none. */
bool days_walk_next(struct days_walk *w);

#endif

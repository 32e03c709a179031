/*
 * tops_users: for parts of a log that count only what was recommended, where each part of a user's events begins and
 * ends. Whether a play was recommended is known from the user's event before it; where that is in another part, it is
 * known when the parts are joined.
 */
#ifndef BOTIFY_TOPS_USERS_H
#define BOTIFY_TOPS_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/id_index.h"
#include "event/event.h"

/* A user in a part of the log. */
struct tops_user {
	uint32_t user;
	uint32_t first;	   /* the track of the user's first event there */
	uint32_t waits;	   /* the one that the last event recommended, or EVENT_NO_TRACK */
	uint32_t arm;	   /* of the first event: a number of the caller's, or TOPS_NO_ARM where it does not count */
	int64_t at, until; /* timestamps of these events, or EVENT_NO_TIMESTAMP */
	double weight;	   /* of a listen to the one that `waits` (see expected.h) */
	const char *file;  /* of the part; NULL: this one */
	int64_t billionths; /* of the track of the first event that it listened to */
	size_t order;	   /* of the part, among those that were read */
};

#define TOPS_NO_ARM UINT32_MAX

/* What each event of a user changes, apart from the rest, as most of the time goes into finding it in memory. */
struct tops_latest {
	uint32_t waits, place; /* in the list */
	int64_t until;
	double weight;
};

/* Zero-initialise. */
struct tops_users {
	struct tops_user *list; /* n of them */
	size_t n, cap;
	struct tops_latest *latest; /* n_latest: of those whose events were added, until tops_users_sort */
	size_t n_latest, latest_cap;
	struct id_index index; /* places in it, from 1 */
};

void tops_users_clear(struct tops_users *u);

/*
 * Takes note of an event, which counts for an arm, as expected_meets does: returns whether its track was recommended by
 * its user's event before it, and what that weighs in *weight; or -1 where there is no memory.
 */
int tops_users_add_event(struct tops_users *u, const struct event *ev, uint32_t arm, double *weight);

/* Adds a user of a part. Returns 0, or -1 where there is no memory. */
int tops_users_add(struct tops_users *u, const struct tops_user *user);

/* Orders them by user, then by time, then as they were read. To be called after the last event, before all else. */
void tops_users_sort(struct tops_users *u);

/*
 * Joins what the parts, which are sorted, have of each user: `count` is called for each first event that the part
 * before had recommended, with the weight of that, and returns 0, or -1 with the reason. Events of a user must not be
 * mixed over two parts. Where they have no timestamps, their order is not known, and none may wait for a track that is
 * the first of another one; such parts stay apart. `ordered` parts have to be in the order in which they were read.
 * Returns 0; or -1 with the reason, which names user and files.
 */
int tops_users_join(struct tops_users *u, bool ordered,
		    int (*count)(void *ctx, const struct tops_user *user, double weight, struct errmsg *e), void *ctx,
		    struct errmsg *e);

#endif

/*
 * tops_users: for parts of a log that count only what was recommended, where each part of a user's events begins and
 * ends. Whether a play was recommended is known from the user's event before it; where that is in another part, it is
 * not counted.
 */
#ifndef BOTIFY_TOPS_USERS_H
#define BOTIFY_TOPS_USERS_H

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
	int64_t at, until; /* timestamps of these events, or EVENT_NO_TIMESTAMP */
	const char *file;  /* of the part; NULL: this one */
};

/* Zero-initialise. */
struct tops_users {
	struct tops_user *list; /* n of them */
	size_t n, cap;
	struct id_index index; /* of those whose events were added */
};

void tops_users_clear(struct tops_users *u);

/* Takes note of an event. Returns 0, or -1 where there is no memory. */
int tops_users_add_event(struct tops_users *u, const struct event *ev);

/* Adds a user of a part. Returns 0, or -1 where there is no memory. */
int tops_users_add(struct tops_users *u, const struct tops_user *user);

/* Orders them by user, then by time. */
void tops_users_sort(struct tops_users *u);

/*
 * Whether the parts, sorted, count what the whole log would: no user's events are mixed over two of them, and none
 * waits for a track in one that is the first in another. Without timestamps only the latter can be seen. Returns 0; or
 * -1 with the reason, which names user and files.
 */
int tops_users_check(const struct tops_users *u, struct errmsg *e);

#endif

/*
 * session_queue: which session may begin next, where a user has one at a time.
 *
 * Sessions arrive in the order of the schedule. One whose user is busy waits, and begins as soon as that user is
 * free, before others arrive. So the sessions of a user begin in the order in which they arrive, whatever goes on
 * around them.
 */
#ifndef BOTIFY_SESSION_QUEUE_H
#define BOTIFY_SESSION_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/arrivals.h"

#define SESSION_QUEUE_NONE UINT32_MAX

struct session_queue_user {
	bool busy;
	uint32_t first, last; /* those of their sessions that wait, as places in `waiting` */
	uint32_t next_free;   /* in the list of users who have become free while sessions of theirs waited */
};

struct session_queue_waiting {
	uint64_t session;
	uint32_t next; /* of the same user, or the next place without a session */
};

struct session_queue {
	const struct arrivals *arrivals; /* borrowed */
	uint64_t arrived;		 /* sessions */
	struct session_queue_user *users;
	uint32_t free_user;		/* first of the list */
	struct session_queue_waiting *waiting;	/* so many that it is hardly ever full; nobody arrives while it is */
	uint32_t empty_place;
};

/* Returns 0, or -1 where there is no memory. Free with session_queue_clear, also after a failure. */
int session_queue_init(struct session_queue *t, const struct arrivals *s);
void session_queue_clear(struct session_queue *t);

/* Takes the session that may begin next; its user is busy from then on. Returns whether there is one now. */
bool session_queue_next(struct session_queue *t, uint64_t *session);

/* A user's session is over. */
void session_queue_over(struct session_queue *t, uint32_t user);

#endif

/*
 * turns: which session may begin next, where a user has one at a time.
 *
 * Sessions arrive in the order of the schedule. One whose user is busy waits, and begins as soon as that user is free,
 * before others arrive. So the sessions of a user begin in the order in which they arrive, whatever goes on around them.
 */
#ifndef BOTIFY_TURNS_H
#define BOTIFY_TURNS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/schedule.h"

#define TURNS_NONE UINT32_MAX

struct turns_user {
	bool busy;
	uint32_t first, last; /* those of their sessions that wait, as places in `waiting` */
	uint32_t next_free;   /* in the list of users who have become free while sessions of theirs waited */
};

struct turns_waiting {
	uint64_t session;
	uint32_t next; /* of the same user, or the next place without a session */
};

struct turns {
	const struct schedule *schedule; /* borrowed */
	uint64_t arrived;		 /* sessions */
	struct turns_user *users;
	uint32_t free_user;		/* first of the list */
	struct turns_waiting *waiting;	/* so many that it hardly ever fills; while it is full, nobody arrives */
	uint32_t empty_place;
};

/* Returns 0, or -1 where there is no memory. Free with turns_clear, also after a failure. */
int turns_init(struct turns *t, const struct schedule *s);
void turns_clear(struct turns *t);

/* Takes the session that may begin next; its user is busy from then on. Returns whether there is one now. */
bool turns_next(struct turns *t, uint64_t *session);

/* A user's session is over. */
void turns_over(struct turns *t, uint32_t user);

#endif

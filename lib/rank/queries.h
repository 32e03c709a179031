/*
 * queries: what a ranking is asked for in a log, and which tracks turned out to be relevant.
 *
 * A listen is liked where it lasted at least `liked`, and more than nothing. Listens that are held out (or all, where
 * none are) are those that a ranking is judged by; what stands before them in the log is known to it. A query is
 *
 *     a user       asked for once; relevant is each track of which a listen was liked
 *     a session    asked for at its first track, which every session chooses for itself; relevant is each other track
 *                  of which a listen in it was liked
 *     a listen     asked for after the listen before it in the session; relevant is its own track, and a listen that
 *                  was not liked is no query
 *
 * With `recommended`, first tracks of sessions are not judged by, as nobody was to recommend them. A session ends with
 * its `last`; one without is asked for at the end of the log. The gain of a track that is relevant is 1, or with
 * `graded` the longest time that it was listened to.
 *
 * Memory grows with the users, by user with the tracks that each of them liked, and not with the events.
 */
#ifndef BOTIFY_QUERIES_H
#define BOTIFY_QUERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/id_index.h"
#include "event/event.h"

enum query_unit { QUERY_USER, QUERY_SESSION, QUERY_LISTEN };

struct relevant {
	uint32_t track; /* id */
	double gain;	/* 0 < gain <= 1 */
};

/* All that it points at is borrowed. */
struct query {
	uint32_t user;
	uint32_t session, step;	/* the user's session from 1, and which listen of it the answer is, from 1; else 0 */
	uint32_t first, before;	/* tracks, of the session and the last one; EVENT_NO_TRACK where there is none */
	double time;		/* that the last one was listened to; NaN where there is none */
	const struct relevant *relevant; /* n of them, none where nothing was liked, by ascending track */
	size_t n;
};

struct queries_choice {
	enum query_unit unit;
	double liked;
	bool recommended, graded;
};

struct queries_user; /* private */

/* Zero-initialise but the choice and who is called. */
struct queries {
	struct queries_choice choice;
	/* Is asked. Returns 0, or -1 with the reason. */
	int (*ask)(void *ctx, const struct query *q, struct errmsg *e);
	void *ctx;
	uint64_t held_out, liked; /* listens that could be relevant, and those of them that were liked */

	/* private */
	struct id_index index; /* places in `users`, from 1 */
	struct queries_user *users;
	size_t n_users, cap;
};

void queries_clear(struct queries *s);

/* "user", "session" or "listen". Returns 0, or -1 where it is none of them. */
int query_unit_by_name(enum query_unit *unit, const char *name);

/* Adds an event. Returns 0, or -1 with the reason. */
int queries_add(struct queries *s, const struct event *ev, bool held_out, struct errmsg *e);

/* Asks what is still to be asked, in ascending order of users. Returns 0, or -1 with the reason. */
int queries_end(struct queries *s, struct errmsg *e);

#endif

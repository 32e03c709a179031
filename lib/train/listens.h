/*
 * listens: what users listened to, for trainers: events of logs as arrays, user after user and session after session.
 *
 * An event carries the listen of its `track`, and the recommendation that the user's NEXT event listens to. So how a
 * listen was recommended stands in the event of its user before it.
 *
 * A user's events are taken in the order of their timestamps, those of the same timestamp in the order of the log;
 * where one of them has no timestamp, all in the order of the log; and so they are where the user's sessions overlap,
 * as those of two simulated days may: in the order of the timestamps, fewer listens would then be to what the event
 * before them recommended. Sessions end at `last`; one that has not ended is a
 * session like the others. Users are numbered in ascending order of their ids. So are tracks: as in the catalog, or,
 * where there is none, those that occur. The result depends on the log alone, not on how it is split into files.
 */
#ifndef BOTIFY_LISTENS_H
#define BOTIFY_LISTENS_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/id_index.h"
#include "event/event.h"
#include "world/catalog.h"

enum listen_how {
	LISTEN_FIRST,	/* the first of its session: the user chose it */
	LISTEN_UNIFORM, /* recommended by a uniform draw: source "random" or "exhausted", with its pool; or "explore" */
	LISTEN_OTHER	/* recommended otherwise, by a source that is not known, or not at all */
};

struct listen {
	uint32_t track; /* index */
	uint32_t session; /* index */
	float time;	  /* 0 .. 1 */
	uint32_t position : 30; /* in the session, from 0; tracks that the catalog does not have count too */
	uint32_t how : 2;	/* enum listen_how */
};

struct listens {
	struct listen *list; /* n */
	size_t n;
	uint32_t *session_first; /* n_sessions + 1: session s is list[session_first[s] .. session_first[s + 1]) */
	uint32_t *session_user;	 /* n_sessions: the user's index */
	size_t n_sessions;
	uint32_t *user_first; /* n_users + 1: user u has the sessions user_first[u] .. user_first[u + 1] - 1 */
	uint32_t *user_ids;   /* n_users, ascending */
	size_t n_users;
	uint32_t *track_ids; /* n_tracks, ascending */
	size_t n_tracks;
	size_t n_how[3];	/* listens by enum listen_how */
	size_t unknown;		/* listens left out because the catalog does not have the track */
	uint32_t first_unknown; /* the lowest id among them */
};

/* Events as they come, 24 bytes each. Zero-initialise. */
struct listens_reader {
	struct listens_event *events;
	size_t n, cap;
	struct id_index users; /* place: number in order of appearance, from 1 */
};

/* Takes an event. Returns 0, or -1 with the reason (out of memory, more than 2^32 - 2 events). */
int listens_add(struct listens_reader *r, const struct event *ev, struct errmsg *e);

/*
 * Makes listens of all events; `catalog` may be NULL. The reader is empty then, also after a failure. Returns 0, or -1
 * with the reason. Free with listens_clear in either case.
 */
int listens_make(struct listens *l, struct listens_reader *r, const struct catalog *catalog, struct errmsg *e);
void listens_clear(struct listens *l);

/* Frees a reader from which no listens are wanted. */
void listens_reader_clear(struct listens_reader *r);

#endif

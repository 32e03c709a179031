/*
 * sessions: what the recommender remembers of each user: the session that is open, and how many ended before it.
 *
 * A session is open from the first request after the user's last "last" to the next "last". The number of the session
 * and of the step in it key every random draw, so they are kept, and saved, with the history.
 *
 * At most max_open sessions are open at a time; where one more is opened, the one whose user has been silent for
 * longest is ended as if the user had left. Of a session of more than SESSIONS_MAX_PLAYS plays, the older half is
 * forgotten: filters and sources no longer see it, but steps go on being counted.
 *
 * The state file is NDJSON, a line {"botify-state":1}, then one a user: first those without an open session in the
 * order in which they left, then the others in the order of their last requests, which is that in which they would have
 * to give way.
 *
 *     {"user":42,"sessions":3,"timestamp":1704067200000,"plays":[[796,0.81],[3859,0.2]],"recent":[[12,1],[796,0.81]]}
 *
 * `sessions` counts those that ended; `timestamp` is that of the user's latest event (absent where there is none);
 * `plays` (of the open session; absent where none is open) holds track and time. The track may be one that the catalog
 * does not have: it stays in the state, for a catalog that has it. It is null where an older state did not say which.
 * `forgotten` (absent where it is 0) says how many plays were forgotten before these. `recent` holds the last listens
 * of all sessions likewise, where a policy asks for them. A user of whom there is nothing to say is left out.
 *
 * A state shall be that of the events that were delivered, and they are gathered before they are written. So what a
 * request changed can be undone until its event has been delivered: sessions_written notes where in the output it ends.
 */
#ifndef BOTIFY_SESSIONS_H
#define BOTIFY_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/lock.h"
#include "event/event.h"
#include "policy/session_table.h"
#include "world/catalog.h"
#include "world/history.h"

enum { SESSIONS_MAX_PLAYS = 10000 };

enum sessions_change_kind { SESSIONS_OPENED, SESSIONS_PLAYED, SESSIONS_ENDED };

/* What a request changed. */
struct sessions_change {
	enum sessions_change_kind kind;
	struct session *session;
	uint64_t end;	/* where its event ends in the output */
	uint64_t moved; /* of the user, before */
	/* of a session that ended */
	struct history *ended;
	bool gave_way; /* to another one */
	/* of a play */
	bool forgot;	       /* whether the oldest of the last listens had to make room */
	struct play forgotten; /* and which it was */
	int64_t timestamp;     /* of the user, before */
	struct play *shed;     /* the older half of a long session, or NULL; owned */
};

struct sessions {
	struct session_table users;
	struct history **spare; /* histories of sessions that ended, for those that begin */
	size_t n_spare, spare_cap;
	uint32_t oldest, oldest_open, newest; /* in the order of the state file, by place; 0: none */
	size_t n_open;
	size_t max_open;  /* 0: as many as come; set before the first user comes */
	uint64_t dropped; /* how many sessions had to give way */
	uint64_t moves, before; /* so far; and `moved` as it was of the user whose session was opened last */
	struct sessions_change *changes; /* that may have to be undone, in order */
	size_t n_changes, changes_cap;
	size_t remembered; /* how many last listens of a user are kept over sessions; set before the first user comes */
};

/* A zeroed struct knows no user. */
void sessions_clear(struct sessions *s);

/* What is remembered of a user, with or without an open session; made where that is nothing. NULL: no memory. */
struct session *sessions_user(struct sessions *s, uint32_t user);

/*
 * The user's session, opened if none is; it is the last to give way then. Valid until the next call. NULL where there
 * is no memory.
 */
struct session *sessions_open(struct sessions *s, uint32_t user);

/*
 * Notes a listen in the session that was opened last, and in what is remembered over sessions. Returns 0, or -1 where
 * there is no memory.
 */
int sessions_add(struct sessions *s, struct session *session, const struct catalog *c, struct play play);

/* Ends a session that sessions_open gave. Returns 0, or -1 where there is no memory. */
int sessions_end(struct sessions *s, struct session *session);

/* The event of all that has changed since the last one ends at this byte of the output, counted from 1. */
void sessions_written(struct sessions *s, uint64_t end);

/* All events have been delivered: what they changed will not be undone. */
void sessions_delivered(struct sessions *s);

/* Undoes what was changed since the last event that ends within the first `delivered` bytes of the output. */
void sessions_undo(struct sessions *s, const struct catalog *c, uint64_t delivered);

/* Reads a state file; one that does not exist or is empty knows no user. Returns 0, or -1 with file, line, reason. */
int sessions_load(struct sessions *s, const char *path, const struct catalog *c, struct errmsg *e);

/*
 * Writes one, whole or not at all. Where the file there is locked, the new one is, before it takes its place. Returns
 * 0, or -1 with the reason.
 */
int sessions_save(const struct sessions *s, const char *path, struct lock *lock, struct errmsg *e);

#endif

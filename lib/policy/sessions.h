/*
 * sessions: what the recommender remembers of each user: the session that is open, and how many ended before it.
 *
 * A session is open from the first request after the user's last "last" to the next "last". The number of the session
 * and of the step in it key every random draw, so they are kept, and saved, with the history.
 *
 * The state file is NDJSON, a line {"botify-state":1}, then one a user in the order in which they came:
 *
 *     {"user":42,"sessions":3,"plays":[[796,0.81],[3859,0.2]]}
 *
 * `sessions` counts those that ended; `plays` (of the open session; absent where none is open) holds track and time.
 * The track may be one that the catalog does not have: it stays in the state, for a catalog that has it. It is null
 * where an older state did not say which. A user of whom there is nothing to say is left out.
 *
 * A state shall be that of the events that were delivered, and they are gathered before they are written. So what a
 * request changed can be undone until its event has been delivered: sessions_changed notes where in the output it ends.
 */
#ifndef BOTIFY_SESSIONS_H
#define BOTIFY_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/idmap.h"
#include "base/lock.h"
#include "world/catalog.h"
#include "world/history.h"

struct session {
	uint32_t user;
	uint32_t number;	 /* how many of the user's sessions ended before this one */
	struct history *history; /* NULL where no session is open */
};

/* What one request changed: a play was added, and perhaps the session was ended. */
struct sessions_change {
	uint64_t end;	       /* where its event ends in the output */
	uint32_t place;	       /* of the user in the list */
	struct history *ended; /* of the session that it ended, or NULL */
};

struct sessions {
	struct session *list; /* one a user, in the order in which they came */
	size_t n, cap;
	struct idmap index; /* user id to place in the list */
	struct history **spare; /* histories of sessions that ended, for those that begin */
	size_t n_spare, spare_cap;
	struct sessions_change *changes; /* that may have to be undone, in order */
	size_t n_changes, changes_cap;
};

/* A zeroed struct knows no user. */
void sessions_clear(struct sessions *s);

/* The user's session, opened if none is. Valid until the next call. NULL where there is no memory. */
struct session *sessions_open(struct sessions *s, uint32_t user);

/*
 * Adds a play to a session that sessions_open gave, and ends it where it is the last. The history of one that was ended
 * is valid until the next call. Returns 0, or -1 where there is no memory, and nothing has changed then.
 */
int sessions_play(struct sessions *s, struct session *session, const struct catalog *c, struct play play, bool last);

/* The event of the last play ends at this byte of the output, counted from 1. */
void sessions_written(struct sessions *s, uint64_t end);

/* All events have been delivered: what they changed will not be undone. */
void sessions_delivered(struct sessions *s);

/* Undoes what was changed by events that end after the first `delivered` bytes of the output. */
void sessions_undo(struct sessions *s, const struct catalog *c, uint64_t delivered);

/* Reads a state file; one that does not exist or is empty knows no user. Returns 0, or -1 with file, line, reason. */
int sessions_load(struct sessions *s, const char *path, const struct catalog *c, struct errmsg *e);

/*
 * Writes one, whole or not at all. Where the file there is locked, the new one is, before it takes its place. Returns
 * 0, or -1 with the reason.
 */
int sessions_save(const struct sessions *s, const char *path, struct lock *lock, struct errmsg *e);

#endif

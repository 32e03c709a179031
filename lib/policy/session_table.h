/*
 * session_table: the users that a recommender has met, by id and in the order in which they came.
 *
 * An answer must not wait until room has been made for all users, as where arrays and hash tables double: entries stand
 * in segments, which never move, and the index is split by the hash of the id into tables that double one by one.
 */
#ifndef BOTIFY_SESSION_TABLE_H
#define BOTIFY_SESSION_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/idmap.h"
#include "policy/kept.h"
#include "world/history.h"

enum { SESSION_SEGMENT = 256, SESSION_INDEX_PARTS = 256 };

/* What is remembered of a user. */
struct session {
	uint32_t user;
	uint32_t number;	 /* how many of the user's sessions ended before this one */
	struct history *history; /* NULL where no session is open */
	struct kept kept;	 /* of it; whoever makes something of it need not free that */
	int64_t timestamp;	 /* the latest of their events; EVENT_NO_TIMESTAMP: there is none */
	struct play *recent;	 /* the last listens over all sessions, the newest last; NULL where there are none */
	uint32_t n_recent;	 /* at most sessions.remembered */
	uint32_t place;		 /* in the table, from 1 on */
	uint32_t older, newer;	 /* neighbours in the order of the state file, by place; 0: none */
	uint64_t moved;		 /* when it was moved to its place in that order: a count of moves */
};

/* Zero-initialise. What entries point to is the caller's. */
struct session_table {
	uint32_t n; /* entries */
	struct session **segments; /* of SESSION_SEGMENT entries each */
	size_t n_segments, segments_cap;
	struct idmap index[SESSION_INDEX_PARTS]; /* user id to place */
};

void session_table_clear(struct session_table *t);

/* The entry at a place, 1 to n. It stays where it is. */
static inline struct session *session_table_at(const struct session_table *t, uint32_t place)
{
	return &t->segments[(place - 1) / SESSION_SEGMENT][(place - 1) % SESSION_SEGMENT];
}

/* The entry of a user, or NULL. */
struct session *session_table_find(const struct session_table *t, uint32_t user);

/* Makes the entry of a user who has none, zeroed but for `user` and `place`. NULL where there is no memory. */
struct session *session_table_add(struct session_table *t, uint32_t user);

#endif

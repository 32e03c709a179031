/*
 * recent: the last listens of a user over all sessions.
 */
#ifndef BOTIFY_RECENT_H
#define BOTIFY_RECENT_H

#include <stdbool.h>
#include <stddef.h>

#include "policy/session_table.h"

/* Makes room for the last `most` listens of a user. Returns 0, or -1 where there is no memory. */
int recent_reserve(struct session *session, size_t most);

/* Notes a listen, for which there is room. Returns whether the oldest had to go, and which it was. */
bool recent_add(struct session *session, size_t most, struct play play, struct play *oldest);

/* Takes the newest back, and the oldest, which had to go for it, in again; NULL where none had to. */
void recent_undo(struct session *session, const struct play *oldest);

#endif

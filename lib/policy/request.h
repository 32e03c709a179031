/*
 * request: what a policy is asked after a listen that a session has taken note of.
 */
#ifndef BOTIFY_REQUEST_H
#define BOTIFY_REQUEST_H

#include "base/idmap.h"
#include "event/event.h"
#include "policy/scored.h"
#include "policy/session_table.h"
#include "policy/source.h"
#include "world/catalog.h"

/* Memory that one request after another is answered in. Zero-initialise. */
struct request_memory {
	struct idmap excluded;
	struct scored scratch, candidates;
};

void request_memory_clear(struct request_memory *m);

/*
 * Makes what is asked for a next track after an event, which is the last play of the session; no candidates are to be
 * told of. Ids that the event excludes and the catalog does not have exclude nothing. The session is borrowed, and the
 * memory until the next call. Returns 0, or -1 where there is no memory.
 */
int request_make(struct policy_request *q, struct request_memory *m, struct session *session, const struct catalog *c,
		 const struct event *ev);

#endif

/*
 * event_head: whose an event is, and when it was, without reading the rest of the line.
 *
 * The rest may be wrong and is for the reader of the whole line to see; only what stands here has been looked at. A
 * line that does not begin as botify writes it is read to its end, and one that is no event may do, too, as long as it
 * has a user: lines of states and tables.
 */
#ifndef BOTIFY_EVENT_HEAD_H
#define BOTIFY_EVENT_HEAD_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "event/event.h"

struct event_head {
	enum event_message message; /* EVENT_NEXT where the line says nothing */
	int64_t timestamp; /* ms since the epoch, or EVENT_NO_TIMESTAMP */
	uint32_t user;
};

/*
 * Reads it from a line. What is not simple is left to event_parse, for which the parser is. Returns 0, or -1 with the
 * reason that there is no user.
 */
int event_head_read(struct event_head *h, struct event_parser *p, const char *text, size_t len, struct errmsg *e);

#endif

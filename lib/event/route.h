/*
 * route: which of several shards a line of a log goes to.
 *
 * The same line goes to the same shard whatever else is in the log, but where lines are counted, and sessions, which
 * have numbers among those of their user.
 */
#ifndef BOTIFY_ROUTE_H
#define BOTIFY_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/id_index.h"
#include "event/assignment.h"
#include "event/event.h"

enum route_by {
	ROUTE_USER,    /* all lines of a user to one shard: m(decimal user id, m("botify-split", 0)) mod n */
	ROUTE_DAY,     /* by the day of the timestamp, in UTC */
	ROUTE_HOUR,    /* likewise */
	ROUTE_LINES,   /* to each in turn */
	/* of a holdout: by what is in the line, so that an event that was delivered twice is not parted */
	ROUTE_EVENT,
	ROUTE_SESSION  /* of a holdout: all lines of a session */
};

enum { ROUTE_MAX = 1000, ROUTE_NAME_SIZE = 32 };

struct route_choice {
	enum route_by by;
	size_t n;     /* shards, at most ROUTE_MAX; 0, by day or hour: one for each that occurs */
	bool holdout; /* two shards: the second holds `share` of the events, sessions or users, drawn by the seed */
	uint64_t seed;
	double share;
};

struct route_session; /* private */

/* Zero-initialise. */
struct route {
	struct route_choice choice;

	/* private */
	struct assignment users;
	struct event_parser parser;
	uint64_t lines;
	size_t last; /* the shard of the line before */
	int64_t *spans; /* the days or hours of the shards, where each has its own */
	size_t n_spans, spans_cap;
	struct id_index session_index; /* places in `sessions`, from 1 */
	struct route_session *sessions;
	size_t n_sessions, sessions_cap;
};

/* Sets "user", "day" and so on. Returns 0, or -1 where there is no such way. */
int route_by_name(enum route_by *by, const char *name);

/* Parses "SEED:SHARE", as 7:0.1, into a holdout. Returns 0; or -1 with the reason, which begins with `what`. */
int route_parse_holdout(struct route_choice *c, const char *what, const char *text, struct errmsg *e);

/* Begins with a choice. A zeroed route may be cleared too. */
void route_init(struct route *r, const struct route_choice *c);
void route_clear(struct route *r);

enum route_status {
	ROUTE_ONE,     /* to *shard */
	ROUTE_EVERY,   /* to all: what a state begins with */
	ROUTE_REFUSED, /* the line does not say where; the reason is in e */
	ROUTE_FAILED   /* no further line can be routed: no memory, more days than ROUTE_MAX, or a part; likewise */
};

/* Where the next line goes, which comes without its end. A blank line goes with the one before. */
enum route_status route_line(struct route *r, const char *text, size_t len, size_t *shard, struct errmsg *e);

/* Where a user goes, by user. */
size_t route_user(const struct route *r, uint32_t user);

/*
 * Where an event goes, of a holdout: as its line, `text`, would. Events that are not read whole, and lines that are not
 * events, do not count here.
 */
enum route_status route_event(struct route *r, const struct event *ev, struct slice text, size_t *shard,
			      struct errmsg *e);

/* How many shards there are, so far. */
size_t route_shards(const struct route *r);

/* What a shard is called: "07" of more than ten, "2024-01-31", "2024-01-31T07"; "train" and "test" of a holdout. */
const char *route_name(const struct route *r, size_t shard, char name[ROUTE_NAME_SIZE]);

#endif

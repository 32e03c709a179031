/*
 * overview: the first look at a log that nobody knows: what is in it, and what is missing for more.
 *
 * All is counted in whole numbers, so that neither the order in which users come nor a split of the log by user
 * matters. A session ends with its `last`; those without an end are open. A play was recommended where the user's event
 * before it in the session recommended its track; it counts for the source that did.
 *
 * Memory grows with the users, the tracks, the hours that have events and the tracks of open sessions, and not with the
 * events.
 */
#ifndef BOTIFY_OVERVIEW_H
#define BOTIFY_OVERVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/id_index.h"
#include "base/intern.h"
#include "base/slice.h"
#include "event/event.h"
#include "rank/popularity.h"
#include "world/catalog.h"

/* Some plays, and how they went. */
struct overview_plays {
	uint64_t plays, skipped, liked;
	int64_t billionths; /* of a track: the sum of times */
};

enum overview_count {
	OVERVIEW_EVENTS,
	OVERVIEW_SESSIONS,	  /* that ended */
	OVERVIEW_OPEN,		  /* that did not */
	OVERVIEW_ANSWERS,	  /* events that recommend a track */
	OVERVIEW_FOLLOWED,	  /* after which the user played it */
	OVERVIEW_NOT_FOLLOWED,	  /* after which the session went on with another track */
	OVERVIEW_REPEATED_TRACKS, /* plays of tracks that the session had played */
	OVERVIEW_KNOWN,		  /* plays after the first whose track is in the catalog, */
	OVERVIEW_REPEATED_ARTISTS, /* and of them, those whose artist the session had played */
	OVERVIEW_UNKNOWN,	  /* plays of tracks that are not in the catalog */
	OVERVIEW_NO_TIMESTAMP,
	OVERVIEW_BACKWARDS,	  /* events that are earlier than the user's event before */
	OVERVIEW_NO_SOURCE,	  /* answers without it; likewise the next */
	OVERVIEW_NO_PROPENSITY,	  /* nor pool */
	OVERVIEW_NO_EXPERIMENTS,
	OVERVIEW_NO_LATENCY,
	OVERVIEW_COUNTS
};

/* Places in a session: 1 to 5 each, then 6-10, 11-20, 21-50, 51-100, 101 and more. */
enum { OVERVIEW_PLACES = 10, OVERVIEW_HOURS = 24 };
extern const char *const overview_places[OVERVIEW_PLACES];

struct overview_choice {
	double skipped; /* a play is skipped where it is shorter, */
	double liked;	/* and liked where it is as long, or longer */
	const struct catalog *catalog; /* borrowed, or NULL */
};

struct overview_user; /* private */

/* Zero-initialise but the choice. */
struct overview {
	struct overview_choice choice;
	bool with_catalog; /* there is one, or was where parts were counted */
	uint64_t counts[OVERVIEW_COUNTS];
	struct overview_plays all, first; /* first tracks of sessions, which are in `all` too */
	struct overview_plays places[OVERVIEW_PLACES], hours[OVERVIEW_HOURS];
	struct intern sources;	       /* in order of first appearance; "" where none is named */
	struct overview_plays *by_source; /* sources.n of them: recommended plays */
	uint64_t *answers;	       /* sources.n of them */
	size_t by_source_cap, answers_cap;
	struct popularity tracks;
	int64_t from, until;	     /* ms, or EVENT_NO_TIMESTAMP */
	struct popularity spans; /* plays by hour since the epoch */
	struct id_index index;	     /* places of users, from 1 */
	uint32_t *ids;		     /* of n_users */
	struct overview_user *users;
	size_t n_users, users_cap, ids_cap;

	/* private */
	struct play_counts **spare; /* of sessions that ended */
	size_t n_spare, spare_cap;
};

void overview_init(struct overview *o, const struct overview_choice *choice);
void overview_clear(struct overview *o);

/* Takes an event. Returns 0, or -1 with the reason. */
int overview_add(struct overview *o, const struct event *ev, struct errmsg *e);

/* After the last: counts the sessions that are open. */
void overview_end(struct overview *o);

/* The longest time without events between the first and the last, in whole hours, and when it began (ms). */
int64_t overview_longest_gap(const struct overview *o, int64_t *from);

/* For overview_part.c: takes note of a user. Returns 1 where they are new, 0 where not, -1 where there is no memory. */
int overview_add_user(struct overview *o, uint32_t id);

/* For overview_part.c: the number of a source, with room for its counts. INTERN_NONE where there is no memory. */
uint32_t overview_source(struct overview *o, struct slice name, uint32_t guess);

#endif

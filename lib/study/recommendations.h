/*
 * recommendations: where recommendations came from, by arm and source, and how often they repeated what the session
 * had heard.
 *
 * An answer is an event with a recommendation; it counts for the arm that the event itself names. Unlike users and
 * sessions, answers are not left out where a session did not end or its user was seen in two arms.
 *
 * All numbers are counts, so they merge exactly. For repeats the tracks of each open session are kept: memory grows
 * with the users who have one, and the tracks in it.
 */
#ifndef BOTIFY_RECOMMENDATIONS_H
#define BOTIFY_RECOMMENDATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/intern.h"
#include "event/event.h"
#include "world/history.h"

/* What matters here of an event. */
struct answer {
	uint32_t track, recommendation; /* ids; EVENT_NO_TRACK: no answer */
	uint32_t source;		/* number in `sources` of struct recommendations */
	uint32_t pool;			/* 0: absent */
};

struct recommendations_count {
	uint64_t recommendations;
	uint64_t pools, pool;	  /* of the answers, those that carry a pool, and the sum of it */
	uint64_t repeated_tracks; /* those whose track the session had played; the one just finished is one of them */
	uint64_t with_artist;	   /* those whose track is in the catalog, */
	uint64_t repeated_artists; /* and those whose artist the session had played */
};

/* Zero-initialise. */
struct recommendations {
	struct intern sources; /* "" for answers that name none; in order of first appearance, so see intern_sorted */
	struct recommendations_count *counts;
	size_t counts_cap;
	struct intern keys; /* of the counts: experiment, arm and source, as bytes */
	uint32_t last;	     /* number of the key before; a guess */
	struct play_counts **open; /* of tracks by their ids, by the user's place; NULL: no session is open */
	size_t n_open, open_cap;
	struct play_counts **spare; /* those of sessions that ended */
	size_t n_spare, spare_cap;
};

void recommendations_clear(struct recommendations *a);

/* What an event answers. Returns 0, or -1 where there is no memory. */
int recommendations_of(struct recommendations *a, const struct event *ev, struct answer *answer);

/*
 * Takes the next event of a user into account: the track that was played, and the end of the session where it is its
 * last. *found is the answer as a count of 1, to be added where it belongs. `c` may be NULL. Returns 0, or -1 where
 * there is no memory.
 */
int recommendations_hear(struct recommendations *a, uint32_t user, const struct answer *answer, bool last,
			 const struct catalog *c, struct recommendations_count *found);

/* What the open session of a user has heard; NULL where none is open, or nothing was heard. */
const struct play_counts *recommendations_heard(const struct recommendations *a, uint32_t user);

/* Opens a session that has heard these n tracks. Returns 0, or -1 where there is no memory. */
int recommendations_resume(struct recommendations *a, uint32_t user, const uint32_t *tracks, size_t n,
			   const struct catalog *c);

/* Adds to what was counted for an arm and a source, by their numbers. Returns 0, or -1 where there is no memory. */
int recommendations_add(struct recommendations *a, uint32_t experiment, uint32_t arm, uint32_t source,
			const struct recommendations_count *count);

/* What the i-th of the a->keys.n counts is of, by numbers. */
struct recommendations_key {
	uint32_t experiment, arm, source;
};

struct recommendations_key recommendations_key_of(const struct recommendations *a, size_t i);

/* What was counted for them; all 0 where nothing was. */
struct recommendations_count recommendations_find(const struct recommendations *a, uint32_t experiment, uint32_t arm,
						  uint32_t source);

/* A count, where it is to be put in order. */
struct recommendations_row {
	uint32_t experiment, arm, source;
	uint32_t place; /* of the source among the names of all */
	const struct recommendations_count *count;
};

/*
 * All counts, in order of experiments and arms by number, and of sources by name. A new array of a->keys.n, or NULL
 * where there is no memory.
 */
struct recommendations_row *recommendations_sorted(const struct recommendations *a);

/* Those of one arm: the first of *n in such an array; 0 of them where there are none. */
const struct recommendations_row *recommendations_of_arm(const struct recommendations *a,
							 const struct recommendations_row *rows, uint32_t experiment,
							 uint32_t arm, size_t *n);

/* Adds up. */
void recommendations_sum(struct recommendations_count *sum, const struct recommendations_count *count);

/* For study.c: gives each experiment x the number to[x]. Returns 0, or -1 where there is no memory. */
int recommendations_renumber(struct recommendations *a, const uint32_t *to);

#endif

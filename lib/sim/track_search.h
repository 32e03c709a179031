/*
 * track_search (private to lib/sim): tracks whose artist and title hold all words of a line, some at a time.
 */
#ifndef BOTIFY_TRACK_SEARCH_H
#define BOTIFY_TRACK_SEARCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "world/catalog.h"

enum { TRACK_SEARCH_SHOWN = 10 };

/* Zero-initialise: it finds nothing. */
struct track_search {
	char *text;    /* what is looked for */
	uint32_t next; /* the track from which on */
	uint32_t found[TRACK_SEARCH_SHOWN]; /* n_found of them, by index */
	size_t n_found;
	size_t more; /* that come after these */
};

void track_search_clear(struct track_search *s);

/*
 * Looks for words, in any case, parts of words too, and finds the first of the tracks that have them. Returns 0, or -1
 * where there is no memory.
 */
int track_search_begin(struct track_search *s, const struct catalog *c, struct slice words);

/* Finds those that come next; none where there are no more. */
void track_search_go_on(struct track_search *s, const struct catalog *c);

#endif

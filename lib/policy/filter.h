/*
 * filter: what a policy strikes out of its candidates. See botify-policy(7).
 *
 * A kind of filter is a row of the table in filter.c. A filter judges a track by how often the session has played it,
 * and how often its artist. So it can judge all tracks of an artist at once, which is how draw.c counts what is left
 * of a whole catalog without looking at all of it. Three more promises make that right: it lets pass what has not been
 * played at all; what it lets pass at some counts it lets pass at lower ones; and it judges the two counts apart: it
 * lets a track pass if it would for the one alone and for the other alone.
 */
#ifndef BOTIFY_FILTER_H
#define BOTIFY_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"

struct filter {
	const struct filter_kind *kind;
	uint32_t limit; /* artist: n */
};

/* Parses name{:arg}. Returns 0, or -1 with the reason. Nothing to free. */
int filter_parse(struct filter *f, const char *text, struct errmsg *e);

/* Whether a track may be played next that has been played `track_plays` times, and its artist `artist_plays` times. */
bool filter_allows(const struct filter *f, uint32_t track_plays, uint32_t artist_plays);

/* Whether all of n filters let it pass. */
bool filters_allow(const struct filter *f, size_t n, uint32_t track_plays, uint32_t artist_plays);

/* The names there are, i = 0, 1, …; NULL after the last. */
const char *filter_kind_name(size_t i);

#endif

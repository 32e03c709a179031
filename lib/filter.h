/*
 * filter: what a policy strikes out of its candidates. See botify-policy(7).
 *
 * A kind of filter is a row of the table in filter.c. Every filter keeps this promise, which lets draw.c count what is
 * left of a whole catalog without looking at all of it: it strikes out only tracks of artists that the session has
 * heard.
 */
#ifndef BOTIFY_FILTER_H
#define BOTIFY_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalog.h"
#include "errmsg.h"
#include "history.h"

struct filter {
	const struct filter_kind *kind;
	uint32_t limit; /* artist: n */
};

/* Parses name{:arg}. Returns 0, or -1 with the reason. Nothing to free. */
int filter_parse(struct filter *f, const char *text, struct errmsg *e);

/* Whether a track may be played next in a session with this history. Constant time. */
bool filter_allows(const struct filter *f, const struct catalog *c, const struct history *h, uint32_t track);

/* The names there are, i = 0, 1, …; NULL behind the last. */
const char *filter_kind_name(size_t i);

#endif

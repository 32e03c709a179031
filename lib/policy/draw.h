/*
 * draw: one track, uniformly, of the candidates that a chain of filters lets through.
 */
#ifndef BOTIFY_DRAW_H
#define BOTIFY_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "policy/filter.h"
#include "policy/pool.h"
#include "policy/tally.h"
#include "world/catalog.h"
#include "world/history.h"

/* Different tracks to draw from, borrowed. */
struct candidates {
	const uint32_t *tracks; /* NULL: the tracks 0 .. n-1 */
	const uint32_t *place;	/* by track: where it stands in `tracks`, n or more where it does not; NULL: unknown */
	size_t n;
	const uint32_t *without; /* where there is no `place`: one of the tracks that is not a candidate; NULL: none */
	/* where `tracks` are all of an artist: which one; NULL: they are not, or who knows */
	const struct artist *artist;
	const struct pool *pool; /* what is known of them before; NULL: nothing */
};

struct filter_chain {
	const struct catalog *catalog;
	const struct history *history;
	const struct idmap *excluded; /* tracks that do not pass, whatever the filters say */
	const struct filter *filters;
	size_t n_filters;
	const struct pools *pools; /* of the candidates, by the same filters; NULL: none */
	struct tallies **tallies;  /* of the session, *tallies NULL while it has none; NULL: none are kept */
};

/* Whether the filters let a track pass; plays only add to what they strike out. */
bool filter_chain_allows(const struct filter_chain *s, uint32_t track);

/* Whether a track passes: it is not excluded, and the filters let it. */
bool filter_chain_passes(const struct filter_chain *s, uint32_t track);

/* The i-th track to draw from, which need not be a candidate; and whether a track is one and passes. */
static inline uint32_t candidates_nth(const struct candidates *c, uint32_t i)
{
	return c->tracks ? c->tracks[i] : i;
}

static inline bool candidates_passes(const struct candidates *c, const struct filter_chain *s, uint32_t track)
{
	return !(c->without && *c->without == track) && filter_chain_passes(s, track);
}

/* Whether a track is one of the candidates, and passes. */
bool candidates_have(const struct candidates *c, const struct filter_chain *s, uint32_t track);

/*
 * Draws one of the candidates that pass. Returns how many passed, which is what the draw was uniform over; 0 where none
 * did, and then nothing is drawn. Where it can be told whether a track is a candidate (no `tracks`, or a `place`, or an
 * `artist`), the time this takes depends on the history and not on the number of candidates, but where few of them are
 * left. With a pool it does not depend on that either; and with tallies, which are made for a long session where there
 * are none, not on the history. What is drawn is the same.
 */
uint32_t draw(const struct filter_chain *s, struct candidates c, struct rng *r, uint32_t *track);

#endif

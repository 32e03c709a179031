/*
 * draw: one track, uniformly, of the candidates that a sieve of filters lets through.
 */
#ifndef BOTIFY_DRAW_H
#define BOTIFY_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalog.h"
#include "filter.h"
#include "history.h"
#include "lists.h"
#include "rng.h"

struct sieve {
	const struct catalog *catalog;
	const struct history *history;
	const struct idmap *excluded; /* tracks that do not pass, whatever the filters say */
	const struct filter *filters;
	size_t n_filters;
};

/*
 * Draws one of the candidates that pass. `candidates` holds no track twice; NULL tracks mean the tracks 0 .. n-1, and
 * then no list of them is built. Returns how many passed, which is what the draw was uniform over; 0 where none did,
 * and then nothing is drawn.
 */
uint32_t draw(const struct sieve *s, struct span candidates, struct rng *r, uint32_t *track);

#endif

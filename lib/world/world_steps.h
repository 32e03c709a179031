/*
 * world_steps (private to lib/world): what the files of world.h share: how they draw, and the steps of world_make
 * that have files of their own.
 */
#ifndef BOTIFY_WORLD_STEPS_H
#define BOTIFY_WORLD_STEPS_H

#include <stddef.h>

#include "base/rng.h"
#include "world/world.h"

enum { WORLD_GENRES = 24 };

/* What is drawn. Of what has several, the thing's number comes with it. */
enum world_kind {
	WORLD_ORDER, WORLD_DIRECTION, WORLD_ARTIST, WORLD_ARTIST_NAME, WORLD_ARTIST_DIRECTION, WORLD_APPEAL,
	WORLD_TRACK_DIRECTION, WORLD_TITLE, WORLD_USER, WORLD_SAMPLE,
};

static inline struct rng world_draw(const struct world *w, enum world_kind kind, size_t number)
{
	return rng_at(w->options.seed, RNG_WORLD, kind, (uint32_t)number, 0);
}

/* Makes the embeddings of the tracks, which have their artists. Returns 0, or -1 where there is no memory. */
int world_embed(struct world *w);

/*
 * Stretches the embeddings until random tracks are worth WORLD_REWARD to the users; what they are worth then is in
 * *reward, which may be NULL: too little or too much where no factor does it. Likewise.
 */
int world_stretch(struct world *w, double *reward);

/* The first of n ascending sums that is greater than x, or else the last one. */
uint32_t world_find_sum(const double *sums, uint32_t n, double x);

#endif

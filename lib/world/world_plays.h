/*
 * world_plays: a world of tracks that are given, with their embeddings, whose users are drawn from plays.
 *
 * The model is that of the published preprocessing:
 *
 * - A user is drawn from the users of the plays, with a chance proportional to all their plays.
 * - Its interests are three different tracks, drawn one after the other, each with a chance proportional to how often
 *   that user played it. Where an item of the plays is several tracks, its plays are theirs in equal parts. A user who
 *   played fewer tracks has fewer interests.
 * - consume_bias is uniform on 0 .. 10; consume_sharpness is uniform on 1 .. 2, or one over that, either as likely as
 *   the other. Both are rounded to four decimals.
 *
 * All embeddings are stretched by one factor, as those of an invented world are (world.h): so that random tracks are
 * worth WORLD_REWARD.
 */
#ifndef BOTIFY_WORLD_PLAYS_H
#define BOTIFY_WORLD_PLAYS_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "text/npy.h"
#include "world/catalog.h"
#include "world/plays.h"
#include "world/world.h"

/*
 * The tracks of each item: those whose line of the catalog has it as "item", text or a number; where no line has that
 * key, the track of which it is the id.
 */
struct item_tracks {
	uint32_t *first;  /* n_items + 1: item i is tracks[first[i]] .. tracks[first[i + 1] - 1] */
	uint32_t *tracks; /* indices */
	size_t unknown;	  /* items without a track */
	uint32_t first_unknown;
};

/* Loads the catalog, and what its tracks are of. Returns 0, or -1 with the reason. Free both in either case. */
int item_tracks_load(struct item_tracks *t, struct catalog *c, const char *path, const struct plays *p,
		     struct errmsg *e);
void item_tracks_clear(struct item_tracks *t);

/*
 * Makes the world: n_users and the seed are those of the options, the rest comes from the catalog, which is borrowed,
 * and from its embeddings. Returns 0, or -1 with the reason: nobody played a track of the catalog, or no factor makes
 * random tracks worth what they should be. Free with world_clear in either case.
 */
int world_from_plays(struct world *w, const struct world_options *o, const struct catalog *c,
		     const struct npy *embeddings, const struct plays *p, const struct item_tracks *t,
		     struct errmsg *e);

#endif

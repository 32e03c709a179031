/*
 * world: an invented world to experiment in: tracks with artists and titles, embeddings, users with tastes. For a world
 * of tracks that are given, see world_plays.h.
 *
 * Policies are compared by how they find their way from little knowledge to much, so what an invented world must get
 * right is not the names but the shape. The model is a plain one, made for botify; its numbers are set to what was
 * measured on a world of real music (50,000 tracks, 10,000 users, embeddings of 100 dimensions from real listening):
 *
 * - Artists have very unequal numbers of tracks. Of A artists, the one of rank r (from 0, the largest first) has
 *   80 exp(-6.2 sqrt((r + 1/2) / A)) tracks, rounded, but at least one; A is the number of tracks over 4.37, the mean
 *   of that. So half of the artists have one track, a tenth has more than eleven, the largest has 77. (Measured: median
 *   1, nine tenths at most 11, largest 80, mean 4.36.) Track ids tell nothing about the artist.
 * - Each artist has a genre, one of 24, genre g (from 0) with a chance proportional to 1 / (g + 1.5), and a fame
 *   1 / (1 + 10 u), with u uniform on 0 .. 3/4 plus a quarter of r / A: most are little known, a few everybody knows.
 * - An embedding is a sum of vectors of random direction: one of the genre (squared length 0.5), one of the artist's
 *   own (0.6), one of the track's own (0.004 a dimension) and the mainstream's, 0.4 times the artist's fame long.
 *   Genres and the mainstream are at right angles as far as there are dimensions for it. The sum is stretched by
 *   1 + 0.3 fame.
 * - A user's interests are three tracks, drawn independently with chances proportional to fame / (v + 0.1), where fame
 *   is the artist's and v, uniform on 0 .. 1, the track's. consume_bias is uniform on 0 .. 10, consume_sharpness
 *   log-uniform on 1/2 .. 2 (both as measured), rounded to four decimals.
 *
 * One number is left, a factor that stretches all embeddings. It is solved for, so that random tracks are worth
 * what they are in the real world: WORLD_REWARD, the mean over sessions of the parts listened to, added up without
 * the first track. A fixed factor would not do: the fewer dimensions, the further spread the inner products of
 * unrelated tracks. Staying with the artist is then worth 2.0 to 2.3 from about 50 dimensions on, where it is 2.2
 * in the real world.
 *
 * The same options give the same world, bit for bit: draws are counted (rng.h), normal variates are sums of integers,
 * and where exp of the machine's library takes part, whose last bit may differ, the result is rounded far above it.
 */
#ifndef BOTIFY_WORLD_H
#define BOTIFY_WORLD_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "world/catalog.h"

enum { WORLD_INTERESTS = 3 };

#define WORLD_REWARD 1.1 /* that is 7.1 tracks and 2.1 of time a session, with the first track */

struct world_options {
	uint32_t n_tracks, n_users, dim; /* at least 1 each; tracks and users less than 2^31 */
	uint64_t seed;
};

struct world_artist {
	char *name;
	uint32_t n_tracks, genre;
	double fame; /* 0 .. 1 */
};

struct world_user {
	/* n_interests distinct tracks; fewer than that where there are not so many */
	uint32_t interests[WORLD_INTERESTS];
	uint32_t n_interests;
	double bias, sharpness;
};

struct world {
	struct world_options options;
	struct world_artist *artists; /* n_artists, by falling number of tracks */
	size_t n_artists;
	uint32_t *artist_of;	  /* of each track, an index in artists */
	float *embeddings;	  /* n_tracks x dim */
	struct world_user *users; /* n_users */
	/*
	 * what tracks there are, where they were not invented (world_plays.h); then there are no artists here.
	 * Borrowed.
	 */
	const struct catalog *catalog;
};

/* Invents a world. Returns 0, or -1 with the reason (out of memory). Free with world_clear in either case. */
int world_make(struct world *w, const struct world_options *o, struct errmsg *e);
void world_clear(struct world *w);

/*
 * Writes tracks.ndjson, users.ndjson and tracks.npy into a directory, which is made if it is absent (its parent must be
 * there). Each file appears whole or not at all. Returns 0, or -1 with the reason.
 */
int world_save(const struct world *w, const char *directory, struct errmsg *e);

#endif

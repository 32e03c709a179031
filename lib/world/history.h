/*
 * history: what a session has heard so far.
 */
#ifndef BOTIFY_HISTORY_H
#define BOTIFY_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/idmap.h"
#include "world/catalog.h"

#define HISTORY_NO_ID UINT32_MAX /* a track of which even the id is not known */

struct play {
	uint32_t track; /* index; CATALOG_NONE for a track that the catalog does not have */
	uint32_t id;	/* of the track, whether the catalog has it or not */
	double time;	/* the part listened to */
};

/* How often each track and each artist was played, by numbers of the caller's. Zero-initialise. */
struct play_counts {
	struct idmap tracks, artists;
};

void play_counts_clear(struct play_counts *p);

/* Forgets everything but keeps the memory. */
void play_counts_reset(struct play_counts *p);

/* Counts a play; the artist may be IDMAP_NONE, which is not counted. Returns 0, or -1 where there is no memory. */
int play_counts_add(struct play_counts *p, uint32_t track, uint32_t artist);

struct history {
	struct play *plays; /* n, in order */
	size_t n, cap;
	size_t forgotten; /* plays before these */
	struct play_counts counts; /* by indices in the catalog; tracks that it does not have do not count */
};

/* A zeroed struct is an empty history. */
void history_clear(struct history *h);

/* Forgets everything but keeps the memory for the next session; that of a long one is given back. */
void history_reset(struct history *h);

/*
 * Adds a play of a track, given by its index; CATALOG_NONE is one of which nothing is known. Returns 0, or -1 where
 * there is no memory.
 */
int history_add(struct history *h, const struct catalog *c, uint32_t track, double time);

/* Likewise, where the id is known of a track that the catalog does not have. */
int history_add_play(struct history *h, const struct catalog *c, struct play play);

/* Takes back the last play. */
void history_undo(struct history *h, const struct catalog *c);

/*
 * Forgets all plays but the last `keep`, as if the session had begun with them. Returns 0, or -1 where there is no
 * memory.
 */
int history_forget(struct history *h, const struct catalog *c, size_t keep);

/*
 * Takes that back: puts the `n` plays that were forgotten last before all others. Returns 0, or -1 where there is no
 * memory.
 */
int history_recall(struct history *h, const struct catalog *c, const struct play *plays, size_t n);

/* How many plays there have been, those that are forgotten included. */
static inline size_t history_steps(const struct history *h)
{
	return h->forgotten + h->n;
}

/* How often a track, or an artist, was played. Constant time. */
static inline uint32_t history_track_plays(const struct history *h, uint32_t track)
{
	return idmap_get(&h->counts.tracks, track, 0);
}

static inline uint32_t history_artist_plays(const struct history *h, uint32_t artist)
{
	return idmap_get(&h->counts.artists, artist, 0);
}

#endif

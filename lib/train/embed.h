/*
 * embed: embeddings of items, and a catalog, from plays: the first step from real listening to a world.
 *
 * Items are embedded by als (als.h) from how often users played them, dampened (csr.h): rows are users, columns items.
 * Hyperparameters that are not given are chosen by nDCG at 100 items on what was held out: of each user's items a
 * share, drawn by the seed.
 *
 * The lengths of such vectors are very unequal: what everybody plays has one ten times as long as most, and would be
 * to everybody's liking in a world of these. So a vector of length x is given the length x^lengths; 1 leaves them, 0
 * makes all alike.
 *
 * An item may become several tracks, as where items are artists. Each has the item's vector v and a part of its own:
 * v + noise |v| u, with a random direction u of length 1. So two tracks of an item have a cosine of
 * 1 / (1 + noise^2), about. A single one is v itself.
 */
#ifndef BOTIFY_EMBED_H
#define BOTIFY_EMBED_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "train/item_names.h"
#include "train/tune.h"
#include "world/plays.h"

struct embed_options {
	struct tune tune;
	double holdout; /* share of the plays */
	uint32_t tracks_per_item; /* at least 1 */
	double noise, lengths;
};

struct embedding {
	size_t n_tracks, d;
	float *vectors; /* n_tracks x d: the tracks of the first item, those of the second, … */
	struct hypers hypers; /* that were chosen */
};

/*
 * Whether plays can be learned from: several users, several items, not too many tracks. Returns 0, or -1 with the
 * reason.
 */
int embed_check(const struct plays *p, const struct embed_options *o, struct errmsg *e);

/* About how many bytes embed_make will take at once, beside the plays. */
double embed_bytes(const struct plays *p, const struct embed_options *o);

/*
 * Learns. The same plays, options and seed give the same vectors, bit for bit on one machine, for any number of
 * threads. Returns 0, or -1 with the reason. Free with embed_clear in either case.
 */
int embed_make(struct embedding *m, const struct plays *p, const struct embed_options *o, struct errmsg *e);
void embed_clear(struct embedding *m);

/* Whether embeddings could be written there: for a look before the work. Returns 0, or -1 with the reason. */
int embed_check_place(const char *path, struct errmsg *e);

/*
 * Writes tracks.ndjson and tracks.npy as the directory `path`, as a whole (save_directory.h). A line of the catalog has
 * the keys track, artist, title and item, which is the item as the plays have it. The track's id is the item's where an
 * item is one track, and its number, from 0, where it is several. The artist is the name of the item: the one of
 * `names`, which may be NULL, or its text, or "item 17". Returns 0, or -1 with the reason.
 */
int embed_save(const struct embedding *m, const struct plays *p, const struct item_names *names, const char *path,
	       struct errmsg *e);

#endif

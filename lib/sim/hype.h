/*
 * hype (private to lib/sim): tracks of the day, which everybody likes better for as long as it lasts.
 *
 * Of each day so many tracks are drawn uniformly from the catalog, by the seed and the day; one may be drawn twice.
 */
#ifndef BOTIFY_HYPE_H
#define BOTIFY_HYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed: there is none. */
struct hype {
	uint32_t *tracks; /* n of each day, ascending */
	size_t n;
};

/* Draws n tracks below n_tracks for each day. Returns 0, or -1 where there is no memory; clear in either case. */
int hype_init(struct hype *h, uint64_t seed, uint32_t days, uint32_t n, size_t n_tracks);
void hype_clear(struct hype *h);

/* Whether a track, by its index, is one of the day's. */
bool hype_has(const struct hype *h, uint32_t day, uint32_t track);

#endif

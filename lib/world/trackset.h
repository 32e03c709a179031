/*
 * trackset: reads arrays of track ids and sees to it that each names known tracks, each once.
 */
#ifndef BOTIFY_TRACKSET_H
#define BOTIFY_TRACKSET_H

#include <jansson.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "world/catalog.h"

struct trackset {
	const struct catalog *catalog; /* borrowed */
	uint32_t *stamp;	       /* by track: the array that named it last */
	uint32_t arrays;	       /* read so far */
};

/* Returns 0, or -1 where there is no memory. Free with trackset_clear. */
int trackset_init(struct trackset *s, const struct catalog *c);
void trackset_clear(struct trackset *s);

/*
 * Writes the indices of the tracks of an array to `tracks`, which has room for all. Returns 0, or -1 with the reason;
 * `what` names the array in it.
 */
int trackset_read(struct trackset *s, const json_t *array, const char *what, uint32_t *tracks, struct errmsg *e);

/* The same of n ids that have been read: `tracks` holds them, and afterwards the indices. */
int trackset_find(struct trackset *s, uint32_t *tracks, size_t n, const char *what, struct errmsg *e);

#endif

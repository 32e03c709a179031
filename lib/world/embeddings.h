/*
 * embeddings: a vector a track, and how near two of them are.
 */
#ifndef BOTIFY_EMBEDDINGS_H
#define BOTIFY_EMBEDDINGS_H

#include <stddef.h>

#include "base/errmsg.h"
#include "text/npy.h"
#include "world/catalog.h"

/*
 * Loads a matrix for a catalog: row i belongs to the track of index i, that is, rows are in the order of ascending
 * ids. Returns 0, or -1 with the reason, as where there are more or fewer rows than tracks, or values so large that
 * a product of rows would not be finite. Free with npy_clear.
 */
int embeddings_load(struct npy *m, const char *path, const struct catalog *c, struct errmsg *e);

/*
 * The inner product of two rows. It is summed in double precision and in an order that is fixed by the number of
 * columns alone, so that it is the same number on every machine.
 */
double embeddings_dot(const struct npy *m, size_t a, size_t b);

#endif

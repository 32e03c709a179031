/*
 * projector: vectors of tracks as the TensorBoard projector reads them: tensors.tsv, a line of numbers for each track,
 * separated by tabs, and metadata.tsv, a heading and a line for each track: title, artist and id.
 */
#ifndef BOTIFY_PROJECTOR_H
#define BOTIFY_PROJECTOR_H

#include "base/errmsg.h"
#include "text/npy.h"
#include "world/catalog.h"

/*
 * Loads the vectors that a path has, one for each track of the catalog: those of a .npy file, those of a session model,
 * or tracks.npy of another directory. Returns 0, or -1 with the reason. Free with npy_clear in either case.
 */
int projector_load(struct npy *vectors, const char *path, const struct catalog *c, struct errmsg *e);

/* Whether the files could be written there: for a look before the work. Returns 0, or -1 with the reason. */
int projector_check_place(const char *path, struct errmsg *e);

/*
 * Writes both files as the directory `path`, as a whole (save_directory.h). Numbers have nine digits, from which a
 * float reads back as it was. In names, tabs and what ends a line become spaces. Returns 0, or -1 with the reason.
 */
int projector_save(const struct npy *vectors, const struct catalog *c, const char *path, struct errmsg *e);

#endif

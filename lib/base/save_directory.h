/*
 * save_directory: an output directory of a few named files that appears whole or not at all; save.h for directories.
 *
 * It is made beside its place, as "name.PID.tmp", synced and put there by one exchange. An older directory of the same
 * kind is replaced as a whole; one that holds anything else is left alone, and refused. A signal that ends the process
 * removes what was begun.
 */
#ifndef BOTIFY_SAVE_DIRECTORY_H
#define BOTIFY_SAVE_DIRECTORY_H

#include <stdio.h>

#include "base/errmsg.h"

/* Of which files a directory is made. */
struct directory_kind {
	const char *of;		  /* for messages: "a model" */
	const char *const *names; /* at most DIRECTORY_FILES_MAX, NULL after the last */
};

enum { DIRECTORY_FILES_MAX = 8 };

/*
 * Whether such a directory may be put at a path: there is nothing, or a directory with no other files than those.
 * Returns 0, or -1 with the reason.
 */
int save_directory_check(const struct directory_kind *k, const char *path, struct errmsg *e);

/*
 * Makes it: write(f, which, ctx, e) writes each file in turn, and returns 0, or -1 with the reason; errors of f are
 * looked for here. Returns 0; or -1 with the reason, and what stood at the path stays.
 */
int save_directory(const struct directory_kind *k, const char *path,
		   int (*write)(FILE *f, size_t which, void *ctx, struct errmsg *e), void *ctx, struct errmsg *e);

#endif

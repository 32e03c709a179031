/*
 * overview_part: overviews of parts of a log that was split by user, as files (text/part.h). The first line is
 *
 *     {"partial":"botify-evaluate log","version":1,"skipped":0.1,"liked":0.8,"catalog":false,"sources":["random"],
 *      "from":1000,"until":2000,"parts":1,"bytes":99}
 *
 * and its numbers are the users, ascending; all counts; tracks and hours with their plays.
 */
#ifndef BOTIFY_OVERVIEW_PART_H
#define BOTIFY_OVERVIEW_PART_H

#include <stdio.h>

#include "base/errmsg.h"
#include "study/overview.h"

/* Writes one that has ended. Returns 0, or -1 with the reason; errors of f are for ferror to tell. */
int overview_write_part(const struct overview *o, FILE *f, struct errmsg *e);

/*
 * Adds the parts of a file, and how many they are to *parts. The first one says how it was counted; one that was
 * counted otherwise, and a user who is in two, are errors. Returns 0, or -1 with the file and the reason.
 */
int overview_read_part(struct overview *o, const char *path, uint64_t *parts, struct errmsg *e);

#endif

/*
 * save: an output file that appears whole or not at all.
 *
 * It is written beside its place, checked, synced and renamed; until then a file of that name stays as it was. "-"
 * and devices such as /dev/full are written directly.
 */
#ifndef BOTIFY_SAVE_H
#define BOTIFY_SAVE_H

#include <stdio.h>

#include "base/errmsg.h"

struct save {
	FILE *file; /* write here */
	char *path, *temporary;
};

/* Starts writing what shall become `path`. Returns 0, or -1 with the reason. */
int save_open(struct save *s, const char *path, struct errmsg *e);

/*
 * Checks, syncs, closes and renames. Returns 0; or -1 with the reason, and what stood at the path stays. In either
 * case `s` is closed.
 */
int save_commit(struct save *s, struct errmsg *e);

/* Gives up: removes what was written. May follow save_commit, and does nothing then. */
void save_abandon(struct save *s);

#endif

/*
 * save: an output file that appears whole or not at all.
 *
 * It is written without a name, checked, synced and then put in its place; until then a file of that name stays as it
 * was. A symbolic link goes on pointing at what it pointed at, which is what is replaced. However the process ends,
 * it leaves no other file; only on file systems that have no files without names (O_TMPFILE), a file "name.PID-0.tmp"
 * stands beside the place meanwhile, and SIGKILL leaves it.
 *
 * "-", devices, pipes, descriptors such as /dev/stdout or /dev/fd/3, and all else below /dev and /proc are written to
 * as they are, in their place.
 */
#ifndef BOTIFY_SAVE_H
#define BOTIFY_SAVE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/errmsg.h"

struct save {
	FILE *file; /* write here */

	/* private */
	char *name;	 /* for messages */
	char *path;	 /* what is replaced, in the end; NULL: nothing */
	char *temporary; /* the name that it has until then; NULL: none */
	int error;	 /* errno of save_flush; 0: none */
};

/* Starts writing what shall become `path`. Returns 0, or -1 with the reason. */
int save_open(struct save *s, const char *path, struct errmsg *e);

/* Shows what was written to those who read along, of a pipe say. Where that fails, save_commit will tell. */
void save_flush(struct save *s);

/*
 * Checks, syncs, closes and puts the file in its place. Returns 0; or -1 with the reason, and what stood at the path
 * stays (but where only the directory could not be synced: then the new file is there, and may not survive a power
 * cut). In either case `s` is closed.
 */
int save_commit(struct save *s, struct errmsg *e);

/* Gives up: removes what was written. May follow save_commit, and does nothing then. */
void save_abandon(struct save *s);

/*
 * Whether saving to a path would replace another file, by whatever name: one that is read, say, for which "-" is
 * standard input.
 */
bool save_replaces(const char *path, const char *other);

/* Likewise for the file that is open as a descriptor; and where the path is that descriptor itself. */
bool save_disturbs(const char *path, int fd);

#endif

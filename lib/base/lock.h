/*
 * lock: keeps a file that is loaded, and saved again and again (see save.h), to one process at a time.
 *
 * The lock is on the file itself, so that no other file is left. What is saved is another file than the one before: it
 * is locked before it takes its place. A file that was made for the lock is gone with it, also where a signal ends the
 * process, unless one was saved in its place.
 */
#ifndef BOTIFY_LOCK_H
#define BOTIFY_LOCK_H

#include "base/errmsg.h"

struct lock {
	int fd;		  /* -1: nothing is locked */
	const char *made; /* the path of a file that was made to be locked; NULL: it was there, or has been saved */
};

/*
 * Locks a file, which is made where there is none, or says which process has locked it. What is not a regular file, or
 * lies on a file system without locks, is let pass. Returns 0, or -1 with the reason. The path is borrowed. Free with
 * lock_release.
 */
int lock_take(struct lock *l, const char *path, struct errmsg *e);

/* Locks the file that is open as a descriptor, which may be closed afterwards; nobody else has locked it. */
void lock_take_new(struct lock *l, int fd);

/* The file has been saved, and stays. To be called before a signal can come; see unfinished_hold. */
void lock_keep(struct lock *l);

/* Where nothing is locked, does nothing. */
void lock_release(struct lock *l);

#endif

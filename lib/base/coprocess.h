/*
 * coprocess: a command that is fed through one pipe and read through another.
 */
#ifndef BOTIFY_COPROCESS_H
#define BOTIFY_COPROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/errmsg.h"

struct coprocess {
	pid_t pid;
	int to, from; /* its standard input and output; non-blocking, -1 once closed */
	bool surplus; /* whether it said more than blanks while it was waited for */
	size_t dropped; /* bytes that it said then */
};

/*
 * Starts a command, found by PATH. `argv` ends with NULL. No signal is blocked in it, and SIGPIPE not ignored.
 * Returns 0, or -1 with the reason.
 */
int coprocess_start(struct coprocess *c, char *const argv[], struct errmsg *e);

/* How long one may wait. */
struct patience {
	double seconds;
	int stop_fd; /* see stop.h; -1: none */
	double stopped; /* seconds from when that is readable, if that is less */
};

/*
 * Closes its standard input and waits until it has ended, with some patience, after which it is killed. What it still
 * says is read and dropped, so that it can finish what it does at its end. Returns 0 where it ended by itself with
 * status 0; or -1, and the reason says how it ended: "exited with status 3", "was killed by signal 9 (Killed)", "did
 * not end".
 */
int coprocess_wait(struct coprocess *c, struct patience patience, struct errmsg *e);

#endif

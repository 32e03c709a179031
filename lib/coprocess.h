/*
 * coprocess: a command that is fed through one pipe and read through another.
 */
#ifndef BOTIFY_COPROCESS_H
#define BOTIFY_COPROCESS_H

#include <stddef.h>
#include <sys/types.h>

#include "errmsg.h"

struct coprocess {
	pid_t pid;
	int to, from; /* its standard input and output; non-blocking, -1 once closed */
};

/*
 * Starts a command, found by PATH. `argv` ends with NULL. No signal is blocked in it, and SIGPIPE not ignored. Returns 0, or
 * -1 with the reason.
 */
int coprocess_start(struct coprocess *c, char *const argv[], struct errmsg *e);

/*
 * Closes its standard input, which tells it to end, and waits until it has, at most `patience` seconds, after which it is
 * killed. What it still writes is thrown away and counted in *unread, in bytes. Returns 0 where it ended by itself with
 * status 0; or -1, and the reason says how it ended: "exited with status 3", "was killed by signal 9 (Killed)", "did not
 * end".
 */
int coprocess_end(struct coprocess *c, double patience, size_t *unread, struct errmsg *e);

#endif

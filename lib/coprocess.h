/*
 * coprocess: a command that is fed through one pipe and read through another.
 */
#ifndef BOTIFY_COPROCESS_H
#define BOTIFY_COPROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "errmsg.h"

struct coprocess {
	pid_t pid;
	int to, from; /* its standard input and output; non-blocking, -1 once closed */
};

/*
 * Starts a command, found by PATH. `argv` ends with NULL. The signals that stop.h blocks are not blocked in it. Returns
 * 0, or -1 with the reason.
 */
int coprocess_start(struct coprocess *c, char *const argv[], struct errmsg *e);

/* Closes its standard input, which tells it to end. */
void coprocess_end_input(struct coprocess *c);

/*
 * Closes both pipes and waits until it has ended, at most `patience` seconds, after which it is killed. Returns 0
 * where it ended by itself with status 0; or -1, and the reason says how it ended: "exited with status 3", "was killed
 * by signal 9 (Killed)", "did not end".
 */
int coprocess_wait(struct coprocess *c, double patience, struct errmsg *e);

#endif

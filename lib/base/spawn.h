/*
 * spawn: starts a command that begins as from a shell: no signal is blocked in it, and SIGPIPE is not ignored.
 */
#ifndef BOTIFY_SPAWN_H
#define BOTIFY_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

struct spawn {
	char *const *argv; /* found by PATH; NULL after the last */
	char *const *env;  /* NULL: as here */
	int in, out;	   /* its standard input and output; -1: as here */
	bool own_group;	   /* it leads a process group of its own */
};

/* Returns 0, or an error number. */
int spawn(pid_t *pid, const struct spawn *s);

#endif

/*
 * shard: one of many outputs that lines are dealt out to: a file, which appears whole or not at all, or a command that
 * reads them from its standard input.
 *
 * What is put is gathered and written in large pieces, so that many of them take no more time than one. SIGPIPE is to
 * be ignored by the caller where there are commands: one that closes its input is an error of its shard only.
 */
#ifndef BOTIFY_SHARD_H
#define BOTIFY_SHARD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/errmsg.h"
#include "base/save.h"

/* What a command finds its shard's name in, in its environment. */
#define SHARD_VARIABLE "BOTIFY_SHARD"

enum { SHARD_BLOCK = 1 << 16 };

/* Zeroed, it is closed. */
struct shard {
	char *name;
	bool failed; /* what is put is dropped */

	/* private */
	struct save save;
	bool to_file, cut;
	pid_t pid; /* of the command; 0: none */
	int fd, stop_fd;
	char *buf;
	size_t n;
};

/* Opens a file called prefix and name. Returns 0, or -1 with the reason. */
int shard_open_file(struct shard *s, const char *prefix, const char *name, struct errmsg *e);

/*
 * Starts a command, found by PATH, with the name in its environment; its output goes where that of this process does.
 * `argv` ends with NULL. No signal is blocked in it, SIGPIPE not ignored, and it has a process group of its own. A
 * write that waits for it ends where stop_fd becomes readable (see stop.h; -1: never). Returns 0, or -1 with the
 * reason.
 */
int shard_open_command(struct shard *s, char *const argv[], const char *name, int stop_fd, struct errmsg *e);

enum { SHARD_STOPPED = 1 };

/*
 * Adds whole lines. The last of them may lack its newline, where a file ends: it gets one if more lines follow. Returns
 * 0; or -1 with the reason, once: from then on what is put is dropped; or SHARD_STOPPED.
 */
int shard_put(struct shard *s, const char *lines, size_t n, struct errmsg *e);

/*
 * Writes what is left, and closes the command's input, so that many commands can come to their ends together. Returns
 * what shard_put does. Nothing may be put any more.
 */
int shard_end(struct shard *s, struct errmsg *e);

/*
 * Does that, if it has not been done, and gives the file its name, or waits for the command's end. Returns 0; or
 * -1 with the reason, unless that has been told: what could not be written, or how the command ended, if not with
 * status 0; or SHARD_STOPPED. The shard is closed then.
 */
int shard_close(struct shard *s, struct errmsg *e);

/*
 * Closes without success: the file is dropped, and the command, which must not take what it has got for the whole, is
 * ended by SIGTERM, with all that it has started.
 */
void shard_abandon(struct shard *s);

#endif

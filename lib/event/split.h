/*
 * split: deals the lines of logs out to shards in one pass, in their order and with their bytes.
 *
 * All that a shard gets besides is a newline where a file ended without one and more lines follow.
 */
#ifndef BOTIFY_SPLIT_H
#define BOTIFY_SPLIT_H

#include <stddef.h>

#include "base/errmsg.h"
#include "base/shard.h"
#include "event/bad_lines.h"
#include "event/log.h"
#include "event/route.h"

struct split {
	struct route *route; /* just begun; borrowed */
	int stop_fd;	     /* see stop.h; -1: never */
	/* Opens the shard of that name. Returns 0, or -1 with the reason. */
	int (*open)(void *ctx, struct shard *s, const char *name, struct errmsg *e);
	/* called for each line and file that is passed over, and each shard that fails, with the reason */
	void (*complain)(void *ctx, const struct errmsg *reason);
	void *ctx;
	struct log_watch watch;
	/*
	 * NULL where the files are logs. Or deals out a file in another way, by split_put. Returns 0; -1 with the
	 * reason, which ends it; or SPLIT_STOPPED.
	 */
	int (*deal)(struct split *s, const char *path, struct errmsg *e);

	/* what became of it */
	/* lines (or what `deal` counts) that were dealt out, those that were not, and files that were not read */
	struct log_count count;
	size_t failed;		/* shards of commands that failed */

	/* private */
	struct shard *shards;
	size_t n_shards, shards_cap;
	uint64_t closed_bytes; /* of files that have been read */
};

enum { SPLIT_STOPPED = 1 };

/*
 * Deals out all lines of the files, "-" being standard input and an empty list too, and closes the shards. Where not a
 * line could be dealt out of what was bad, or where it fails or is told to stop, the shards are abandoned. Returns 0;
 * -1 with the reason, where a file could not be written, or not all shards opened; or SPLIT_STOPPED.
 */
int split_run(struct split *s, char *const *paths, size_t n_paths, struct errmsg *e);

/* For `deal`: adds whole lines to the i-th shard. Returns what `deal` does. */
int split_put(struct split *s, size_t i, const char *lines, size_t n, struct errmsg *e);

#endif

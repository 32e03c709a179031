/*
 * part_state: a part (part.h) that grows: the file of --state. It is locked from when it is read until it has been
 * saved, so that no other run adds to it meanwhile; it is replaced as a whole or stays as it was (base/save.h).
 */
#ifndef BOTIFY_PART_STATE_H
#define BOTIFY_PART_STATE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "base/lock.h"
#include "text/part.h"

struct part_state {
	const char *path;      /* borrowed */
	struct part_file file; /* what it holds: nothing where it is new */
	bool was_empty;	       /* it is new, but the file was there: a run that was killed may have left it so */

	/* private */
	struct lock lock;
};

/*
 * Locks and reads a state, which need not be there yet. What is no regular file is refused. Returns 0, or -1 with the
 * reason, which names the process that has it if one has. To be closed in either case.
 */
int part_state_open(struct part_state *s, const char *path, struct errmsg *e);

static inline bool part_state_is_new(const struct part_state *s)
{
	return s->file.n == 0;
}

/*
 * Reads its first part's first line, which is the caller's to free. NULL with the reason. Not to be called where it is
 * new.
 */
json_t *part_state_head(struct part_state *s, const struct part_kind *kind, struct errmsg *e);

/*
 * Replaces it by what `write` writes, which returns 0, or -1 with the reason. Returns 0; or -1 with the reason, and it
 * stays as it was.
 */
int part_state_save(struct part_state *s, int (*write)(void *ctx, FILE *f, struct errmsg *e), void *ctx,
		    struct errmsg *e);

/* Unlocks it; one that is new and was not saved is gone. */
void part_state_close(struct part_state *s);

#endif

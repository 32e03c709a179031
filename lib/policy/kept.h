/*
 * kept: what is kept of a session beside its history, so that an answer need not look at all that was played again.
 *
 * It can be made again from the history at any time, and holds for one policy.
 */
#ifndef BOTIFY_KEPT_H
#define BOTIFY_KEPT_H

#include "policy/tally.h"

struct vote_count;

/* Zeroed, nothing is kept yet. */
struct kept {
	struct tallies *tallies;  /* see draw.h; NULL: none yet */
	struct vote_count *votes; /* see votes.h; likewise */
};

/* Keeps nothing any more. */
void kept_drop(struct kept *k);

/* Counts the last play of the history, which all but it has been counted of; or drops what cannot be kept. */
void kept_add(struct kept *k, const struct history *h);

#endif

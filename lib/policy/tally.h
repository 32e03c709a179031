/*
 * tally: how much of each pool a session has struck out, kept as it goes on.
 *
 * A play strikes out its track, or all tracks of its artist, or nothing: so the counts of a long session are brought up
 * to date in a time that does not depend on its length. Those of a short one are as quickly made anew, and its tallies
 * would only take memory: it has none (TALLIES_FROM).
 */
#ifndef BOTIFY_TALLY_H
#define BOTIFY_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/idmap.h"
#include "policy/pool.h"
#include "world/history.h"

enum { TALLIES_FROM = 22 }; /* different tracks in a session: one more, and a table of them would double */

struct tally {
	uint32_t struck;	 /* candidates */
	struct idmap struck_of;	 /* of each artist: those that are struck out whatever becomes of the artist */
	uint16_t *left;		 /* in each block; NULL: nobody has asked yet */
};

struct tallies {
	const struct pools *pools; /* borrowed */
	size_t n;
	struct tally list[]; /* one a pool */
};

/* New tallies of what a session has played so far; NULL where there is no memory. Free with tallies_free. */
struct tallies *tallies_new(const struct pools *p, const struct history *h);
void tallies_free(struct tallies *t);

/*
 * Counts the last play of the history, which all but it has been counted of. Returns 0; or -1 where there is no
 * memory, and then the tallies are of no use any more.
 */
int tallies_add(struct tallies *t, const struct history *h);

/* How many candidates are left in each block of a pool, new; NULL where there is no memory. It has blocks. */
uint16_t *tally_blocks(const struct pools *p, const struct pool *pool, const struct history *h);

#endif

/*
 * vote_count (private to lib/policy): the votes of a session, counted as it goes on.
 *
 * Each play votes for the tracks of its list. To count those of a long session anew for each answer takes longer the
 * longer it is: here a play is counted once, and the best are at hand, for the tracks with votes are a heap. It takes
 * some 40 bytes a track: so only where many votes were cast are counts kept (see votes.h).
 */
#ifndef BOTIFY_VOTE_COUNT_H
#define BOTIFY_VOTE_COUNT_H

#include <stddef.h>
#include <stdint.h>

#include "base/idmap.h"
#include "policy/candidate_lists.h"
#include "policy/draw.h"
#include "policy/scored.h"
#include "world/history.h"

struct vote_count {
	const struct candidate_lists *lists; /* whose votes; borrowed */
	size_t counted;			     /* plays of the history */
	struct scored_track *heap;	     /* n tracks that have not been struck out, the best of them first */
	size_t n, cap;
	struct idmap place; /* of a track in the heap, plus 1; or VOTE_STRUCK, for good */
	struct scored_track *best; /* what vote_count_best found */
	size_t best_cap;
	struct vote_count *next; /* of other lists */
};

/* A new one, of no play. NULL where there is no memory. Free with vote_count_free, the next ones too. */
struct vote_count *vote_count_new(const struct candidate_lists *lists, struct vote_count *next);
void vote_count_free(struct vote_count *v);

/* Counts the plays that the history has gained. Returns 0, or -1 where there is no memory: it is of no use then. */
int vote_count_add(struct vote_count *v, const struct history *h);

/*
 * Finds the n tracks with most votes among those that pass, of equal votes the lower track first: in v->best, valid
 * until the next call. A track that the filters do not let pass will never be asked for again: plays only add to what
 * they strike out. Returns how many there are, at most n, in *found; and 0, or -1 where there is no memory.
 */
int vote_count_best(struct vote_count *v, const struct filter_chain *chain, size_t n, size_t *found);

#endif

/*
 * votes (private to lib/policy): the tracks that most speaks for in a session: every track listened to votes for
 * those of its list, with the part of it that was listened to.
 */
#ifndef BOTIFY_VOTES_H
#define BOTIFY_VOTES_H

#include "policy/source.h"

/*
 * Draws uniformly one of the s->count tracks with most votes among those that pass the chain, of equal votes the
 * lower track. A track without votes is none. For source.c: returns as source_choose.
 */
int votes_choose(const struct source *s, const struct policy_request *q, const struct filter_chain *chain,
		 struct rng *r, struct choice *c);

#endif

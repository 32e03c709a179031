/*
 * votes (private to lib/policy): the tracks with most votes in a session: every track listened to votes for
 * those of its list, with the part of it that was listened to.
 */
#ifndef BOTIFY_VOTES_H
#define BOTIFY_VOTES_H

#include "policy/source.h"

/* Where plays have cast so many votes, counts of them are kept with the session: they are 4 to 8 KiB then. */
enum { VOTES_KEPT_FROM = 128 };

/*
 * Draws uniformly one of the s->count tracks with most votes among those that pass the chain; where votes are equal,
 * the lower track counts as better. A track without votes is not a candidate. For source.c: returns as source_choose.
 */
int votes_choose(const struct source *s, const struct policy_request *q, const struct filter_chain *chain,
		 struct rng *r, struct choice *c);

#endif

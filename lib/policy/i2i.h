/*
 * i2i (private to lib/policy): from one track that the user listened to, to one like it.
 *
 * Of the user's last N listens, of this session or over all, an anchor is drawn with the probability of the time that
 * was listened to; the answer is the first track of its list that is not among these listens and passes the filters.
 * Where the list has none left, another anchor is drawn from the rest. It is the source of the course from which
 * botify comes.
 */
#ifndef BOTIFY_I2I_H
#define BOTIFY_I2I_H

#include "policy/source.h"

/* For source.c: s->count is N, s->word says that only listens of this session count. Returns as source_choose. */
int i2i_choose(const struct source *s, const struct policy_request *q, const struct filter_chain *chain, struct rng *r,
	       struct choice *c);

#endif

#include "policy/votes.h"

#include <math.h>

/* Lets a play vote for the tracks of its list. */
static int cast_votes(const struct candidate_lists *lists, const struct play *play, const struct filter_chain *chain,
		      struct scored *votes)
{
	struct span list = candidate_lists_get(lists, play->track);

	for (size_t i = 0; i < list.n; i++)
		if (filter_chain_passes(chain, list.tracks[i]) && scored_add(votes, list.tracks[i], play->time) < 0)
			return -1;
	return 0;
}

int votes_choose(const struct source *s, const struct policy_request *q, const struct filter_chain *chain,
		 struct rng *r, struct choice *c)
{
	const struct history *h = q->history;
	struct scored *votes = q->scratch;
	size_t n, told;

	scored_reset(votes);
	for (size_t i = 0; i < h->n; i++)
		if (h->plays[i].time > 0 && cast_votes(&s->table->lists, &h->plays[i], chain, votes) < 0)
			return -1;
	told = scored_best(votes, s->count > q->explain ? s->count : q->explain);
	n = told < s->count ? told : s->count;
	if (n == 0)
		return 0;
	for (size_t i = 0; i < told && i < q->explain; i++)
		if (scored_add(q->candidates, votes->list[i].track, votes->list[i].score) < 0)
			return -1;
	*c = (struct choice){.pool = (uint32_t)n, .propensity = NAN};
	c->track = votes->list[rng_below(r, c->pool)].track;
	for (size_t i = 0; q->considered && i < n; i++)
		if (votes->list[i].track == *q->considered)
			c->considered = 1.0 / c->pool;
	return 1;
}

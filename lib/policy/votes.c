#include "policy/votes.h"

#include <math.h>

#include "policy/kept.h"
#include "policy/vote_count.h"

/* The best of the tracks with votes. */
struct elected {
	const struct scored_track *tracks;
	size_t n;
};

/* Lets a play vote for the tracks of its list, of which those that pass count; *cast are votes for any. */
static int cast_votes(const struct candidate_lists *lists, const struct play *play, const struct filter_chain *chain,
		      struct scored *votes, size_t *cast)
{
	struct span list = candidate_lists_get(lists, play->track);

	*cast += list.n;
	for (size_t i = 0; i < list.n; i++)
		if (filter_chain_passes(chain, list.tracks[i]) && scored_add(votes, list.tracks[i], play->time) < 0)
			return -1;
	return 0;
}

/* The count of a list's votes that is kept, or NULL. */
static struct vote_count *kept_count(const struct candidate_lists *lists, const struct policy_request *q)
{
	struct vote_count *v = q->kept ? q->kept->votes : NULL;

	while (v && v->lists != lists)
		v = v->next;
	return v;
}

/* Begins to keep counts. Where there is no memory for that, the next answer counts all again. */
static void keep_count(const struct candidate_lists *lists, const struct policy_request *q)
{
	struct vote_count *v = vote_count_new(lists, q->kept->votes);

	if (!v)
		return;
	q->kept->votes = v;
	if (vote_count_add(v, q->history) < 0)
		kept_drop(q->kept);
}

/*
 * Counts the votes of all plays; where they have cast many, counts are kept from then on. Returns 0, or -1 where there
 * is no memory.
 */
static int count_all(const struct candidate_lists *lists, const struct policy_request *q,
		     const struct filter_chain *chain, size_t n, struct elected *best)
{
	size_t cast = 0;
	const struct history *h = q->history;

	scored_reset(q->scratch);
	for (size_t i = 0; i < h->n; i++)
		if (h->plays[i].time > 0 && cast_votes(lists, &h->plays[i], chain, q->scratch, &cast) < 0)
			return -1;
	if (q->kept && cast >= VOTES_KEPT_FROM)
		keep_count(lists, q);
	*best = (struct elected){.n = scored_best(q->scratch, n), .tracks = q->scratch->list};
	return 0;
}

/* Counts the votes of those plays that have not been counted yet. Returns 0, or -1 where there is no memory. */
static int count_on(struct vote_count *v, const struct policy_request *q, const struct filter_chain *chain, size_t n,
		    struct elected *best)
{
	if (vote_count_add(v, q->history) < 0 || vote_count_best(v, chain, n, &best->n) < 0) {
		kept_drop(q->kept);
		return -1;
	}
	best->tracks = v->best;
	return 0;
}

int votes_choose(const struct source *s, const struct policy_request *q, const struct filter_chain *chain,
		 struct rng *r, struct choice *c)
{
	const struct candidate_lists *lists = &s->table->lists;
	struct vote_count *v = kept_count(lists, q);
	size_t most = s->count > q->explain ? s->count : q->explain, n;
	struct elected best;

	if ((v ? count_on(v, q, chain, most, &best) : count_all(lists, q, chain, most, &best)) < 0)
		return -1;
	n = best.n < s->count ? best.n : s->count;
	if (n == 0)
		return 0;
	for (size_t i = 0; i < best.n && i < q->explain; i++)
		if (scored_add(q->candidates, best.tracks[i].track, best.tracks[i].score) < 0)
			return -1;
	*c = (struct choice){.pool = (uint32_t)n, .propensity = NAN};
	c->track = best.tracks[rng_below(r, c->pool)].track;
	for (size_t i = 0; q->considered && i < n; i++)
		if (best.tracks[i].track == *q->considered)
			c->considered = 1.0 / c->pool;
	return 1;
}

#include "policy/i2i.h"

/* The listens that anchors are drawn from, the newest last. */
struct listens {
	const struct play *plays;
	size_t n;
};

static struct listens last_listens(const struct source *s, const struct policy_request *q)
{
	struct listens session = {q->history->plays, q->history->n}, recent = {q->recent, q->n_recent};
	struct listens all = s->word ? session : recent;
	size_t n = all.n < s->count ? all.n : s->count;

	return (struct listens){.plays = all.plays + (all.n - n), .n = n};
}

static bool was_heard(const struct listens *l, uint32_t track)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->plays[i].track == track)
			return true;
	return false;
}

/* The first track of an anchor's list that may be played, or CATALOG_NONE. */
static uint32_t follow_anchor(const struct candidate_lists *lists, uint32_t anchor, const struct listens *l,
			      const struct filter_chain *chain)
{
	struct span list = candidate_lists_get(lists, anchor);

	for (size_t i = 0; i < list.n; i++)
		if (!was_heard(l, list.tracks[i]) && filter_chain_passes(chain, list.tracks[i]))
			return list.tracks[i];
	return CATALOG_NONE;
}

/*
 * Drawing anchors one after another until one has a track left is the same as drawing once from those that have: so the
 * probability of a track is the share of the time that leads to it.
 */
int i2i_choose(const struct source *s, const struct policy_request *q, const struct filter_chain *chain, struct rng *r,
	       struct choice *c)
{
	struct listens l = last_listens(s, q);
	struct scored *tracks = q->scratch;
	double total = 0, at;
	size_t i = 0;

	scored_reset(tracks);
	for (size_t k = 0; k < l.n; k++) {
		const struct play *play = &l.plays[k];
		uint32_t track = CATALOG_NONE;

		if (play->time > 0)
			track = follow_anchor(&s->table->lists, play->track, &l, chain);
		if (track == CATALOG_NONE)
			continue;
		if (scored_add(tracks, track, play->time) < 0)
			return -1;
		total += play->time;
	}
	if (tracks->n == 0)
		return 0;
	for (at = rng_uniform(r) * total; i + 1 < tracks->n && at >= tracks->list[i].score; i++)
		at -= tracks->list[i].score;
	*c = (struct choice){.track = tracks->list[i].track, .propensity = tracks->list[i].score / total};
	for (i = 0; q->considered && i < tracks->n; i++)
		if (tracks->list[i].track == *q->considered)
			c->considered = tracks->list[i].score / total;
	scored_best(tracks, q->explain);
	for (i = 0; i < tracks->n && i < q->explain; i++)
		if (scored_add(q->candidates, tracks->list[i].track, tracks->list[i].score / total) < 0)
			return -1;
	return 1;
}

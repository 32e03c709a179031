#include "policy/chances.h"

#include <math.h>

/* Asks the policy, for up to `explain` candidates too. */
static int ask(const struct chances *c, struct policy_request *q, size_t explain, const uint32_t *considered,
	       struct rng *r, struct choice *choice)
{
	struct recommendation a = {0};

	q->explain = explain;
	q->considered = considered;
	scored_reset(q->candidates);
	if (policy_recommend(c->policy, q, r, &a) < 0)
		return -1;
	*choice = a.choice;
	return 0;
}

/* Of how many tracks a uniform draw would be, and whether a track is one of them. */
static uint32_t count_any(const struct chances *c, const struct policy_request *q, uint32_t track, bool *has)
{
	struct rng r = rng_at(0, RNG_EXPLORE, 0, 0, 0);
	uint32_t any, n = policy_draw_any(c->policy, q, &r, &any);

	/* where all are excluded, any may be drawn */
	*has = !idmap_get(q->excluded, track, 0) || idmap_get(q->excluded, any, 0);
	return n;
}

/* The probability of a track that the policy itself gives with the probability `own`. */
static double mix(const struct chances *c, const struct policy_request *q, uint32_t track, double own)
{
	bool has;
	uint32_t n;

	if (c->epsilon == 0)
		return own;
	n = count_any(c, q, track, &has);
	return (1 - c->epsilon) * own + (has ? c->epsilon / n : 0);
}

int chances_of_track(const struct chances *c, struct policy_request *q, uint32_t track, double *chance)
{
	struct rng r = rng_at(0, RNG_POLICY, 0, 0, 0); /* what is drawn is of no interest */
	struct choice choice;

	if (ask(c, q, 0, &track, &r, &choice) < 0)
		return -1;
	q->considered = NULL;
	*chance = mix(c, q, track, choice.considered);
	return 0;
}

/* What the policy itself may give: the track of its choice, what q->candidates tells of, or more than that. */
enum range { RANGE_ONE, RANGE_LISTED, RANGE_MORE };

/* How many of the candidates may be given. */
static size_t count_listed(const struct policy_request *q, const struct choice *choice)
{
	return choice->pool > 0 ? choice->pool : q->candidates->n;
}

/* The probability with which the i-th candidate is given. */
static double listed_chance(const struct policy_request *q, const struct choice *choice, size_t i)
{
	return choice->pool > 0 ? 1.0 / choice->pool : q->candidates->list[i].score;
}

/* Whether the candidates are all that may be given. */
static bool are_all(const struct policy_request *q, const struct choice *choice)
{
	size_t n = count_listed(q, choice);
	double sum = 0;

	if (choice->pool > 0)
		return q->candidates->n >= n;
	for (size_t i = 0; i < n; i++)
		sum += listed_chance(q, choice, i);
	return fabs(sum - 1) <= 1e-9;
}

/* Finds out, and makes the choice; choice->considered is how likely `considered` was. */
static int ask_range(const struct chances *c, struct policy_request *q, const uint32_t *considered, struct rng *r,
		     struct choice *choice, enum range *range)
{
	struct choice listed;

	if (ask(c, q, 0, considered, r, choice) < 0)
		return -1;
	*range = choice->pool == 0 && isnan(choice->propensity) ? RANGE_ONE : RANGE_MORE;
	if (*range == RANGE_ONE || choice->pool > CHANCES_LISTED)
		return 0;
	if (ask(c, q, CHANCES_LISTED, NULL, r, &listed) < 0)
		return -1;
	if (are_all(q, &listed))
		*range = RANGE_LISTED;
	return 0;
}

/* The probability that the policy itself gives a track, where that is in the range. */
static double find_listed(const struct policy_request *q, const struct choice *choice, enum range range,
			  uint32_t track)
{
	if (range == RANGE_ONE)
		return choice->track == track;
	for (size_t i = 0; i < count_listed(q, choice); i++)
		if (q->candidates->list[i].track == track)
			return listed_chance(q, choice, i);
	return 0;
}

int chances_of_artist(const struct chances *c, struct policy_request *q, uint32_t artist, double *chance)
{
	const struct catalog *catalog = &c->policy->tables->catalog;
	const struct artist *a = &catalog->artists[artist];
	const uint32_t *tracks = catalog->by_artist + a->first;
	struct rng r = rng_at(0, RNG_POLICY, 0, 0, 0);
	struct choice choice;
	enum range range;

	if (ask_range(c, q, &tracks[0], &r, &choice, &range) < 0)
		return -1;
	q->considered = NULL;
	*chance = mix(c, q, tracks[0], choice.considered);
	for (uint32_t i = 1; i < a->n; i++) {
		double one;

		if (range != RANGE_MORE)
			one = mix(c, q, tracks[i], find_listed(q, &choice, range, tracks[i]));
		else if (chances_of_track(c, q, tracks[i], &one) < 0)
			return -1;
		*chance += one;
	}
	return 0;
}

/* What the policy itself gives, with weights that sum to `share`; *own is how likely `track` is. */
static int each_own(const struct chances *c, struct policy_request *q, uint32_t track, double *own, unsigned draws,
		    struct rng *r, double share, void (*each)(void *ctx, uint32_t track, double weight), void *ctx)
{
	struct choice choice;
	enum range range;

	if (ask_range(c, q, &track, r, &choice, &range) < 0)
		return -1;
	*own = choice.considered;
	if (range == RANGE_ONE)
		each(ctx, choice.track, share);
	for (size_t i = 0; range == RANGE_LISTED && i < count_listed(q, &choice); i++)
		each(ctx, q->candidates->list[i].track, share * listed_chance(q, &choice, i));
	for (unsigned i = 0; range == RANGE_MORE && i < draws; i++) {
		if (i > 0 && ask(c, q, 0, NULL, r, &choice) < 0)
			return -1;
		each(ctx, choice.track, share / draws);
	}
	return 0;
}

int chances_each(const struct chances *c, struct policy_request *q, uint32_t track, double *chance, unsigned draws,
		 struct rng *r, void (*each)(void *ctx, uint32_t track, double weight), void *ctx)
{
	double own = 0;

	for (unsigned i = 0; c->epsilon > 0 && i < draws; i++) {
		uint32_t any;

		policy_draw_any(c->policy, q, r, &any);
		each(ctx, any, c->epsilon / draws);
	}
	if (c->epsilon < 1 && each_own(c, q, track, &own, draws, r, 1 - c->epsilon, each, ctx) < 0)
		return -1;
	q->considered = NULL;
	*chance = mix(c, q, track, own);
	return 0;
}

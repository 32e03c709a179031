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

int chances_of_track(const struct chances *c, struct policy_request *q, uint32_t track, double *chance)
{
	struct rng r = rng_at(0, RNG_POLICY, 0, 0, 0); /* what is drawn is of no interest */
	struct choice choice;
	bool has;
	uint32_t n;

	if (ask(c, q, 0, &track, &r, &choice) < 0)
		return -1;
	q->considered = NULL;
	*chance = choice.considered;
	if (c->epsilon > 0) {
		n = count_any(c, q, track, &has);
		*chance = (1 - c->epsilon) * choice.considered + (has ? c->epsilon / n : 0);
	}
	return 0;
}

int chances_of_artist(const struct chances *c, struct policy_request *q, uint32_t artist, double *chance)
{
	const struct catalog *catalog = &c->policy->tables->catalog;
	const struct artist *a = &catalog->artists[artist];
	double one;

	*chance = 0;
	for (uint32_t i = 0; i < a->n; i++) {
		if (chances_of_track(c, q, catalog->by_artist[a->first + i], &one) < 0)
			return -1;
		*chance += one;
	}
	return 0;
}

/* Tells of the candidates, if they are all that may be given. Returns whether they are. */
static bool tell_listed(const struct policy_request *q, const struct choice *choice, double share,
			void (*each)(void *ctx, uint32_t track, double weight), void *ctx)
{
	const struct scored *s = q->candidates;
	size_t n = choice->pool > 0 ? choice->pool : s->n;
	double sum = 0;

	for (size_t i = 0; choice->pool == 0 && i < n; i++)
		sum += s->list[i].score;
	if (s->n < n || (choice->pool == 0 && fabs(sum - 1) > 1e-9))
		return false;
	for (size_t i = 0; i < n; i++)
		each(ctx, s->list[i].track, share * (choice->pool > 0 ? 1.0 / (double)n : s->list[i].score));
	return true;
}

/* What the policy itself gives, with weights that sum to `share`. */
static int each_own(const struct chances *c, struct policy_request *q, unsigned draws, struct rng *r, double share,
		    void (*each)(void *ctx, uint32_t track, double weight), void *ctx)
{
	struct choice choice;

	if (ask(c, q, 0, NULL, r, &choice) < 0)
		return -1;
	if (choice.pool == 0 && isnan(choice.propensity)) {
		each(ctx, choice.track, share);
		return 0;
	}
	if (choice.pool <= CHANCES_LISTED) {
		struct choice listed;

		if (ask(c, q, CHANCES_LISTED, NULL, r, &listed) < 0)
			return -1;
		if (tell_listed(q, &listed, share, each, ctx))
			return 0;
	}
	for (unsigned i = 0; i < draws; i++) {
		if (i > 0 && ask(c, q, 0, NULL, r, &choice) < 0)
			return -1;
		each(ctx, choice.track, share / draws);
	}
	return 0;
}

int chances_each(const struct chances *c, struct policy_request *q, unsigned draws, struct rng *r,
		 void (*each)(void *ctx, uint32_t track, double weight), void *ctx)
{
	for (unsigned i = 0; c->epsilon > 0 && i < draws; i++) {
		uint32_t track;

		policy_draw_any(c->policy, q, r, &track);
		each(ctx, track, c->epsilon / draws);
	}
	return c->epsilon < 1 ? each_own(c, q, draws, r, 1 - c->epsilon, each, ctx) : 0;
}

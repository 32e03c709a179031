#include "policy/explore.h"

#include <math.h>

/* The probability with which the policy gives what it gave. */
static double own_probability(const struct choice *c)
{
	return c->pool > 0 ? 1.0 / c->pool : isnan(c->propensity) ? 1 : c->propensity;
}

int explore_recommend(const struct policy *p, double epsilon, struct policy_request *q, struct rng *coin, struct rng *r,
		      struct recommendation *a)
{
	bool explored = rng_uniform(coin) < epsilon;
	uint32_t any, n = policy_draw_any(p, q, coin, &any);
	double own;

	q->considered = explored ? &any : NULL;
	if (policy_recommend(p, q, r, a) < 0)
		return -1;
	own = explored ? a->choice.considered : own_probability(&a->choice);
	if (explored)
		*a = (struct recommendation){.source = "explore", .choice.track = any};
	a->choice.pool = 0;
	a->choice.propensity = epsilon / n + (1 - epsilon) * own;
	q->considered = NULL;
	return 0;
}

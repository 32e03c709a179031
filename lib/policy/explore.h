/*
 * explore (private to lib/policy): a policy that gives way, now and then, to a uniform draw, so that every track has a
 * chance which is known: what estimates of other policies from the log need (epsilon-greedy exploration; Sutton and
 * Barto, "Reinforcement Learning", 2nd ed., section 2.2).
 *
 * With probability epsilon the answer is any of the N tracks of the catalog that the request does not exclude, whatever
 * the filters of the policy say; else it is the policy's. Either may give the same track, so its probability is
 *
 *     epsilon / N + (1 - epsilon) * (the probability that the policy gives it)
 *
 * which is known for every source: 1/pool where it draws uniformly, what it says where it draws otherwise, and 1 or 0
 * where it does not draw. Which source of a policy answers depends on the request and the history, and not on chance;
 * so the policy is asked each time, also where the answer is not its own.
 */
#ifndef BOTIFY_EXPLORE_H
#define BOTIFY_EXPLORE_H

#include "base/rng.h"
#include "policy/policy.h"

/*
 * The next track, epsilon above 0 and up to 1. Whether to explore, and what, is drawn from `coin`, and what the policy
 * draws from `r`: as it would be without exploration. The source of a track that was explored is "explore"; there is no
 * pool, but always a propensity. q->considered is written. Returns 0, or -1 where there is no memory.
 */
int explore_recommend(const struct policy *p, double epsilon, struct policy_request *q, struct rng *coin, struct rng *r,
		      struct recommendation *a);

#endif

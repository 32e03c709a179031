/*
 * chances: with which probability a policy gives a track, and means over all that it may give: what estimates of a
 * policy from the log of another one need.
 *
 * Which source of a policy answers depends on the request and the history, and not on chance; so the probability of a
 * track is exact for every source, and 1 or 0 where a source does not draw (see choice.considered in source.h). With
 * `epsilon` above 0 the policy is mixed with a uniform draw as explore.h says.
 */
#ifndef BOTIFY_CHANCES_H
#define BOTIFY_CHANCES_H

#include <stdint.h>

#include "base/rng.h"
#include "policy/policy.h"

enum { CHANCES_LISTED = 64 }; /* pools of up to so many tracks are looked at as a whole */

struct chances {
	const struct policy *policy; /* bound; borrowed */
	double epsilon;		     /* 0 <= epsilon <= 1 */
};

/*
 * The probability that a track is given. Of `q`, `considered`, `explain` and what is in `candidates` are written.
 * Returns 0, or -1 where there is no memory.
 */
int chances_of_track(const struct chances *c, struct policy_request *q, uint32_t track, double *chance);

/*
 * The same for a track of an artist: the sum over all of them. It asks the policy for each, where that does not tell of
 * all that it may give.
 */
int chances_of_artist(const struct chances *c, struct policy_request *q, uint32_t artist, double *chance);

/*
 * Calls each(ctx, track, weight) with weights that sum to 1, so that the sum of weight f(track) is the mean of f over
 * what the policy gives: exactly, where it does not draw or draws from at most CHANCES_LISTED tracks; where it draws
 * from more, over `draws` > 0 draws by `r`, which is that mean in expectation. A track may come several times. The same
 * questions tell the probability of one `track`, as chances_of_track does. Returns 0, or -1 where there is no memory.
 */
int chances_each(const struct chances *c, struct policy_request *q, uint32_t track, double *chance, unsigned draws,
		 struct rng *r, void (*each)(void *ctx, uint32_t track, double weight), void *ctx);

#endif

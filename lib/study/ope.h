/*
 * ope: off-policy estimates: what a policy would have earned, from the log of another one (ope_replay.h, ope_sums.h).
 *
 * Two things are estimated. The step value is the mean time of a track that the policy recommends, in the situations
 * that are in the log: E over contexts x of the log, E over a of the policy, of the time r(x, a). The session value is
 * the sum of times of the first H tracks that are recommended in a session, if the policy made it from its start.
 *
 * With steps i = 1 … n, weights w = pi(a|x) / propensity, and the model q(x, a) of ope_model.h, of other users' folds,
 * qbar(x) its mean over what the policy gives:
 *
 *     logged      sum r / n: what the log earned, for comparison
 *     ips         sum w r / n                                        Horvitz, Thompson 1952
 *     snips       sum w r / sum w                                    Hajek 1971; Swaminathan, Joachims 2015
 *     clipped     sum min(w, c) r / n                                Ionides 2008, c near sqrt(n)
 *     dm          sum qbar / n                                       the direct method
 *     dr          sum (qbar + w (r - q)) / n                         Dudik, Langford, Li 2011; Dudik et al. 2014
 *     switch-dr   sum (qbar + w (r - q) [w <= tau]) / n              Wang, Agarwal, Dudik 2017
 *     mips        sum v r / n, v = pi(artist|x) / pi0(artist|x)      Saito, Joachims 2022, artists as embedding
 *     logged-session  the mean over sessions of the first H times
 *     pdwis       sum over t < H of sum_s W_st r_st / sum_s W_st     Precup, Sutton, Singh 2000; Thomas, Brunskill 2016
 *
 * where W_st is the product of the weights of steps 0 … t of session s, which a session that has ended keeps, with
 * r = 0. pi0(artist|x) needs the policy that made the log. tau is chosen among the thresholds as Wang et al. do: the
 * least var + bias^2, where the bias is at most the share of the policy's choices above tau, estimated by
 * sum w [w > tau] / n, as no time is above 1. c is the largest power of 4 that is not above sqrt(n).
 *
 * Intervals: users are the independent units, and each estimate is a ratio of sums over users or a sum of such; see
 * stats/influence.h. That the model was fitted is not in them: it cancels to first order in dr, and makes that of dm
 * too narrow.
 *
 * Whether an estimate is usable is judged by rules that follow from what it assumes, and not from how it did in some
 * world:
 *
 *     1. There are steps with a weight above 0.
 *     2. The mean weight is 1 if the log's propensities are right and the log has a chance for all that the policy may
 *        do: its interval includes 1. (Of sessions: the mean of W at the horizon.)
 *     3. The users' sums of weights obey Cochran's rule (stats/influence.h), without which the interval of rule 2 means
 *        nothing, and the effective number of users, (sum_u w)^2 / sum_u w^2, is at least 25, which is the same rule
 *        where few users have all the weight and equally.
 *     4. Cochran's rule for the influences of the estimate itself.
 *     5. What bias is known of (clipped, switch-dr) is at most half a standard error: so an interval of 95 % still
 *        covers 92 % of the time.
 *     6. The bias is known to be bounded: so dm, and mips, which are right only if the model is, or tracks of an artist
 *        are alike, are never judged usable.
 */
#ifndef BOTIFY_OPE_H
#define BOTIFY_OPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errmsg.h"
#include "stats/influence.h"
#include "study/ope_sums.h"

enum ope_estimator {
	OPE_LOGGED,
	OPE_IPS,
	OPE_SNIPS,
	OPE_CLIPPED,
	OPE_DM,
	OPE_DR,
	OPE_SWITCH_DR,
	OPE_MIPS,
	OPE_LOGGED_SESSION,
	OPE_PDWIS,
	OPE_ESTIMATORS
};

enum ope_verdict {
	OPE_USABLE,
	OPE_NOTHING,	/* no steps, or sessions, or users */
	OPE_NO_SUPPORT, /* rules 1, 2, 3, 4, 5, 6 */
	OPE_NOT_ONE,
	OPE_FEW_USERS,
	OPE_SKEWED,
	OPE_BIASED,
	OPE_MODEL,
	OPE_NO_LOGGING /* mips: the policy that made the log is not known */
};

struct ope_estimate {
	const char *name, *of; /* "dr"; "step" or "session" */
	struct influence at;
	double threshold; /* clipped, switch-dr; NaN: none */
	double bias;	  /* at most; NaN: not known */
	enum ope_verdict verdict;
};

/* How much of the log speaks of the policy; of steps, or of sessions up to the horizon. */
struct ope_overlap {
	uint64_t n;	       /* steps, or sessions */
	size_t users;
	double supported;      /* share of steps with a weight above 0; NaN for sessions */
	struct influence mean; /* weight */
	double effective;      /* steps, (sum w)^2 / sum w^2; NaN for sessions */
	double effective_users;
	double largest;	       /* share of all weight that one user has */
};

struct ope {
	struct ope_estimate estimates[OPE_ESTIMATORS];
	struct ope_overlap steps, sessions;
	const struct ope_estimate *best; /* of the step value: usable, and with the least error; NULL: none is */
};

/* Of sums that have been sorted. Returns 0, or -1 where there is no memory. */
int ope_estimate(struct ope *o, const struct ope_sums *s, double alpha, struct errmsg *e);

#endif

/*
 * sequential: comparisons that one may look at as often as one likes, and stop at will.
 *
 * An interval of fixed size is right at one moment chosen in advance; to look every night and stop at the first
 * one that is significant is to be wrong far more often than alpha. The intervals here hold at all moments at once:
 * asymptotic confidence sequences, Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2021, "Time-uniform central limit
 * theory and asymptotic confidence sequences", arXiv:2103.06476: the one of their Gaussian mixture. After n values with
 * standard deviation s,
 *
 *     mean -+ s sqrt(2 (n rho^2 + 1) / (n^2 rho^2) log(sqrt(n rho^2 + 1) / alpha))
 *
 * which, with the standard error e = s / sqrt(n) of any asymptotically linear estimate, and x = n rho^2, is
 *
 *     estimate -+ e sqrt(2 (x + 1) / x log(sqrt(x + 1) / alpha))
 *
 * The difference of two arms' means is such an estimate over the n = n_c + n_t users of both, with e that of Welch (and
 * so are the samples of ratio.h and cuped.h). The price is width: about 1.6 times a Welch interval at its best, at
 * alpha 0.05.
 *
 * Promise: if there is no effect, the probability that the comparison is significant at any look, from a first look
 * on, is at most alpha in the limit of a late first look. It is asymptotic: with a handful of users the standard
 * deviation is not known well enough. Do not look before some hundred users an arm; heavy tails need more.
 *
 * Because of that handful, a comparison of samples (sequential_welch) is never surer than Student's t is at this one
 * look: its p is the larger of the two, and its interval the wider.
 */
#ifndef BOTIFY_SEQUENTIAL_H
#define BOTIFY_SEQUENTIAL_H

#include "stats/stats.h"

/*
 * The rho^2 for which the interval is narrowest when n values are there; any other n is valid too, only wider. The
 * width is least where y = n rho^2 + 1 solves y = 1 + log y - 2 log alpha (set the derivative of its square to 0), so
 *
 *     rho^2 = (-W(-alpha^2 / e) - 1) / n,     W the lower branch of Lambert's function
 *
 * The paper's appendix approximates it by (-2 log alpha + log(1 - 2 log alpha)) / n. It must be chosen before the
 * experiment and kept. n > 0, 0 < alpha < 1.
 */
double sequential_rho2(double n, double alpha);

/* What takes the place of the normal distribution's 1.96: sqrt(2 (x + 1) / x log(sqrt(x + 1) / alpha)). */
double sequential_critical(double n, double rho2, double alpha);

/*
 * Judges an estimate with this standard error over n users. t is difference / error, df is NaN (no t distribution has
 * a part in it), and p is always-valid: the least alpha whose sequence, with the same rho, excludes 0 by now,
 *
 *     p = min(1, sqrt(x + 1) exp(-t^2 x / (2 (x + 1))))
 *
 * Interval, p and verdict agree, and what is unknown is NaN, as moments_compare says it. p is that of this look: the
 * least p of all looks so far is valid as well, and so is the intersection of the intervals.
 */
struct comparison sequential_compare(double difference, double error, double n, double rho2, double alpha);

/* Two arms, with rho tuned for `tune` users of both together and `alpha`. */
struct comparison sequential_welch(const struct moments *control, const struct moments *treatment, double tune,
				    double alpha);

/* Half the width that the interval of two arms has at another level, rho being tuned as above: for adjust.h. */
double sequential_welch_half_width(const struct moments *control, const struct moments *treatment, double tune,
				   double alpha, double level);

/*
 * Whether an arm is like all others together, given the sample of all users, the arm's included: the always-valid p
 * of the difference of their means, with the error that it has if arms do not matter, s sqrt(1 / n_arm + 1 /
 * n_others) with s of all users. So it is known where neither side varies in itself. NaN where one side has no user
 * or all are equal.
 */
double sequential_arm(const struct moments *arm, const struct moments *all, double tune, double alpha);

#endif

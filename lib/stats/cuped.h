/*
 * cuped: variance reduction by a covariate from before the experiment: Deng, Xu, Kohavi, Walker 2013, "Improving the
 * Sensitivity of Online Controlled Experiments by Utilizing Pre-Experiment Data".
 *
 * A metric y is replaced by y - theta (x - centre), x being the same user's covariate. What happened before an
 * experiment cannot depend on the arm, so the expected difference of the arms stays as it is, whatever theta; the
 * theta that leaves least variance is cov(x, y) / var(x). Here it is pooled over the arms, each centred at its own
 * means, so that an effect does not pass for a covariance:
 *
 *     theta = sum over arms of c_xy / sum over arms of m2_x
 *
 * which is the common slope of the analysis of covariance (y on arm and x by least squares), and so is the difference
 * of the adjusted means that regression's effect of the arm.
 *
 * Users without a covariate (they came after the experiment began) are kept: dropping them would change the population,
 * and with it the question. They are given the mean of all users who have one, over all arms, which leaves their metric
 * as it is. It is one value for all arms: a mean of the arm's own would carry noise of the arm into its adjustment.
 */
#ifndef BOTIFY_CUPED_H
#define BOTIFY_CUPED_H

#include <stddef.h>

#include "stats/comoments.h"
#include "stats/stats.h"

/* An arm: pairs (x: covariate, y: metric) of the users who have a covariate, and the metric of those who have none. */
struct cuped_arm {
	struct comoments seen;
	struct moments unseen;
};

struct cuped {
	double theta;	/* 0 where the covariate does not vary within arms */
	double centre;	/* mean covariate of all users who have one; 0 where none does */
	double removed; /* the share of the variance within arms that is gone, 0 .. 1; NaN where there was none */
};

/* Fits all arms of an experiment together. Arms merge before the fit, by comoments_merge and moments_merge. */
struct cuped cuped_fit(const struct cuped_arm *arms, size_t n);

/*
 * The sample of the arm's adjusted values, all its users; it goes where a sample of values would go, to begin with into
 * comparison_welch. It does not merge: merge the arms before the fit.
 *
 * Promise: exact moments given theta. That theta is estimated from the same data is not in the interval; its share
 * vanishes as 1/n, and below some twenty users an arm the interval is a little too narrow.
 */
struct moments cuped_sample(const struct cuped *c, const struct cuped_arm *arm);

#endif

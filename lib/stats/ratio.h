/*
 * ratio: a metric that is a sum over a sum, such as time per session pooled over the users of an arm: not the mean of
 * the users' own ratios, in which a user with one session weighs as much as a user with fifty.
 *
 * Users are independent, their sessions are not. So the variance is that of users, by the delta method: Deng, Knoblich,
 * Lu 2018, "Applying the Delta Method in Metric Analytics: A Practical Guide with Novel Ideas", section 4. With
 * R = sum(y) / sum(x) over n users, this is the variance of the mean of the linearised values
 *
 *     R + (y - R x) / mean(x),      whose mean is R itself
 *
 *     var R = (s_y^2 - 2 R s_xy + R^2 s_x^2) / (n mean(x)^2)
 *
 * and the comparison of two arms is Welch's of their linearised values. Hence Student's t with Satterthwaite's degrees
 * of freedom and not the normal distribution: with many users they are the same, with few it is the more careful one,
 * and a ratio over a constant denominator is compared exactly as the mean of its numerators would be.
 */
#ifndef BOTIFY_RATIO_H
#define BOTIFY_RATIO_H

#include "stats/comoments.h"
#include "stats/stats.h"

/*
 * The sample of the linearised values, from the pairs (x: denominator, y: numerator) of the users: n is their number,
 * the mean is the ratio, and moments_variance() / n the ratio's variance. It goes where a sample of values would go:
 * comparison_welch, lift_fieller, power_mde. It does not merge (each has its own R): merge the pairs.
 *
 * The mean is NaN, and so is every comparison, where there is no user or the denominators sum to 0; the variance is 0
 * where every user has the same ratio (see comoments_residual_m2 for what rounding may leave of it).
 *
 * Promise: exact moments, and an interval that is right in the limit of many users; a denominator whose mean is well
 * away from 0 in units of its standard error is what "many" means.
 */
struct moments ratio_sample(const struct comoments *users);

#endif

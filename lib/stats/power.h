/*
 * power: what an experiment of this size could find, and what size would find an effect.
 *
 * The test is Welch's, two-sided. With effect D, standard error e = sqrt(v_c / n_c + v_t / n_t) and df by Satterthwaite
 * from the true variances, its statistic is taken for noncentral t with noncentrality D / e:
 *
 *     power = P(T(df, D / e) > q),    q the 1 - alpha/2 quantile of Student's t
 *
 * which is R's power.t.test for two equal arms of equal variance. As there, being significant in the wrong direction
 * is not counted as having found the effect. With many users it is the usual normal formula, effect = (1.96 + 0.84) e.
 */
#ifndef BOTIFY_POWER_H
#define BOTIFY_POWER_H

#include <stdbool.h>
#include <stdint.h>

#include "stats/stats.h"

/* An arm as far as it matters here. */
struct power_arm {
	double n, variance;
};

/* The arm of a sample. */
struct power_arm power_arm(const struct moments *s);

/* P(T > q) of the noncentral t distribution, q > 0, df >= 1, noncentrality >= 0, by integration, to some 1e-12. */
double power_noncentral_t(double q, double df, double noncentrality);

/* The power to find `effect`, a difference of means of either sign; NaN where n < 2 or no arm varies. */
double power_of(struct power_arm control, struct power_arm treatment, double effect, double alpha);

/*
 * The minimum detectable effect: the positive difference that is found with this power. NaN where n < 2 or no arm
 * varies. alpha / 2 < power < 1.
 */
double power_mde(struct power_arm control, struct power_arm treatment, double alpha, double power);

struct power_users {
	uint64_t control, treatment;
};

/*
 * The least number of users of the control, at least 2, such that with `split` times as many in the treatment, rounded
 * up and at least 2, `effect` is found with this power. Returns false, and leaves `need` at zeroes, where no number
 * does: an effect of 0, no variance, or more than 2^53 users.
 */
bool power_need(double control_variance, double treatment_variance, double allocation, double effect, double alpha,
		double power, struct power_users *need);

#endif

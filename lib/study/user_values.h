/*
 * user_values: the users of one experiment of a study, and their values of every metric, as arrays.
 *
 * This is the first half of the way from what users did to a comparison of arms; arm_samples.h is the second. On
 * the way values may be capped, and may be replaced by those of other events of the same users, such as those of
 * one day.
 *
 * Users are those of the arms: seen in one arm only, with at least one finished session. They stand in ascending
 * order of their ids; every array has n elements in that order, and NaN where a user has no value. The mean of the
 * values of an arm, added in this order, is that of the experiment's summary to the last bit.
 *
 * Memory: about 100 bytes a user while they exist; make those of one experiment at a time.
 */
#ifndef BOTIFY_USER_VALUES_H
#define BOTIFY_USER_VALUES_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "study/covariate.h"
#include "study/metrics.h"
#include "study/study.h"

/* The arm of a user whom caps and samples are to leave out. */
#define USER_VALUES_NO_ARM UINT32_MAX

/* Arrays of arrays are by the number of the metric (metrics.h). */
struct user_values {
	size_t n;
	uint32_t *ids;
	uint32_t *arms;		/* numbers, as in the experiment's `arms`; yours to change, as an A/A test does */
	uint32_t *participants; /* places in the study's participants, and so in struct study_sessions */
	double *values[METRICS_ALL_N];	     /* of a ratio metric the numerators */
	double *denominators[METRICS_ALL_N]; /* at least 1; NULL: not a ratio metric */
	/*
	 * A value of each user from before the experiment; NULL where there is none: of a ratio metric; where no
	 * file was given and the study kept nothing; and where events before the moment name the experiment, for
	 * then it had begun and would be adjusted by its own effect. From a file it is the same array for every
	 * metric; from the log it is the user's own metric before the moment, and NaN where the user finished no
	 * session then.
	 */
	double *covariates[METRICS_ALL_N];
	double thresholds[METRICS_ALL_N]; /* above which values were capped; NaN where none were to be */

	/* private */
	double *memory; /* of all numbers */
};

/*
 * Makes those of an experiment of a study that has ended. Covariates come from `file` where it is not NULL, or else
 * from the study where it kept what was before. Returns 0, or -1 where there is no memory. Free with
 * user_values_clear in either case.
 */
int user_values_init(struct user_values *v, const struct study *s, uint32_t experiment, const struct covariate *file,
		     struct errmsg *e);
void user_values_clear(struct user_values *v);

/* Gives the i-th user another value of a metric: that of what `did` says; NaN where it has no finished session. */
void user_values_set(struct user_values *v, size_t metric, size_t i, const struct metrics_user *did);

/*
 * Caps the values of a metric at their quantile, 0 < quantile < 1 (quantile_sorted), so that a handful of users
 * does not decide the mean of an arm: winsorising, as Tukey 1962 calls it. What is compared then is a capped mean,
 * and that is another metric: a change in the tail alone is not seen. The threshold is that of the users of all
 * arms together: one of the arm's own would cap a better arm higher up, and make a difference where there is none.
 *
 * Where the quantile is 0 or the metric is a ratio, nothing is capped. Where there are no values, the threshold is NaN.
 * Returns 0, or -1 where there is no memory.
 */
int user_values_cap(struct user_values *v, size_t metric, double quantile, struct errmsg *e);

/* Whether the i-th user is in an arm and has a value of the metric. */
static inline bool user_values_counts(const struct user_values *v, size_t metric, size_t i)
{
	return v->arms[i] != USER_VALUES_NO_ARM && !isnan(v->values[metric][i]);
}

#endif

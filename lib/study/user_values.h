/*
 * user_values: the users of one experiment of a study, one place each, with their values of every metric as arrays.
 *
 * Users are those of the arms: seen in one arm only, with at least one finished session. They stand in ascending order of
 * their ids; every array has n elements in that order, and NaN where a user has no value. The mean of the values of an
 * arm, added in this order, is that of the experiment's summary to the last bit.
 *
 * Memory: about 100 bytes a user while the columns exist; make those of one experiment at a time.
 */
#ifndef BOTIFY_USER_VALUES_H
#define BOTIFY_USER_VALUES_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "study/covariate.h"
#include "study/metrics.h"
#include "study/study.h"

struct user_values {
	size_t n, n_arms;
	uint32_t *ids;	   /* of the users */
	uint32_t *arms;	   /* number of the arm, as in the experiment's `arms` */
	uint32_t *participants; /* place in the study's participants; by it, the user's sessions: see struct study_sessions */
	double *values[METRICS_N];		 /* as in metrics_table */
	double *numerators[METRICS_RATIOS_N];	 /* as in metrics_ratios; never NaN */
	double *denominators[METRICS_RATIOS_N];	 /* likewise; at least 1 */
	/*
	 * A value of each user from before the experiment; NULL where no file was given and the study kept none, or events before
	 * the moment name the experiment, for then it had begun and would be adjusted by its own effect. From a file
	 * it is the same array for every metric; from the log it is the user's own metric before the moment, and NaN where
	 * the user finished no session then.
	 */
	double *covariates[METRICS_N];

	/* private */
	double *numbers; /* the memory of all of these */
};

/*
 * Makes the columns of an experiment of a study that has ended. Covariates come from `file` where it is not NULL, or else
 * from the study where it kept what was before. Returns 0, or -1 where there is no memory. Free with user_values_clear.
 */
int user_values_init(struct user_values *c, const struct study *s, uint32_t experiment, const struct covariate *file, struct errmsg *e);
void user_values_clear(struct user_values *c);

#endif

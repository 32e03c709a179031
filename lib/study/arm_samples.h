/*
 * arm_samples: what the arms of an experiment are compared by: for each metric one sample an arm, made by sampler.h.
 *
 * Metrics of users are capped and adjusted by a covariate where that is asked for, ratio metrics are neither.
 */
#ifndef BOTIFY_ARM_SAMPLES_H
#define BOTIFY_ARM_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "stats/stats.h"
#include "study/covariate.h"
#include "study/metrics.h"
#include "study/sampler.h"
#include "study/study.h"
#include "study/user_values.h"

struct arm_samples_options {
	double cap;  /* values above this quantile of all arms together are capped; 0: none are */
	bool adjust; /* by covariates: those of `file`, or where it is NULL those that the study kept (study_keep) */
	const struct covariate *file;
};

struct arm_samples_metric {
	const char *name;
	int better;	       /* 1: more is better, -1: less is better */
	const char *method;    /* "mean" or "ratio" */
	double threshold;      /* above which values were capped; NaN where none were to be */
	double theta, removed; /* of cuped.h; NaN where nothing was adjusted */
	struct moments *arms;    /* n_arms, by number of the arm */
};

/* First the metrics of metrics_table, then those of metrics_ratios. */
struct arm_samples {
	struct arm_samples_metric metrics[METRICS_ALL_N];
	size_t n_arms;
	struct moments *memory;
};

/* Makes the samples of an experiment of a study that has ended. 0, or -1 with the reason. Free with arm_samples_clear. */
int arm_samples_init(struct arm_samples *s, const struct study *study, uint32_t experiment, const struct arm_samples_options *options,
		 struct errmsg *e);
void arm_samples_clear(struct arm_samples *s);

/*
 * The users of the columns with their values of one metric, by its number, and what the options have explain these. The
 * arrays are those of the columns. For who asks about other users or other values than the samples above: the columns
 * are to be made with the `file` of the options.
 */
struct sampler_users arm_samples_users(const struct user_values *c, size_t metric, const struct arm_samples_options *o);

#endif

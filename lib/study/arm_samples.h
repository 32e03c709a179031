/*
 * arm_samples: what the arms of an experiment are compared by: for each metric one sample an arm, made of its users'
 * values (user_values.h).
 *
 * A metric of users is the sample of their values (stats.h), or where they are adjusted by a covariate that of the
 * adjusted ones (cuped.h); a ratio metric is the sample that the delta method makes of its sums (ratio.h).
 *
 * Effects ask for all samples of an experiment: arm_samples_of. What asks about other users or other values, as A/A
 * tests and days do, makes user_values, and takes samples of them with arm_samples_take.
 */
#ifndef BOTIFY_ARM_SAMPLES_H
#define BOTIFY_ARM_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/intern.h"
#include "stats/cuped.h"
#include "stats/stats.h"
#include "study/covariate.h"
#include "study/metrics.h"
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
	struct moments *arms;  /* n_arms, by number of the arm */
};

struct arm_samples {
	struct arm_samples_metric metrics[METRICS_ALL_N]; /* by the number of the metric (metrics.h) */
	size_t n_arms;

	/* private */
	struct moments *memory;
	uint32_t *places;	/* by number of the arm: its place in the order in which arms are summed up */
	struct cuped_arm *sums; /* by place */
};

/* Makes all samples of an experiment of a study that has ended. Returns 0, or -1 where there is no memory. */
int arm_samples_of(struct arm_samples *s, const struct study *study, uint32_t experiment,
		   const struct arm_samples_options *o, struct errmsg *e);

/* Frees samples; also those that arm_samples_of or arm_samples_init could not make. */
void arm_samples_clear(struct arm_samples *s);

/*
 * Samples without values, of as many arms. Arms are numbered in the order of their first event, which parts of a
 * log do not know; the last bit of a sum over arms must not depend on it, and so these sums are made in the order
 * of `names`. NULL: numbers are the order. Returns 0, or -1 where there is no memory.
 */
int arm_samples_init(struct arm_samples *s, size_t n_arms, const struct intern *names, struct errmsg *e);

/*
 * Takes the samples of one metric, instead of those that were there; adjusted by the users' covariates, if there
 * are any and it is asked for. Arms of users are below n_arms, or USER_VALUES_NO_ARM. Allocates nothing.
 */
void arm_samples_take(struct arm_samples *s, const struct user_values *v, size_t metric, bool adjust);

#endif

/*
 * effects: what each arm of each experiment changed, metric by metric.
 *
 * It turns the samples of a study into the rows of a report, and leaves it to report.h to say them.
 */
#ifndef BOTIFY_EFFECTS_H
#define BOTIFY_EFFECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errmsg.h"
#include "metrics.h"
#include "study.h"

/*
 * One metric of one arm against the control. Whatever cannot be known is NaN: see stats_welch; the percent values
 * moreover where the control's mean is 0.
 */
struct effect {
	const char *experiment, *control, *treatment; /* borrowed from the study */
	const char *metric;
	int better; /* 1: more of the metric is better, -1: less is better */
	uint64_t control_users, treatment_users; /* those who have a value of the metric */
	double control_mean, treatment_mean;
	double control_sd, treatment_sd;
	double difference, difference_lower, difference_upper; /* treatment - control and its Welch interval */
	double effect, lower, upper;			       /* the same three, in percent of control_mean */
	double t, df, p;
	double alpha;	  /* the intervals have confidence 1 - alpha */
	bool significant; /* the interval excludes 0; this is p < alpha, and false where there is no interval */
};

/* Experiments in the order of study_end, arms in strcmp order, metrics as in metrics_table. */
struct effects {
	struct effect *list;
	size_t n, cap;
};

/*
 * All effects of a study that has ended. `control` is the name of the control arm, or NULL: then it is "C" where there
 * is such an arm, otherwise the first in strcmp order. An experiment that has no arm of the name asked for is an
 * error, and the reason names its arms. An experiment with one arm has no effects. Returns 0, or -1 with the reason.
 * Free with effects_clear in either case.
 */
int effects_of(struct effects *all, const struct study *s, const char *control, double alpha, struct errmsg *e);
void effects_clear(struct effects *all);

/*
 * The numbers of the arms of an experiment in the order of the report, the control first. Returns a new array of
 * x->arms.n numbers, or NULL with the reason.
 */
uint32_t *effects_arms(const struct study_experiment *x, const char *control, struct errmsg *e);

#endif

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

#include "base/errmsg.h"
#include "stats/adjust.h"
#include "stats/lift.h"
#include "stats/stats.h"
#include "study/arm_samples.h"
#include "study/metrics.h"
#include "study/study.h"

/*
 * One metric of one arm against the control. Whatever cannot be known is NaN: see comparison_welch; the percent values
 * moreover where the control's mean is 0.
 */
struct effect {
	const char *experiment, *control, *treatment; /* borrowed from the study */
	const char *metric;
	int better; /* 1: more of the metric is better, -1: less is better */
	uint64_t control_users, treatment_users; /* those who have a value of the metric */
	double control_mean, treatment_mean; /* of arm_samples.h: a ratio metric's is the ratio */
	double control_sd, treatment_sd;
	double difference, difference_lower, difference_upper; /* treatment - control and its interval */
	/* the same three, in percent of control_mean; the bounds are infinite where unbounded */
	double effect, lower, upper;
	double t, df, p; /* df is NaN where intervals are sequential */
	double alpha;	 /* the intervals have confidence 1 - alpha, or what the adjustment makes of it */
	/* the interval excludes 0; this is p_adjusted < alpha, and false where there is no interval */
	bool significant;
	double p_adjusted; /* p where nothing is adjusted */
	const char *method; /* "mean" or "ratio" */
	double cap;	   /* values above were capped; NaN where none were to be */
	double theta, variance_removed; /* of CUPED; NaN where nothing was adjusted by a covariate */
};

/* Arm after arm in the order of the report, metrics as in samples.h. */
struct effects {
	struct effect *list;
	size_t n, cap;
};

struct effects_options {
	/* name of the control arm; NULL: "C" where there is such an arm, otherwise the first in strcmp order */
	const char *control;
	double alpha;
	struct arm_samples_options samples;
	/* the percent interval is Fieller's (lift.h), not that of the difference over the mean */
	bool fieller;
	/* intervals hold at all looks (sequential.h), and are tightest at `tune` users of two arms */
	bool sequential;
	double tune;
	/*
	 * Over the arms of an experiment: the comparisons of the metric `primary` are a family, those of all other
	 * metrics are another. So what decides is corrected for the number of arms, and not for metrics that do not.
	 */
	enum adjust_method adjust;
	const char *primary; /* NULL: none, and all comparisons are one family */
};

/*
 * The numbers of the arms of an experiment in the order of the report, the control first and then by name. Returns a
 * new array of x->arms.n numbers, or NULL with the reason: no memory, or no arm of the control's name, with those
 * there are.
 */
uint32_t *effects_arms(const struct study_experiment *x, const char *control, struct errmsg *e);

/*
 * Adds the effects of an experiment of two arms or more, of a study that has ended: `samples` are those that the options
 * ask for, `arms` are as above. Returns 0, or -1 with the reason. Free with effects_clear in either case.
 */
int effects_add(struct effects *all, const struct study *s, uint32_t experiment, const uint32_t *arms,
		const struct arm_samples *samples, const struct effects_options *o, struct errmsg *e);
void effects_clear(struct effects *all);

/* Two samples compared as the options ask for, before any adjustment. */
struct comparison effects_compare(const struct moments *control, const struct moments *treatment,
				   const struct effects_options *o);

/* What that is in percent of the control's mean, with the interval that the options ask for. */
struct lift effects_lift(const struct moments *control, const struct moments *treatment, const struct comparison *w,
			 const struct effects_options *o);

#endif

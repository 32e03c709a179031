/*
 * sections: the parts of a report on experiments that stand beside the effects, each a table of its own file
 * sections_*.c. All are made from a study that has ended; section_clear frees them, also after a failure.
 */
#ifndef BOTIFY_SECTIONS_H
#define BOTIFY_SECTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "report/section.h"
#include "study/allocation.h"
#include "study/effects.h"
#include "study/study.h"

/* What all of them are about. */
struct sections_subject {
	const struct study *study;
	const struct effects_options *options; /* of the effects: control, alpha, … */
	const struct allocation *allocation;	       /* as planned; a split of no arms: equal */
	const struct effects *effects;	       /* by the options, where they have been made; or NULL */
};

/*
 * Sample ratio mismatch: how many users each arm has and should have, with the p of the whole experiment behind each arm
 * (srm.h); where intervals are sequential, the always-valid one. Users count who were seen in this arm and in no other,
 * whether a session ended or not. A planned arm that has nobody is an arm of the test; one of weight 0 is not.
 */
int sections_srm(struct section *s, const struct sections_subject *subject, struct errmsg *e);

/* Below this p, arms are not as they should be, and a report says so before anything else. */
#define SECTIONS_SRM_ALARM 0.001

/* The p of the experiment in that section; NaN where it cannot be tested. Returns 0, or -1 with the reason. */
int sections_srm_p(const struct sections_subject *subject, size_t experiment, double *p, struct errmsg *e);

/*
 * Power: the effect that the users at hand would find (with this power, at alpha, two-sided) in percent of the control's
 * mean, and the users that an effect of `mde` percent needs; NaN: not asked for.
 */
int sections_power(struct section *s, const struct sections_subject *subject, double power, double mde, struct errmsg *e);

/*
 * Quantiles of the time of a session, by arm, with intervals that know that sessions of a user belong together; and the
 * difference to the control. The study must have kept sessions.
 */
int sections_quantiles(struct section *s, const struct sections_subject *subject, const double *quantiles, size_t n,
		       struct errmsg *e);

/* Where recommendations came from, by arm and source. The study must have kept answers. */
int sections_sources(struct section *s, const struct sections_subject *subject, struct errmsg *e);

/*
 * The effect on one of the metrics (its number in metrics.h), day by day: of the day alone, and of all days until then. Of
 * a day alone, what rests on fewer than SECTIONS_DAY_USERS users of an arm is left out: of the few who ended a session just
 * after midnight nothing can be said.
 * The samples are those of the effects, of other values: a cap is the quantile of the values of all arms in that row, a
 * covariate is the user's in every row. Comparisons are not adjusted. The study must have kept days.
 */
enum { SECTIONS_DAY_USERS = 30 };

int sections_days(struct section *s, const struct sections_subject *subject, size_t metric, struct errmsg *e);

/*
 * A self-audit: splits the users of each control `runs` times into two halves by other seeds of the hash that assigns
 * users, and counts how often each metric cried wolf. The samples are those of the effects: capped at the quantile of
 * the control's users, and adjusted by covariates in each split anew. The band is the 99.9 % one of the binomial
 * distribution with probability alpha; sequential methods may be below it.
 */
int sections_aa(struct section *s, const struct sections_subject *subject, uint32_t runs, struct errmsg *e);

/* For sections_*.c: an experiment that a section is to tell of. */
struct sections_experiment {
	const struct sections_subject *subject;
	const struct study_experiment *is;
	uint32_t number;
	const uint32_t *arms; /* is->arms.n numbers in the order of the report, the control first */
};

/* Its name, and that of an arm of it. */
const char *sections_name(const struct sections_experiment *x);
const char *sections_arm(const struct sections_experiment *x, uint32_t arm);

/* Adds the rows of an experiment; `what` is what the section is asked for. Returns 0, or -1 with the reason. */
typedef int sections_add(struct section *s, const struct sections_experiment *x, const void *what, struct errmsg *e);

/* For sections_*.c: adds the rows of all experiments that are wanted, until one fails. Returns 0, or -1 with the reason. */
int sections_each(struct section *s, const struct sections_subject *subject, sections_add *add, const void *what, struct errmsg *e);

#endif

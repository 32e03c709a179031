/*
 * analysis_sections (private to lib/report): the tables of an analysis, each in its file analysis_*.c. All but the
 * effects are made after the experiments have been analysed, and stand beside them in a report. section_clear frees
 * them, also after a failure. Those that return an int return 0, or -1 with the reason.
 */
#ifndef BOTIFY_ANALYSIS_SECTIONS_H
#define BOTIFY_ANALYSIS_SECTIONS_H

#include "base/errmsg.h"
#include "report/analysis.h"
#include "report/section.h"

/*
 * The effects, a row for each metric of each arm. The first thirteen columns are those of reports that exist already,
 * in their order. The rows are borrowed.
 */
void analysis_effects(struct section *s, const struct effects *effects);

/* Sample ratio mismatch: the sizes of the arms (arm_sizes.h), with the p of the whole experiment in the row of each. */
void analysis_srm(struct section *s, const struct analysis *a);

/*
 * Power: the effect that the users at hand would find (with a power of 80 %, at alpha, two-sided) in percent of the
 * control's mean, and the users that an effect of `mde` percent needs.
 */
void analysis_power(struct section *s, const struct analysis *a);

/*
 * Quantiles of the time of a session, by arm, with intervals that know that sessions of a user belong together; and the
 * difference to the control. The study must have kept sessions.
 */
int analysis_quantiles(struct section *s, const struct analysis *a, struct errmsg *e);

/* Where recommendations came from, by arm and source. The study must have kept them. */
int analysis_sources(struct section *s, const struct analysis *a, struct errmsg *e);

/*
 * The effect on the primary metric, or else on the first, day by day: of the day alone, and of all days until then. Of
 * a day alone, what rests on fewer than ANALYSIS_DAY_USERS users of an arm is left out: of the few who ended a session
 * just after midnight nothing can be said. The samples are those of the effects, of other values: a cap is the
 * quantile of the values of all arms in that row, a covariate is the user's in every row. Comparisons are not
 * adjusted. The study must have kept days.
 */
enum { ANALYSIS_DAY_USERS = 30 };

int analysis_days(struct section *s, const struct analysis *a, struct errmsg *e);

/*
 * A self-audit: splits the users of each control `aa` times into two halves by other seeds of the hash that assigns
 * users, and counts how often each metric cried wolf. The samples are those of the effects: capped at the quantile of
 * the control's users, and adjusted by covariates in each split anew. The band is the 99.9 % one of the binomial
 * distribution with probability alpha; sequential methods may be below it.
 */
int analysis_aa(struct section *s, const struct analysis *a, struct errmsg *e);

#endif

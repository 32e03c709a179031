/*
 * lift: the effect in percent of the control's mean, with an interval that knows that this mean is itself an estimate.
 *
 * Fieller 1954, "Some problems in interval estimation": a lift L is inside the interval where the data do not speak
 * against "the mean of treatment is (1 + L) times that of control", that is where
 *
 *     |m_t - (1 + L) m_c| <= q sqrt(v_t + (1 + L)^2 v_c)                v = variance / n of each arm
 *
 * with the q of the comparison at hand: Student's quantile with Welch's degrees of freedom, or that of an adjusted
 * level, or of a confidence sequence. At L = 0 this is the very condition under which that comparison is not
 * significant, so the interval excludes 0 exactly where the comparison is significant. The usual percent interval
 * of the reports, that of the difference divided by the control's mean, agrees with the comparison too, but takes
 * that mean for known, and is wrong where the effect is large or the control noisy.
 *
 * Solved for L it is a quadratic inequality, and where the control's mean is itself within q standard errors of 0
 * (q^2 v_c >= m_c^2) its solution is not an interval: it is all lifts, or all outside of a gap, and any percentage, of
 * either sign and of any size, is inside. That is told as unbounded: a percentage of what may be 0 has no bounds.
 */
#ifndef BOTIFY_LIFT_H
#define BOTIFY_LIFT_H

#include <stdbool.h>

#include "stats/stats.h"

enum lift_kind {
	LIFT_UNKNOWN,	/* the comparison has no interval, or the control's mean is 0: lower and upper are NaN */
	LIFT_BOUNDED,	/* it excludes 0 exactly where the comparison is significant */
	LIFT_UNBOUNDED, /* lower is -infinity, upper is infinity, and only the comparison has a verdict */
};

struct lift {
	enum lift_kind kind;
	double percent;	     /* 100 difference / m_c; NaN where m_c is 0 */
	double lower, upper; /* percent; not symmetric about it, but lower <= percent <= upper where bounded */
	bool significant;    /* that of the comparison */
};

/*
 * The lift that belongs to a comparison `w` of these two samples. All of it is in units of the control's mean, so a
 * negative control turns the signs round, as dividing by it does: from -4 to -7 is +75 %.
 */
struct lift lift_fieller(const struct moments *control, const struct moments *treatment, const struct comparison *w);

/*
 * The percent interval of the reports: as above, but taking the control's mean for known. It has bounds wherever the
 * comparison has.
 */
struct lift lift_difference(const struct moments *control, const struct comparison *w);

#endif

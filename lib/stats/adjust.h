/*
 * adjust: many comparisons at once. With twenty metrics at alpha 0.05, one of them cries wolf in most experiments.
 *
 * It turns the p of a family of m comparisons into adjusted p, and says at which level the interval of each
 * comparison is to be drawn so that it excludes 0 exactly where the adjusted p is below alpha. A p that is NaN does not
 * belong to the family: it stays NaN and does not count in m.
 */
#ifndef BOTIFY_ADJUST_H
#define BOTIFY_ADJUST_H

#include <stddef.h>

#include "base/errmsg.h"
#include "stats/stats.h"

enum adjust_method {
	ADJUST_NONE,
	ADJUST_HOLM, /* Holm 1979: the chance of one false alarm or more is at most alpha; nothing is assumed */
	ADJUST_BH,   /* Benjamini, Hochberg 1995: the expected share of false alarms among the alarms is at most alpha,
			where the p are independent or positively dependent */
	ADJUST_BY,   /* Benjamini, Yekutieli 2001: the same, nothing is assumed */
};

/* "none", "holm", "bh" or "by". Returns the method, or -1 where the name is none of them. */
int adjust_by_name(const char *name);

struct adjusted {
	double p;     /* adjusted; that of R's p.adjust */
	double level; /* draw the interval with confidence 1 - level, 0 < level <= alpha; NaN where p is */
};

/*
 * Adjusts n p-values, in their order, into `out`. With p_(1) <= ... <= p_(m), and c = 1 for BH, 1 + 1/2 + ... + 1/m for
 * BY:
 *
 *     none     p_i                                    level alpha
 *     holm     max over j <= i of (m - j + 1) p_(j)   level alpha / (m - i + 1) for the R that are significant
 *                                                     (of equal p, the i of the first), alpha / (m - R) for the others
 *     bh, by   min over j >= i of c m / j p_(j)       level R alpha / (c m) for the R that are significant,
 *                                                     (R + 1) alpha / (c m) for the others
 *
 * all capped at 1. Promised for every method, to the last bit: p_i < level_i exactly where the adjusted p is below
 * alpha, hence an interval that agrees with p_i agrees with the adjusted p when it is drawn at level_i.
 *
 * What the intervals cover, besides:
 * - none: each its own parameter, with confidence 1 - alpha.
 * - bh, by: those of the significant are the FCR-adjusted intervals of Benjamini, Yekutieli 2005, "False Discovery
 *   Rate-Adjusted Multiple Confidence Intervals for Selected Parameters", section 3: the expected share of intervals
 *   that miss their parameter among those of the significant is at most alpha (bh: where independent or positively
 *   dependent as there; by: always). Of the others nothing is promised but their verdict: the level is that at which
 *   the least of them would have become significant.
 * - holm: the chance that any comparison whose effect is 0 has an interval that excludes 0 is at most alpha. Each
 *   interval is that of the step at which its comparison was tested; that all of them cover their parameters at once is
 *   NOT promised (where all effects are large, they miss one with a chance of up to alpha (1 + 1/2 + ... + 1/m)). For
 *   that, draw all at alpha / m, after Bonferroni; some will then include 0 although Holm calls them significant.
 *
 * Returns 0, or -1 where there is no memory.
 */
int adjust(enum adjust_method method, const double *p, size_t n, double alpha, struct adjusted *out, struct errmsg *e);

/*
 * Gives a comparison by Student's t or the normal distribution the interval of its level, and the verdict of its
 * adjusted p. Its p stays as it is. For a sequential comparison, which has no df, the same is
 * comparison_rejudge(&w, sequential_welch_half_width(control, treatment, tune, alpha, a.level), a.p < alpha).
 */
void adjust_welch(struct comparison *w, const struct adjusted *a, double alpha);

#endif

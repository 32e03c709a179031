/*
 * stats: the mean and variance of a sample in one pass, and Welch's comparison of two.
 *
 * It knows nothing of users, arms or metrics. Where something cannot be known (the variance of one value, the interval
 * of two samples that do not vary), the result is NaN, and the comment says so; output has null for it.
 */
#ifndef BOTIFY_STATS_H
#define BOTIFY_STATS_H

#include <stdbool.h>
#include <stdint.h>

/* A sample, kept as its moments. Zero-initialise. Aggregates of this kind merge. */
struct moments {
	uint64_t n;
	double mean; /* 0 where n is 0 */
	double m2;   /* sum of the squared deviations from the mean */
};

/* Adds one value: Welford 1962, "Note on a method for calculating corrected sums of squares and products". */
void moments_add(struct moments *s, double x);

/* Adds all values of `other`: Chan, Golub, LeVeque 1979, "Updating formulae and a pairwise algorithm", eq. 2.1. */
void moments_merge(struct moments *s, const struct moments *other);

/* The mean, or NaN where there is no value. */
double moments_mean(const struct moments *s);

/* The unbiased variance m2 / (n - 1) and its root; NaN where n < 2. */
double moments_variance(const struct moments *s);
double moments_sd(const struct moments *s);

/*
 * The standard error of the difference of two means, sqrt(v_a + v_b) with v = variance / n: NaN where a sample has
 * fewer than two values, and 0 where neither varies. Means of equal values are not always equal: three times 0.1,
 * divided by three, is another number than 0.1. So a standard deviation of up to 2^-44 of the mean, which is what
 * rounding leaves of some thousand equal values each, is none.
 */
double comparison_difference_error(const struct moments *a, const struct moments *b);

/*
 * An estimate of a difference, judged. Every comparison of the toolkit ends in one of these, so that what follows from
 * it (a percent interval, an adjusted level, a row of a report) need not know where it came from.
 */
struct comparison {
	double difference;   /* treatment - control; NaN where a sample is empty */
	double lower, upper; /* of the difference, with confidence 1 - alpha */
	double t, df;	     /* df: infinite where the normal distribution judges, NaN where neither does */
	double p;	     /* two-sided */
	bool significant;    /* the interval excludes 0; false where there is no interval */
	double error;	     /* standard error of the difference */
	double half_width;	     /* half the interval's width: lower and upper are difference -+ half_width */
};

/*
 * Judges a difference with this standard error by Student's t with df degrees of freedom, or by the normal distribution
 * where df is infinite: t = difference / error, interval = difference -+ comparison_t_critical(alpha, df) * error.
 *
 * All but `difference` is NaN where the error is not a positive finite number, the difference is not finite or df is
 * not positive. Interval, p and verdict agree, to the last bit: the interval decides (|difference| > half its width),
 * and should rounding have put p on the other side of alpha, p is set to the nearest number on its own side, so that
 * significant == (p < alpha).
 */
struct comparison moments_compare(double difference, double error, double df, double alpha);

/*
 * The degrees of freedom of the difference of two means, of n_a and n_b values, by Satterthwaite 1946, "An approximate
 * distribution of estimates of variance components": v is the variance of a mean, that of the sample over n.
 *
 *     df = (v_a + v_b)^2 / (v_a^2 / (n_a - 1) + v_b^2 / (n_b - 1))
 */
double comparison_welch_df(double v_a, double n_a, double v_b, double n_b);

/*
 * Two samples compared without assuming that their variances are equal: Welch 1947, "The generalization of 'Student's'
 * problem when several different population variances are involved". With v = variance / n of each sample,
 *
 *     t = (mean of treatment - mean of control) / sqrt(v_t + v_c)
 *     interval = difference -+ q * sqrt(v_t + v_c), q the 1 - alpha/2 quantile of Student's t with df degrees (above)
 *
 * Unknown, as moments_compare says it, where a sample has fewer than two values or neither varies
 * (comparison_difference_error).
 */
struct comparison comparison_welch(const struct moments *control, const struct moments *treatment, double alpha);

/*
 * For a critical value of another kind than Student's t. Takes a comparison whose difference, error, df, t and p
 * are set (p being that of the same kind), gives it the interval difference -+ half_width, and makes interval, p
 * and verdict agree as moments_compare does.
 */
void comparison_judge(struct comparison *w, double half_width, double alpha);

/*
 * Gives a comparison another interval, difference -+ half_width, and a verdict that was reached elsewhere: see
 * adjust.h. If rounding has them disagree, `half_width` yields by the last bit. p stays. Does nothing where there
 * is no interval.
 */
void comparison_rejudge(struct comparison *w, double half_width, bool significant);

/* P(|T| >= |t|) for Student's t with df degrees of freedom (infinite: the normal distribution), exact in the tail. */
double comparison_t_tails(double t, double df);

/* The t with comparison_t_tails(t, df) = alpha; NaN where df is. */
double comparison_t_critical(double alpha, double df);

#endif

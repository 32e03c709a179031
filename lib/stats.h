/*
 * stats: the mean and variance of a sample in one pass, and Welch's comparison of two.
 *
 * It knows nothing of users, arms or metrics. Where something cannot be known (the variance of one value, the interval
 * of two samples that do not vary), the result is NaN and says so here; who prints turns it into null.
 */
#ifndef BOTIFY_STATS_H
#define BOTIFY_STATS_H

#include <stdbool.h>
#include <stdint.h>

/* A sample, kept as its moments. Zero-initialise. Aggregates of this kind merge. */
struct stats {
	uint64_t n;
	double mean; /* 0 where n is 0 */
	double m2;   /* sum of the squared deviations from the mean */
};

/* Adds one value: Welford 1962, "Note on a method for calculating corrected sums of squares and products". */
void stats_add(struct stats *s, double x);

/* Adds all values of `other`: Chan, Golub, LeVeque 1979, "Updating formulae and a pairwise algorithm", eq. 2.1. */
void stats_merge(struct stats *s, const struct stats *other);

/* The mean, or NaN where there is no value. */
double stats_mean(const struct stats *s);

/* The unbiased variance m2 / (n - 1) and its root; NaN where n < 2. */
double stats_variance(const struct stats *s);
double stats_sd(const struct stats *s);

/*
 * Two samples compared without assuming that their variances are equal: Welch 1947, "The generalization of 'Student's'
 * problem when several different population variances are involved". With v = variance / n of each sample,
 *
 *     t = (mean of treatment - mean of control) / sqrt(v_t + v_c)
 *     df = (v_t + v_c)^2 / (v_t^2 / (n_t - 1) + v_c^2 / (n_c - 1))      Satterthwaite 1946
 *     interval = difference -+ q * sqrt(v_t + v_c), q the 1 - alpha/2 quantile of Student's t with df degrees
 */
struct stats_welch {
	double difference;   /* treatment - control; NaN where a sample is empty */
	double lower, upper; /* of the difference, with confidence 1 - alpha */
	double t, df;
	double p;	  /* two-sided */
	bool significant; /* the interval excludes 0; false where there is no interval */
};

/*
 * All but `difference` is NaN where a sample has fewer than two values or neither varies. Interval, p and verdict
 * agree, to the last bit: the interval decides (|difference| > half its width), and should rounding have put p on the
 * other side of alpha, p is set to the nearest number on its own side, so that significant == (p < alpha).
 */
struct stats_welch stats_welch(const struct stats *control, const struct stats *treatment, double alpha);

/* P(|T| >= |t|) for Student's t with df degrees of freedom, exact in the tail. */
double stats_t_tails(double t, double df);

/* The t with stats_t_tails(t, df) = alpha. */
double stats_t_critical(double alpha, double df);

#endif

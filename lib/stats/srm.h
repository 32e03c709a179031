/*
 * srm: sample ratio mismatch: are the arms as large as planned? Where they are not, users got lost on the way in one arm
 * more than in another, and no effect of the experiment can be trusted.
 *
 * Counts are of users (what was randomised), never of events. Weights are the planned split, in any unit: 1, 1 or 50,
 * 50. They are not negative and not all 0. An arm of weight 0 that is empty is no part of the test; one that is not is
 * a mismatch beyond doubt, with p 0.
 */
#ifndef BOTIFY_SRM_H
#define BOTIFY_SRM_H

#include <stddef.h>
#include <stdint.h>

/* How many users the plan would have put into each arm, given how many there are: `arms` numbers. */
void srm_expected(const uint64_t *counts, const double *weights, size_t arms, double *expected);

struct srm {
	double chi2; /* infinite where an arm of weight 0 has users */
	double df;   /* arms of the test - 1 */
	double p;    /* 0 where it is below the least double, some 5e-324 */
	double log_p; /* natural logarithm of p, finite where p is 0 for that reason */
};

/*
 * Pearson's chi-square test of goodness of fit (Pearson 1900): the sum of (count - expected)^2 / expected, with the
 * tail of the chi-square distribution, which is right where every arm may expect some five users. All is NaN where
 * nobody came or fewer than two arms are in the test.
 */
struct srm srm_test(const uint64_t *counts, const double *weights, size_t arms);

/*
 * log P(X >= chi2), X chi-square with df degrees of freedom: log of the regularised incomplete gamma function
 * Q(df / 2, chi2 / 2). In the tail by the continued fraction of Legendre (Abramowitz and Stegun 6.5.31), in logarithms,
 * so that it has its full relative precision where the probability itself would underflow.
 */
double srm_log_tail(double chi2, double df);

/*
 * The same question asked every night: Lindon and Malek 2022, "Anytime-Valid Inference for Multinomial Count Data",
 * NeurIPS 35. The plan's multinomial is compared with one whose probabilities are drawn from a Dirichlet
 * distribution around the plan, with parameters concentration * weight:
 *
 *     BF = G(a) / G(a + n) prod_i G(a_i + n_i) / G(a_i) / prod_i w_i^n_i       a_i = a w_i, n = sum n_i, G = gamma
 *
 * If the plan holds, 1 / BF falls to alpha or below at any time, ever, with probability at most alpha (Ville's
 * inequality), whatever the times at which one looks. So p = min(1, 1 / BF) may be looked at without end.
 */
struct srm_sequential {
	double log_bf; /* natural logarithm of the Bayes factor against the plan */
	double p;      /* 0 where it is below the least double */
	double log_p;  /* min(0, -log_bf) */
};

/*
 * The concentration that the authors' ssrm-test package takes by default. The test is valid for any; a larger one finds
 * small mismatches among many users sooner, and large ones among few later.
 */
#define SRM_CONCENTRATION 10000.0

/* The test at this look. concentration > 0. All is NaN where fewer than two arms are in the test. */
struct srm_sequential srm_sequential(const uint64_t *counts, const double *weights, size_t arms, double concentration);

/*
 * Several looks in one, which is valid as well and never goes back up: keeps the look with the least p. Looks must be
 * of the same experiment, weights and concentration; their order does not matter. Unknown looks are passed over.
 */
void srm_sequential_merge(struct srm_sequential *running, const struct srm_sequential *look);

#endif

/*
 * srm: sample ratio mismatch: are the arms as large as planned? Where they are not, one arm lost more users on the way
 * than another, and no effect of the experiment can be trusted.
 *
 * Counts are of users (what was randomised), never of events. Weights are the planned split, in any unit: 1, 1 or 50,
 * 50. They are not negative and not all 0. An empty arm of weight 0 is not part of the test; one with users is a
 * mismatch beyond doubt, with p 0.
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
};

/*
 * Pearson's chi-square test of goodness of fit (Pearson 1900): the sum of (count - expected)^2 / expected, with the
 * tail of the chi-square distribution, which is right where every arm may expect some five users. All is NaN where
 * nobody came or fewer than two arms are in the test.
 */
struct srm srm_test(const uint64_t *counts, const double *weights, size_t arms);

/* P(X >= chi2), X chi-square with df degrees of freedom, exact in the tail. */
double srm_chi2_tail(double chi2, double df);

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
};

/*
 * The concentration that the authors' ssrm-test package takes by default. The test is valid for any; a larger one finds
 * small mismatches among many users sooner, and large ones among few later.
 */
#define SRM_CONCENTRATION 10000.0

/* The test at this look. concentration > 0. All is NaN where fewer than two arms are in the test. */
struct srm_sequential srm_sequential(const uint64_t *counts, const double *weights, size_t arms, double concentration);

#endif

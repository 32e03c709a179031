#include "stats/srm.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdbool.h>

/* The plan as shares of 1, over the arms that are in the test. */
struct plan {
	double weight, users; /* sums */
	size_t arms;
	bool impossible; /* somebody is where nobody can be */
};

static struct plan plan_of(const uint64_t *counts, const double *weights, size_t arms)
{
	struct plan p = {0};

	for (size_t i = 0; i < arms; i++) {
		p.weight += weights[i];
		p.users += (double)counts[i];
		p.arms += weights[i] > 0 || counts[i] > 0;
		p.impossible |= !(weights[i] > 0) && counts[i] > 0;
	}
	return p;
}

void srm_expected(const uint64_t *counts, const double *weights, size_t arms, double *expected)
{
	struct plan p = plan_of(counts, weights, arms);

	for (size_t i = 0; i < arms; i++)
		expected[i] = p.users * (weights[i] / p.weight);
}

double srm_chi2_tail(double chi2, double df)
{
	/* the distributions of GSL end the process where they are asked for what there is not */
	return isinf(chi2) ? 0 : gsl_cdf_chisq_Q(chi2, df);
}

struct srm srm_test(const uint64_t *counts, const double *weights, size_t arms)
{
	struct plan p = plan_of(counts, weights, arms);
	struct srm s = {.chi2 = NAN, .df = NAN, .p = NAN};

	if (!(p.arms > 1 && p.users > 0))
		return s;
	s.chi2 = 0;
	s.df = (double)(p.arms - 1);
	for (size_t i = 0; i < arms; i++) {
		double expected = p.users * (weights[i] / p.weight), off = (double)counts[i] - expected;

		if (expected > 0)
			s.chi2 += off * off / expected;
	}
	if (p.impossible)
		s.chi2 = INFINITY;
	s.p = srm_chi2_tail(s.chi2, s.df);
	return s;
}

/* log G(z) - ((z - 1/2) log z - z + log(2 pi) / 2): what Stirling's formula leaves. */
static double stirling_rest(double z)
{
	return log(gsl_sf_gammastar(z));
}

/*
 * With Stirling's formula for every G, the terms of order n log n cancel on paper, instead of on the machine, where
 * they would cost the digits of a Bayes factor near 1. With A = a + n, A_i = a_i + n_i and k arms what is left is
 *
 *     sum_i (A_i - 1/2) log(A_i / (A w_i)) - (k - 1)/2 log(A / a) + sum_i (rest(A_i) - rest(a_i)) - rest(A) + rest(a)
 */
static double log_bayes_factor(const uint64_t *counts, const double *weights, size_t arms, const struct plan *p,
			       double a)
{
	double total = a + p->users, sum = stirling_rest(a) - stirling_rest(total);

	for (size_t i = 0; i < arms; i++) {
		double share = weights[i] / p->weight, n = (double)counts[i];

		if (share > 0) {
			sum += (a * share + n - 0.5) * log1p((n - p->users * share) / (total * share));
			sum += stirling_rest(a * share + n) - stirling_rest(a * share);
		}
	}
	return sum - (double)(p->arms - 1) / 2 * log(total / a);
}

struct srm_sequential srm_sequential(const uint64_t *counts, const double *weights, size_t arms, double concentration)
{
	struct plan p = plan_of(counts, weights, arms);
	struct srm_sequential s = {.log_bf = NAN, .p = NAN};

	if (p.arms < 2)
		return s;
	s.log_bf = p.impossible ? INFINITY : log_bayes_factor(counts, weights, arms, &p, concentration);
	s.p = exp(fmin(0, -s.log_bf));
	return s;
}

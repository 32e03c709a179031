#include "stats/sequential.h"

#include <math.h>

double sequential_rho2(double n, double alpha)
{
	double c = 1 - 2 * log(alpha), y = c + log(c), last = 0;

	/*
	 * Newton's steps from above; there are five or so. GSL's Lambert function has but ten digits where alpha is
	 * small.
	 */
	for (int i = 0; i < 100 && y > 1 && y != last; i++) {
		last = y;
		y = y * (c - 1 + log(y)) / (y - 1);
	}
	return (y - 1) / n;
}

double sequential_critical(double n, double rho2, double alpha)
{
	double x = n * rho2;

	return sqrt((x + 1) / x * (log1p(x) - 2 * log(alpha)));
}

struct comparison sequential_compare(double difference, double error, double n, double rho2, double alpha)
{
	struct comparison w = moments_compare(difference, error, INFINITY, alpha);
	double x = n * rho2;

	if (isnan(w.t))
		return w;
	w.df = NAN;
	w.p = fmin(1, exp(log1p(x) / 2 - w.t * w.t * (x / (2 * (x + 1)))));
	comparison_judge(&w, sequential_critical(n, rho2, alpha) * error, alpha);
	return w;
}

/* Widens a comparison to that of one look where it would be surer than that. */
static struct comparison at_least(struct comparison w, const struct comparison *once, double alpha)
{
	if (isnan(w.t) || isnan(once->t))
		return w;
	w.p = fmax(w.p, once->p);
	comparison_judge(&w, fmax(w.half_width, once->half_width), alpha);
	return w;
}

struct comparison sequential_welch(const struct moments *control, const struct moments *treatment, double tune,
				    double alpha)
{
	double n = (double)control->n + (double)treatment->n;
	struct comparison once = comparison_welch(control, treatment, alpha);

	return at_least(sequential_compare(once.difference, once.error, n, sequential_rho2(tune, alpha), alpha), &once,
			alpha);
}

double sequential_welch_half_width(const struct moments *control, const struct moments *treatment, double tune,
				   double alpha, double level)
{
	double n = (double)control->n + (double)treatment->n;
	struct comparison once = comparison_welch(control, treatment, alpha);

	return once.error * fmax(sequential_critical(n, sequential_rho2(tune, alpha), level),
				 comparison_t_critical(level, once.df));
}

double sequential_arm(const struct moments *arm, const struct moments *all, double tune, double alpha)
{
	double n = (double)all->n, here = (double)arm->n, others = n - here;
	double difference = (arm->mean - all->mean) * (n / others);
	double error = moments_sd(all) * sqrt(1 / here + 1 / others);

	return sequential_compare(difference, error, n, sequential_rho2(tune, alpha), alpha).p;
}

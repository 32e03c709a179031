#include "stats/sequential.h"

#include <math.h>

double sequential_rho2(double n, double alpha)
{
	double c = 1 - 2 * log(alpha), y = c + log(c), last = 0;

	/* Newton's steps from above; there are five or so. GSL's Lambert function has but ten digits where alpha is small. */
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

struct stats_welch sequential_compare(double difference, double error, double n, double rho2, double alpha)
{
	struct stats_welch w = stats_compare(difference, error, INFINITY, alpha);
	double x = n * rho2;

	if (isnan(w.t))
		return w;
	w.df = NAN;
	w.p = fmin(1, exp(log1p(x) / 2 - w.t * w.t * (x / (2 * (x + 1)))));
	stats_judge(&w, sequential_critical(n, rho2, alpha) * error, alpha);
	return w;
}

struct stats_welch sequential_welch(const struct stats *control, const struct stats *treatment, double tune,
				    double alpha)
{
	double n = (double)control->n + (double)treatment->n;

	return sequential_compare(stats_mean(treatment) - stats_mean(control), stats_difference_error(control, treatment), n,
				  sequential_rho2(tune, alpha), alpha);
}

struct stats_welch sequential_mean(const struct stats *s, double tune, double alpha)
{
	double n = (double)s->n;

	return sequential_compare(stats_mean(s), sqrt(stats_variance(s) / n), n, sequential_rho2(tune, alpha), alpha);
}

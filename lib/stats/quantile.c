#include "stats/quantile.h"

#include <math.h>
#include <stdlib.h>

#include "stats/comoments.h"
#include "stats/ratio.h"

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void quantile_sort(double *values, size_t n)
{
	if (n > 0)
		qsort(values, n, sizeof *values, by_value);
}

double quantile_sorted(const double *sorted, size_t n, double p)
{
	double place = p * ((double)n - 1), below = floor(place);
	size_t i;

	if (n == 0)
		return NAN;
	i = (size_t)below;
	/* between equal values the difference is 0 and adds nothing; past the last there is none */
	if (i + 1 >= n)
		return sorted[n - 1];
	return sorted[i] + (place - below) * (sorted[i + 1] - sorted[i]);
}

/* Ranks from 1. Where no value is low (high) enough, `lower` is 0 (`upper` is n + 1). */
struct ranks {
	size_t lower, upper;
};

static void set_bounds(struct quantile *q, const double *sorted, size_t n, struct ranks r)
{
	q->lower = r.lower < 1 ? -INFINITY : sorted[r.lower - 1];
	q->upper = r.upper > n ? INFINITY : sorted[r.upper - 1];
}

/* `spread` is the standard error of the share of values at or below the quantile. */
static double woodruff(const double *sorted, size_t n, double p, double spread, double df)
{
	double t = comparison_t_critical(0.05, df), h = t * spread;

	if (!(p - h >= 0 && p + h <= 1))
		return NAN;
	return (quantile_sorted(sorted, n, p + h) - quantile_sorted(sorted, n, p - h)) / (2 * t);
}

/* The standard error of the share of values at or below `value`, by the delta method. */
static double share_error(const double *grouped, const size_t *sizes, size_t users, double value)
{
	struct comoments j = {0};
	struct moments share;

	for (size_t i = 0; i < users; i++) {
		size_t below = 0;

		for (size_t k = 0; k < sizes[i]; k++)
			below += *grouped++ <= value;
		comoments_add(&j, (double)sizes[i], (double)below);
	}
	share = ratio_sample(&j);
	return sqrt(moments_variance(&share) / (double)users);
}

/* Of n values, the ranks at the shares p - h and p + h, outwards. */
static struct ranks outer_ranks(size_t n, double p, double h)
{
	double lower = floor((double)n * (p - h)), upper = ceil((double)n * (p + h)) + 1;

	return (struct ranks){
		.lower = lower < 1 ? 0 : (size_t)lower,
		.upper = upper > (double)n ? n + 1 : (size_t)upper,
	};
}

struct quantile quantile_clustered(const double *sorted, const double *grouped, const size_t *sizes, size_t users,
				   double p, double alpha)
{
	struct quantile q = {.value = NAN, .lower = -INFINITY, .upper = INFINITY, .error = NAN, .users = users};
	double spread, df = (double)users - 1;
	size_t n = 0;

	for (size_t i = 0; i < users; i++)
		n += sizes[i];
	q.value = quantile_sorted(sorted, n, p);
	if (users < 2 || n == 0)
		return q;
	spread = share_error(grouped, sizes, users, q.value);
	set_bounds(&q, sorted, n, outer_ranks(n, p, comparison_t_critical(alpha, df) * spread));
	q.error = woodruff(sorted, n, p, spread, df);
	return q;
}

struct moments quantile_sample(const struct quantile *q)
{
	double n = (double)q->users;

	return (struct moments){.n = q->users, .mean = q->value, .m2 = q->error * q->error * n * (n - 1)};
}

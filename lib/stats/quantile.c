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

/* P(B = k + 1) / P(B = k) */
static double up(size_t n, double odds, size_t k)
{
	return (double)(n - k) / (double)(k + 1) * odds;
}

/*
 * The least k with P(B <= k) > tail, for odds = p / (1 - p). Probabilities are relative to that of the mode, where
 * the walk begins, so that there is no factorial and nothing cancels. It takes some 75 standard deviations of steps.
 */
static size_t binomial_quantile(size_t n, double p, double tail)
{
	double odds = p / (1 - p), weight = 1, total = 1, sum;
	size_t mode = (size_t)fmin((double)n, floor(((double)n + 1) * p)), k;

	for (k = mode; k < n && weight > 1e-300; k++) {
		weight *= up(n, odds, k);
		total += weight;
	}
	weight = 1;
	for (k = mode; k > 0 && weight > 1e-300; k--) {
		weight /= up(n, odds, k - 1);
		total += weight;
	}
	for (sum = weight; k < n && sum <= tail * total; k++) {
		weight *= up(n, odds, k);
		sum += weight;
	}
	return k;
}

struct quantile_ranks quantile_ranks(size_t n, double p, double alpha)
{
	/* u is as far from the top as l from the bottom, counting the values above */
	return (struct quantile_ranks){
		.lower = binomial_quantile(n, p, alpha / 2),
		.upper = n + 1 - binomial_quantile(n, 1 - p, alpha / 2),
	};
}

static void set_bounds(struct quantile *q, const double *sorted, size_t n, struct quantile_ranks r)
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

struct quantile quantile_independent(const double *sorted, size_t n, double p, double alpha)
{
	struct quantile q = {
		.value = quantile_sorted(sorted, n, p), .lower = -INFINITY, .upper = INFINITY, .error = NAN, .users = n,
	};
	double rest = (double)n - 1;

	if (n < 2)
		return q;
	set_bounds(&q, sorted, n, quantile_ranks(n, p, alpha));
	q.error = woodruff(sorted, n, p, sqrt(p * (1 - p) / rest), rest);
	return q;
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
static struct quantile_ranks outer_ranks(size_t n, double p, double h)
{
	double lower = floor((double)n * (p - h)), upper = ceil((double)n * (p + h)) + 1;

	return (struct quantile_ranks){
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

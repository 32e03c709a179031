#include "stats/power.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

struct power_arm power_arm(const struct moments *s)
{
	return (struct power_arm){.n = (double)s->n, .variance = moments_variance(s)};
}

static double normal_tail(double z)
{
	return erfc(z / sqrt(2)) / 2;
}

/*
 * T > q where Z + noncentrality > q S, S^2 being chi-square over df. With S = e^w the density of w is proportional to
 * exp(df (w - (e^2w - 1) / 2)): analytic, and vanishing at both ends, so that the trapezoidal rule converges faster
 * than any power of its step. Around 0 it is normal with variance 1 / (2 df); to the left it falls as e^(df w). The
 * normal tail turns over within 1 / noncentrality.
 */
static double over_chi(double q, double df, double noncentrality)
{
	double width = 1 / sqrt(2 * df), step = fmin(width / 8, 1 / (3 * noncentrality));
	double left = -fmax(45 / df, 10 * width), right = 10 * width;
	double sum = 0, total = 0;

	for (double w = left; w < right; w += step) {
		double density = exp(df * (w - expm1(2 * w) / 2));

		total += density;
		sum += density * normal_tail(q * exp(w) - noncentrality);
	}
	return sum / total;
}

/*
 * The same the other way round, where that step would be too small: the mean over Z of P(S < (Z + noncentrality) /
 * q).
 */
static double over_normal(double q, double df, double noncentrality)
{
	double step = 0.125, sum = 0, total = 0;

	for (double z = -9; z <= 9; z += step) {
		double density = exp(-z * z / 2), s = (z + noncentrality) / q;

		total += density;
		sum += density * gsl_cdf_chisq_P(df * s * s, df);
	}
	return sum / total;
}

double power_noncentral_t(double q, double df, double noncentrality)
{
	if (noncentrality > 10 * fmax(1, sqrt(2 * df)))
		return over_normal(q, df, noncentrality);
	return over_chi(q, df, noncentrality);
}

struct power_test {
	double error, df;
};

static struct power_test test_of(struct power_arm c, struct power_arm t)
{
	double vc = c.variance / c.n, vt = t.variance / t.n;

	if (!(c.n >= 2 && t.n >= 2 && vc + vt > 0))
		return (struct power_test){.error = NAN, .df = NAN};
	return (struct power_test){.error = sqrt(vc + vt), .df = comparison_welch_df(vc, c.n, vt, t.n)};
}

double power_of(struct power_arm control, struct power_arm treatment, double effect, double alpha)
{
	struct power_test t = test_of(control, treatment);

	if (isnan(t.error) || isnan(effect))
		return NAN;
	return power_noncentral_t(comparison_t_critical(alpha, t.df), t.df, fabs(effect) / t.error);
}

double power_mde(struct power_arm control, struct power_arm treatment, double alpha, double power)
{
	struct power_test t = test_of(control, treatment);
	double q, low = 0, high = 1;

	if (isnan(t.error))
		return NAN;
	q = comparison_t_critical(alpha, t.df);
	while (power_noncentral_t(q, t.df, high) < power && isfinite(high))
		high *= 2;
	for (double middle = high / 2; low < middle && middle < high; middle = low + (high - low) / 2) {
		if (power_noncentral_t(q, t.df, middle) < power)
			low = middle;
		else
			high = middle;
	}
	return high * t.error;
}

/* An experiment that is still to be sized. */
struct plan {
	double control_variance, treatment_variance, allocation, effect, alpha;
};

static double treatment_users(const struct plan *p, double control)
{
	return fmax(2, ceil(p->allocation * control));
}

static double plan_power(const struct plan *p, double control)
{
	struct power_arm c = {.n = control, .variance = p->control_variance};
	struct power_arm t = {.n = treatment_users(p, control), .variance = p->treatment_variance};

	return power_of(c, t, p->effect, p->alpha);
}

bool power_need(double control_variance, double treatment_variance, double allocation, double effect, double alpha,
		double power, struct power_users *need)
{
	struct plan p = {control_variance, treatment_variance, allocation, effect, alpha};
	double low = 1, high = 2; /* low is too few, or no number at all */

	*need = (struct power_users){0, 0};
	if (!(control_variance >= 0 && treatment_variance >= 0 && effect != 0))
		return false;
	if (!(allocation > 0 && isfinite(allocation)))
		return false;
	while (plan_power(&p, high) < power && high <= 0x1p53) {
		low = high;
		high *= 2;
	}
	if (!(plan_power(&p, high) >= power && fmax(high, treatment_users(&p, high)) <= 0x1p53))
		return false;
	while (high - low > 1) {
		double middle = floor(low + (high - low) / 2);

		if (plan_power(&p, middle) < power)
			low = middle;
		else
			high = middle;
	}
	need->control = (uint64_t)high;
	need->treatment = (uint64_t)treatment_users(&p, high);
	return true;
}

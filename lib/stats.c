#include "stats.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>

void stats_add(struct stats *s, double x)
{
	double deviation = x - s->mean;

	s->n++;
	s->mean += deviation / (double)s->n;
	s->m2 += deviation * (x - s->mean);
}

void stats_merge(struct stats *s, const struct stats *other)
{
	double n = (double)s->n + (double)other->n, deviation = other->mean - s->mean;

	if (other->n == 0)
		return;
	s->mean += deviation * ((double)other->n / n);
	s->m2 += other->m2 + deviation * deviation * ((double)s->n * (double)other->n / n);
	s->n += other->n;
}

double stats_mean(const struct stats *s)
{
	return s->n > 0 ? s->mean : NAN;
}

double stats_variance(const struct stats *s)
{
	return s->n > 1 ? s->m2 / (double)(s->n - 1) : NAN;
}

double stats_sd(const struct stats *s)
{
	return sqrt(stats_variance(s));
}

/*
 * From 30 degrees on gsl_cdf_tdist_Q takes a Cornish-Fisher expansion, which in the far tail is off by 1e-8 at 31
 * degrees and better than 1e-13 at 1,000. The incomplete beta function, the same probability, is right to 1e-13 at few
 * degrees and loses digits as they grow (1e-10 at 1e6).
 */
double stats_t_tails(double t, double df)
{
	if (df < 1000)
		return gsl_cdf_beta_P(df / (df + t * t), df / 2, 0.5);
	return 2 * gsl_cdf_tdist_Q(fabs(t), df);
}

double stats_t_critical(double alpha, double df)
{
	double q = gsl_cdf_tdist_Qinv(alpha / 2, df), density = gsl_ran_tdist_pdf(q, df);

	/* The same expansion: one Newton step makes the quantile that of our own tail. Towards the centre it is exact. */
	if (alpha < 0.5 && density > 0 && isfinite(q))
		q += (stats_t_tails(q, df) - alpha) / (2 * density);
	return q;
}

static double agree(double p, bool significant, double alpha)
{
	if (significant == (p < alpha))
		return p;
	return significant ? nextafter(alpha, 0) : alpha;
}

struct stats_welch stats_welch(const struct stats *control, const struct stats *treatment, double alpha)
{
	double vc = stats_variance(control) / (double)control->n;
	double vt = stats_variance(treatment) / (double)treatment->n;
	double error = sqrt(vc + vt), share = vc / (vc + vt), half;
	struct stats_welch w = {
		.difference = stats_mean(treatment) - stats_mean(control),
		.lower = NAN, .upper = NAN, .t = NAN, .df = NAN, .p = NAN,
	};

	/* also false for NaN */
	if (!(error > 0 && isfinite(error) && isfinite(w.difference)))
		return w;
	/* Satterthwaite's formula divided through by (vc + vt)^2, which could vanish or overflow */
	w.df = 1 / (share * share / (double)(control->n - 1) + (1 - share) * (1 - share) / (double)(treatment->n - 1));
	w.t = w.difference / error;
	half = stats_t_critical(alpha, w.df) * error;
	w.lower = w.difference - half;
	w.upper = w.difference + half;
	/* x - y is positive exactly where x > y, so this is "the interval excludes 0" also after rounding */
	w.significant = fabs(w.difference) > half;
	w.p = agree(stats_t_tails(w.t, w.df), w.significant, alpha);
	return w;
}

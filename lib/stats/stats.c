#include "stats/stats.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>

void moments_add(struct moments *s, double x)
{
	double deviation = x - s->mean;

	s->n++;
	s->mean += deviation / (double)s->n;
	s->m2 += deviation * (x - s->mean);
}

void moments_merge(struct moments *s, const struct moments *other)
{
	double n = (double)s->n + (double)other->n, deviation = other->mean - s->mean;

	if (other->n == 0)
		return;
	s->mean += deviation * ((double)other->n / n);
	s->m2 += other->m2 + deviation * deviation * ((double)s->n * (double)other->n / n);
	s->n += other->n;
}

double moments_mean(const struct moments *s)
{
	return s->n > 0 ? s->mean : NAN;
}

double moments_variance(const struct moments *s)
{
	return s->n > 1 ? s->m2 / (double)(s->n - 1) : NAN;
}

double moments_sd(const struct moments *s)
{
	return sqrt(moments_variance(s));
}

/* Whether the values vary by more than rounding; not where it is not known. */
static bool varies(const struct moments *s)
{
	return moments_sd(s) > 0x1p-44 * fabs(s->mean);
}

double comparison_difference_error(const struct moments *a, const struct moments *b)
{
	if (!varies(a) && !varies(b))
		return a->n > 1 && b->n > 1 ? 0 : NAN;
	return sqrt(moments_variance(a) / (double)a->n + moments_variance(b) / (double)b->n);
}

/*
 * From 30 degrees on gsl_cdf_tdist_Q takes a Cornish-Fisher expansion, which in the far tail is off by 1e-8 at 31
 * degrees and better than 1e-13 at 1,000. The incomplete beta function, the same probability, is right to 1e-13 at few
 * degrees and loses digits as they grow (1e-10 at 1e6).
 */
double comparison_t_tails(double t, double df)
{
	if (isinf(df))
		return erfc(fabs(t) / sqrt(2));
	if (df < 1000)
		return gsl_cdf_beta_P(df / (df + t * t), df / 2, 0.5);
	return 2 * gsl_cdf_tdist_Q(fabs(t), df);
}

double comparison_t_critical(double alpha, double df)
{
	double q, density;

	/* the distributions of GSL end the process where they are asked for what there is not */
	if (isnan(df))
		return NAN;
	if (isinf(df))
		return gsl_cdf_ugaussian_Qinv(alpha / 2);
	q = gsl_cdf_tdist_Qinv(alpha / 2, df);
	density = gsl_ran_tdist_pdf(q, df);
	/*
	 * The same expansion: one Newton step makes the quantile that of our own tail. Towards the centre it is
	 * exact.
	 */
	if (alpha < 0.5 && density > 0 && isfinite(q))
		q += (comparison_t_tails(q, df) - alpha) / (2 * density);
	return q;
}

static double agreeing_p(double p, bool significant, double alpha)
{
	if (significant == (p < alpha))
		return p;
	return significant ? nextafter(alpha, 0) : alpha;
}

static void set_interval(struct comparison *w, double half_width)
{
	w->half_width = half_width;
	w->lower = w->difference - half_width;
	w->upper = w->difference + half_width;
	/* x - y is positive exactly where x > y, so this is "the interval excludes 0" also after rounding */
	w->significant = fabs(w->difference) > half_width;
}

void comparison_judge(struct comparison *w, double half_width, double alpha)
{
	set_interval(w, half_width);
	w->p = agreeing_p(w->p, w->significant, alpha);
}

void comparison_rejudge(struct comparison *w, double half_width, bool significant)
{
	double size = fabs(w->difference);

	if (isnan(w->half_width))
		return;
	if (significant && !(size > half_width))
		half_width = nextafter(size, 0);
	else if (!significant && size > half_width)
		half_width = size;
	set_interval(w, half_width);
}

struct comparison moments_compare(double difference, double error, double df, double alpha)
{
	struct comparison w = {
		.difference = difference, .lower = NAN, .upper = NAN, .t = NAN, .df = NAN, .p = NAN,
		.error = NAN, .half_width = NAN,
	};

	/* also false for NaN */
	if (!(error > 0 && isfinite(error) && isfinite(difference) && df > 0))
		return w;
	w.error = error;
	w.df = df;
	w.t = difference / error;
	w.p = comparison_t_tails(w.t, df);
	comparison_judge(&w, comparison_t_critical(alpha, df) * error, alpha);
	return w;
}

double comparison_welch_df(double v_a, double n_a, double v_b, double n_b)
{
	/* the formula divided through by (v_a + v_b)^2, which could vanish or overflow */
	double share = v_a / (v_a + v_b);

	return 1 / (share * share / (n_a - 1) + (1 - share) * (1 - share) / (n_b - 1));
}

struct comparison comparison_welch(const struct moments *control, const struct moments *treatment, double alpha)
{
	double n_c = (double)control->n, n_t = (double)treatment->n;
	double df = comparison_welch_df(moments_variance(control) / n_c, n_c, moments_variance(treatment) / n_t, n_t);

	return moments_compare(moments_mean(treatment) - moments_mean(control),
			       comparison_difference_error(control, treatment), df, alpha);
}

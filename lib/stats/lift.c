#include "stats/lift.h"

#include <math.h>

/* 100 part / whole, and NaN rather than infinity. */
static double percent_of(double part, double whole)
{
	double x = 100 * (part / whole);

	return isfinite(x) ? x : NAN;
}

/* The variance of a sample's mean, times q^2, in units of the control's mean squared. */
static double relative_variance(const struct moments *s, double q, double unit)
{
	double margin = q * sqrt(moments_variance(s) / (double)s->n) / unit;

	return margin * margin;
}

/*
 * With u = difference / m_c, g = q^2 v_c / m_c^2 and h = q^2 v_t / m_c^2 the inequality is
 *
 *     (1 - g) L^2 - 2 (u + g) L + (u^2 - g - h) <= 0
 *
 * whose discriminant is, over 4, g (1 + u)^2 + h (1 - g): two terms that do not cancel. The last term of the
 * inequality is (|u| - half width)(|u| + half width), positive where the comparison is significant, and so then is
 * the product of the roots.
 */
static void set_bounds(struct lift *l, const struct comparison *w, double unit, double g, double h)
{
	double u = w->difference / unit, size = fabs(w->difference), middle = u + g;
	double far_root, near_root, sum;

	sum = middle + copysign(sqrt(g * (1 + u) * (1 + u) + h * (1 - g)), middle);
	far_root = sum / (1 - g);
	near_root = sum == 0 ? 0 : (size - w->half_width) / fabs(unit) * ((size + w->half_width) / fabs(unit) / sum);
	/* the estimate is inside; a narrow interval could miss it by the last bit */
	l->lower = fmin(l->percent, 100 * fmin(far_root, near_root));
	l->upper = fmax(l->percent, 100 * fmax(far_root, near_root));
}

struct lift lift_fieller(const struct moments *control, const struct moments *treatment, const struct comparison *w)
{
	double unit = moments_mean(control), q = w->half_width / w->error, g, h;
	struct lift l = {
		.kind = LIFT_UNKNOWN, .percent = percent_of(w->difference, unit), .lower = NAN, .upper = NAN,
		.significant = w->significant,
	};

	if (isnan(l.percent))
		return l;
	g = relative_variance(control, q, unit);
	h = relative_variance(treatment, q, unit);
	if (isnan(g) || isnan(h))
		return l;
	l.kind = g < 1 ? LIFT_BOUNDED : LIFT_UNBOUNDED;
	l.lower = -INFINITY;
	l.upper = INFINITY;
	if (l.kind == LIFT_BOUNDED)
		set_bounds(&l, w, unit, g, h);
	return l;
}

struct lift lift_difference(const struct moments *control, const struct comparison *w)
{
	/* a negative mean turns the interval round */
	double unit = moments_mean(control);
	double lower = unit < 0 ? w->upper : w->lower, upper = unit < 0 ? w->lower : w->upper;
	struct lift l = {
		.percent = percent_of(w->difference, unit),
		.lower = percent_of(lower, unit), .upper = percent_of(upper, unit),
		.significant = w->significant,
	};

	l.kind = isnan(l.lower) || isnan(l.upper) ? LIFT_UNKNOWN : LIFT_BOUNDED;
	return l;
}

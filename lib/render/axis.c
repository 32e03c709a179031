#include "render/axis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A span narrower than this, relative to its place, would need labels of more digits than there is room for. */
static const double narrowest = 1e-4, farthest = 1e300, smallest = 1e-300;

void axis_hold(struct axis_span *span, double x)
{
	if (!isfinite(x))
		return;
	x = fmin(fmax(x, -farthest), farthest);
	if (span->low > span->high)
		*span = (struct axis_span){x, x};
	span->low = fmin(span->low, x);
	span->high = fmax(span->high, x);
}

static struct axis_span widen_span(struct axis_span s, bool whole)
{
	double far = fmax(fabs(s.low), fabs(s.high)), margin;

	if (s.low > s.high)
		return (struct axis_span){0, 1};
	if (far < smallest)
		return whole ? (struct axis_span){-0.5, 0.5} : (struct axis_span){s.low < 0 ? -1 : 0, 1};
	if (s.high - s.low >= narrowest * far)
		return s;
	margin = fmax(narrowest * far, whole ? 0.5 : s.low < s.high ? 0 : 0.1 * far);
	return (struct axis_span){s.low - margin, s.high + margin};
}

/* The least of 1, 2, 5, 10, 20, … (and 0.5, 0.2, …) that is not less than x. */
static double nice_step(double x)
{
	static const double steps[] = {1, 2, 5, 10};
	double power = pow(10, floor(log10(x)));

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (x <= steps[i] * power * (1 + 1e-9))
			return steps[i] * power;
	return 10 * power;
}

/* Chooses the unit of the labels and how many decimals they need. */
static void choose_unit(struct axis *a)
{
	static const struct {
		double below, unit;
		const char *suffix;
	} units[] = {{1e4, 1, ""}, {1e6, 1e3, "k"}, {1e9, 1e6, "M"}, {1e12, 1e9, "G"}, {1e15, 1e12, "T"}};
	double far = fmax(fabs(a->low), fabs(a->high));
	int power = (int)floor(log10(far));
	size_t i = 0;

	while (i < sizeof units / sizeof *units && far >= units[i].below)
		i++;
	if (i < sizeof units / sizeof *units && far >= 1e-3) {
		a->unit = units[i].unit;
		strcpy(a->suffix, units[i].suffix);
	} else {
		a->unit = pow(10, power);
		snprintf(a->suffix, sizeof a->suffix, "e%s%d", power < 0 ? "−" : "", power < 0 ? -power : power);
	}
	a->decimals = (int)fmin(fmax(0, -floor(log10(a->step / a->unit) + 1e-9)), 9);
}

struct axis axis_of(struct axis_span span, size_t ticks, bool whole, bool round)
{
	struct axis a = {.unit = 1};

	span = widen_span(span, whole);
	a.low = span.low;
	a.high = span.high;
	a.step = nice_step((a.high - a.low) / (double)(ticks > 1 ? ticks - 1 : 1));
	if (whole && a.step < 1)
		a.step = 1;
	if (round) {
		a.low = a.step * floor(a.low / a.step + 1e-9);
		a.high = fmax(a.step * ceil(a.high / a.step - 1e-9), a.low + a.step);
	}
	a.first = a.step * ceil(a.low / a.step - 1e-9);
	a.n = (size_t)fmin(fmax(floor((a.high - a.first) / a.step + 1e-9) + 1, 0), AXIS_TICKS_MAX);
	choose_unit(&a);
	return a;
}

double axis_tick(const struct axis *a, size_t i)
{
	double x = a->first + (double)i * a->step;

	return fabs(x) < a->step / 2 ? 0 : x;
}

void axis_label(const struct axis *a, double x, char text[AXIS_LABEL_SIZE])
{
	if (x == 0)
		strcpy(text, "0");
	else
		snprintf(text, AXIS_LABEL_SIZE, "%s%.*f%s", x < 0 ? "−" : "", a->decimals, fabs(x) / a->unit,
			 a->suffix);
}

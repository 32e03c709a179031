#include "render/svg.h"

#include <math.h>
#include <stdlib.h>

#include "render/axis.h"

/* A row has a line of text, and below it a lane with its interval. A group has a heading. */
enum { MARGIN = 8, INSET = 14, ROW = 40, LANE = 26, GROUP = 34, FOOT = 78, TEXT_WIDTH = 235 };

static const double left = INSET, right = SVG_WIDTH - INSET;

static double farthest_end(const struct svg_interval *row)
{
	double far = 0;
	const double ends[] = {row->value, row->lower, row->upper};

	for (size_t i = 0; i < 3; i++)
		if (isfinite(ends[i]))
			far = fmax(far, fabs(ends[i]));
	return far;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * How far from 0 an interval may reach to be drawn whole: ten times the reach of those that are wider than three
 * quarters of the others.
 */
static double drawn_limit(const struct svg_forest *c, size_t n)
{
	double reaches[SVG_ROWS_MAX] = {0}, limit;

	for (size_t i = 0; i < n; i++)
		reaches[i] = farthest_end(&c->rows[i]);
	qsort(reaches, n, sizeof *reaches, by_size);
	limit = n > 0 ? 10 * reaches[n - 1 - n / 4] : 0;
	return limit > 0 ? limit : INFINITY;
}

static struct axis make_axis(const struct svg_forest *c, size_t n)
{
	struct axis_span span = AXIS_EMPTY;
	double limit = drawn_limit(c, n);

	axis_hold(&span, 0);
	for (size_t i = 0; i < n; i++) {
		if (farthest_end(&c->rows[i]) > limit)
			continue;
		axis_hold(&span, c->rows[i].value);
		axis_hold(&span, c->rows[i].lower);
		axis_hold(&span, c->rows[i].upper);
	}
	return axis_of(span, 7, false, true);
}

static double x_of(const struct axis *a, double x)
{
	return left + (right - left) * fmin(fmax((x - a->low) / (a->high - a->low), 0), 1);
}

static const char *const classes[] = {[SVG_UNSURE] = "unsure", [SVG_BETTER] = "better", [SVG_WORSE] = "worse"};

/* A ring, a square or a diamond. */
static void put_mark(FILE *f, enum svg_verdict verdict, double x, double y)
{
	if (verdict == SVG_UNSURE)
		fprintf(f, "<circle class=\"hollow\" cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\"/>\n", x, y);
	else if (verdict == SVG_BETTER)
		fprintf(f, "<path class=\"dot\" d=\"M%.1f %.1fh10v10h-10Z\"/>\n", x - 5, y - 5);
	else
		fprintf(f, "<path class=\"dot\" d=\"M%.1f %.1fl7 7l-7 7l-7 -7Z\"/>\n", x, y - 7);
}

/* One end of an interval: a stroke across, or an arrow where it goes on beyond the scale. */
static void put_end(FILE *f, const struct axis *a, double end, double y)
{
	double x = x_of(a, end);

	if (end < a->low || end > a->high)
		fprintf(f, "<path class=\"line\" d=\"M%.1f %.1fl%d 5l%d 5\"/>\n", x - (end > a->high ? 5 : -5), y - 5,
			end > a->high ? 5 : -5, end > a->high ? -5 : 5);
	else
		svg_line(f, "line", x, y - 4, x, y + 4);
}

static void put_interval(FILE *f, const struct axis *a, const struct svg_interval *row, double y)
{
	if (isfinite(row->lower) && isfinite(row->upper)) {
		svg_line(f, "line", x_of(a, row->lower), y, x_of(a, row->upper), y);
		put_end(f, a, row->lower, y);
		put_end(f, a, row->upper, y);
	}
	if (isfinite(row->value) && row->value >= a->low && row->value <= a->high)
		put_mark(f, row->verdict, x_of(a, row->value), y);
}

static void put_row(FILE *f, const struct axis *a, const struct svg_interval *row, double y)
{
	double text = fmin(svg_text_width(row->text), TEXT_WIDTH);
	const char *class = row->verdict == SVG_UNSURE ? "soft" : classes[row->verdict];

	svg_text(f, MARGIN, y + 14, SVG_START, "", row->name, SVG_WIDTH - 2 * MARGIN - 12 - text);
	svg_text(f, SVG_WIDTH - MARGIN, y + 14, SVG_END, class, row->text, TEXT_WIDTH);
	fprintf(f, "<g class=\"%s\">\n", classes[row->verdict]);
	put_interval(f, a, row, y + LANE);
	fputs("</g>\n", f);
}

static void put_grid(FILE *f, const struct axis *a, double bottom)
{
	char text[AXIS_LABEL_SIZE];

	for (size_t i = 0; i < a->n; i++) {
		double tick = axis_tick(a, i), x = x_of(a, tick);

		svg_line(f, tick == 0 ? "zero" : "grid", x, 0, x, bottom + 5);
		axis_label(a, tick, text);
		svg_tick(f, x, bottom + 19, text);
	}
}

/* What the marks mean. */
static void put_key(FILE *f, double y)
{
	static const struct {
		enum svg_verdict verdict;
		const char *text;
	} marks[] = {{SVG_BETTER, "better"}, {SVG_WORSE, "worse"}, {SVG_UNSURE, "not significant"}};
	double x = INSET;

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		fprintf(f, "<g class=\"%s\">\n", classes[marks[i].verdict]);
		put_mark(f, marks[i].verdict, x, y - 4.5);
		fputs("</g>\n", f);
		svg_text(f, x + 12, y, SVG_START, "soft", marks[i].text, SVG_WIDTH);
		x += svg_text_width(marks[i].text) + 34;
	}
}

static bool is_headed(const struct svg_forest *c, size_t i)
{
	return c->rows[i].group && *c->rows[i].group;
}

static double rows_height(const struct svg_forest *c, size_t n)
{
	double height = 0;

	for (size_t i = 0; i < n; i++)
		height += ROW + (is_headed(c, i) ? GROUP : 0);
	return height;
}

static void put_rest(FILE *f, size_t n, double y)
{
	char text[64];

	snprintf(text, sizeof text, "%zu more are in the table", n);
	svg_text(f, MARGIN, y, SVG_START, "soft", text, SVG_WIDTH);
}

static void put_rows(FILE *f, const struct svg_forest *c, size_t n, const struct axis *a)
{
	double y = 0;

	for (size_t i = 0; i < n; i++) {
		if (is_headed(c, i))
			svg_text(f, MARGIN, (y += GROUP) - 10, SVG_START, "strong", c->rows[i].group, SVG_WIDTH * 0.88);
		put_row(f, a, &c->rows[i], y);
		y += ROW;
	}
}

void svg_forest(const struct svg_forest *c, FILE *f)
{
	size_t n = c->n < SVG_ROWS_MAX ? c->n : SVG_ROWS_MAX;
	double bottom = rows_height(c, n);
	struct axis a = make_axis(c, n);

	svg_begin(f, c->title, c->description, bottom + FOOT + (c->n > n ? 20 : 0));
	put_grid(f, &a, bottom);
	put_rows(f, c, n, &a);
	svg_text(f, SVG_WIDTH - MARGIN, bottom + 40, SVG_END, "soft", c->x_label, SVG_WIDTH - 2 * MARGIN);
	put_key(f, bottom + 66);
	if (c->n > n)
		put_rest(f, c->n - n, bottom + FOOT + 14);
	svg_end(f);
}

#include "render/svg.h"

#include <math.h>

#include "render/axis.h"

enum { MARGIN = 8, LINE = 20, SWATCH = 28, NAME_WIDTH = 170, PLOT_HEIGHT = 190, DOTS_MAX = 40 };

/* A chart's two scales and where they stand. */
struct plot {
	double left, right, top, bottom;
	struct axis x, y;
	bool empty; /* nothing is known */
};

static double position_on(const struct axis *a, double value, double from, double to)
{
	double part = (value - a->low) / (a->high - a->low);

	return from + (to - from) * fmin(fmax(part, 0), 1);
}

static double x_of(const struct plot *p, double x)
{
	return position_on(&p->x, x, p->left, p->right);
}

static double y_of(const struct plot *p, double y)
{
	return position_on(&p->y, y, p->bottom, p->top);
}

/* How many series have a style of their own. */
static size_t count_styles(const struct svg_chart *c)
{
	size_t styles = c->first < SVG_SERIES_MAX ? SVG_SERIES_MAX - c->first : 0;

	return c->n_series < styles ? c->n_series : styles;
}

/*
 * The legend, in as many lines as it needs; or, where f is NULL, nothing but how high it is.
 */
static double put_legend(const struct svg_chart *c, FILE *f)
{
	double x = MARGIN, y = 0;

	for (size_t i = 0; i < count_styles(c); i++) {
		double width = c->series[i].name ? fmin(svg_text_width(c->series[i].name), NAME_WIDTH) : 0;

		if (!c->series[i].name)
			continue;
		if (y == 0 || x + SWATCH + width > SVG_WIDTH - MARGIN) {
			x = MARGIN;
			y += LINE;
		}
		if (f) {
			fprintf(f, "<g class=\"%s\">", svg_series_class(c->first + i));
			svg_line(f, "line", x + 1, y - 9, x + SWATCH - 7, y - 9);
			svg_text(f, x + SWATCH, y - 4, SVG_START, "", c->series[i].name, NAME_WIDTH);
			fputs("</g>\n", f);
		}
		x += SWATCH + width + 18;
	}
	return y;
}

/* Says below the legend that there are lines without a name, if not all are. Returns how high that is. */
static double legend_rest(const struct svg_chart *c, double y, FILE *f)
{
	char text[80];

	if (c->n_series == count_styles(c) || count_styles(c) == 0)
		return 0;
	snprintf(text, sizeof text, "and %zu more, as thin lines", c->n_series - count_styles(c));
	if (f)
		svg_text(f, MARGIN, y + LINE - 4, SVG_START, "soft", text, SVG_WIDTH);
	return LINE;
}

/* What the values of all series, and their bands, take. */
static struct axis_span y_span(const struct svg_chart *c)
{
	struct axis_span span = AXIS_EMPTY;

	for (size_t i = 0; i < c->n_series; i++)
		for (size_t j = 0; j < c->n; j++) {
			axis_hold(&span, c->series[i].y[j]);
			if (c->series[i].lower && c->series[i].upper) {
				axis_hold(&span, c->series[i].lower[j]);
				axis_hold(&span, c->series[i].upper[j]);
			}
		}
	return span;
}

static struct axis x_axis(const struct svg_chart *c, size_t n, size_t ticks)
{
	struct axis_span span = AXIS_EMPTY;

	for (size_t i = 0; i < n; i++)
		axis_hold(&span, c->x[i]);
	return axis_of(span, ticks, c->whole, false);
}

static double widest_label(const struct axis *a)
{
	double width = 0;
	char text[AXIS_LABEL_SIZE];

	for (size_t i = 0; i < a->n; i++) {
		axis_label(a, axis_tick(a, i), text);
		width = fmax(width, svg_text_width(text));
	}
	return width;
}

static struct plot lay_out(const struct svg_chart *c, size_t n_x)
{
	struct plot p = {.right = SVG_WIDTH - MARGIN - 6};
	struct axis_span y = y_span(c);

	p.empty = y.low > y.high;
	if (c->zero)
		axis_hold(&y, 0);
	p.y = axis_of(y, 6, false, true);
	p.left = MARGIN + widest_label(&p.y) + 8;
	p.top = put_legend(c, NULL) + legend_rest(c, 0, NULL) + LINE + 12;
	p.bottom = p.top + PLOT_HEIGHT;
	p.x = x_axis(c, n_x, 8);
	while (widest_label(&p.x) + 14 > (p.right - p.left) / (double)p.x.n && p.x.n > 2) {
		struct axis fewer = x_axis(c, n_x, p.x.n - 1);

		if (fewer.n >= p.x.n)
			break;
		p.x = fewer;
	}
	return p;
}

static void put_scales(const struct svg_chart *c, const struct plot *p, FILE *f)
{
	char text[AXIS_LABEL_SIZE];

	for (size_t i = 0; i < p->y.n; i++) {
		double tick = axis_tick(&p->y, i), y = y_of(p, tick);

		svg_line(f, tick == 0 ? "zero" : "grid", p->left, y, p->right, y);
		axis_label(&p->y, tick, text);
		svg_text(f, p->left - 8, y + 4.5, SVG_END, "soft", text, SVG_WIDTH);
	}
	for (size_t i = 0; i < p->x.n; i++) {
		double tick = axis_tick(&p->x, i), x = x_of(p, tick);

		svg_line(f, "grid", x, p->bottom, x, p->bottom + 5);
		axis_label(&p->x, tick, text);
		svg_tick(f, x, p->bottom + 19, text);
	}
	svg_text(f, MARGIN, p->top - 13, SVG_START, "soft", c->y_label, SVG_WIDTH - 2 * MARGIN);
	svg_text(f, p->right, p->bottom + 38, SVG_END, "soft", c->x_label, SVG_WIDTH - 2 * MARGIN);
}

static bool is_known(const struct svg_chart *c, const struct svg_series *s, size_t i)
{
	return i < c->n && isfinite(c->x[i]) && isfinite(s->y[i]);
}

static bool has_band(const struct svg_chart *c, const struct svg_series *s, size_t i)
{
	return s->lower && s->upper && is_known(c, s, i) && isfinite(s->lower[i]) && isfinite(s->upper[i]);
}

/* The band over the points i to end, both included: along its upper edge and back along the lower one. */
static void put_band_part(const struct svg_chart *c, const struct svg_series *s, const struct plot *p, size_t i,
			  size_t end, FILE *f)
{
	if (i == end) { /* a band of one point has no area */
		svg_line(f, "line", x_of(p, c->x[i]), y_of(p, s->lower[i]), x_of(p, c->x[i]), y_of(p, s->upper[i]));
		return;
	}
	fputs("<path class=\"band\" d=\"", f);
	for (size_t j = i; j <= end; j++)
		fprintf(f, "%c%.1f %.1f", j == i ? 'M' : 'L', x_of(p, c->x[j]), y_of(p, s->upper[j]));
	for (size_t j = end + 1; j-- > i;)
		fprintf(f, "L%.1f %.1f", x_of(p, c->x[j]), y_of(p, s->lower[j]));
	fputs("Z\"/>\n", f);
}

static void put_band(const struct svg_chart *c, const struct svg_series *s, const struct plot *p, FILE *f)
{
	for (size_t i = 0; i < c->n; i++) {
		size_t end = i;

		if (!has_band(c, s, i))
			continue;
		while (has_band(c, s, end + 1))
			end++;
		put_band_part(c, s, p, i, end, f);
		i = end;
	}
}

static void put_line(const struct svg_chart *c, const struct svg_series *s, const struct plot *p, FILE *f)
{
	bool pen_down = false;

	fputs("<path class=\"line\" d=\"", f);
	for (size_t i = 0; i < c->n; i++) {
		bool known = is_known(c, s, i);

		if (known)
			fprintf(f, "%c%.1f %.1f", pen_down ? 'L' : 'M', x_of(p, c->x[i]), y_of(p, s->y[i]));
		pen_down = known;
	}
	fputs("\"/>\n", f);
}

/* Points, where they are few; a point without neighbours is not on any line, and always one. */
static void put_dots(const struct svg_chart *c, const struct svg_series *s, const struct plot *p, FILE *f)
{
	for (size_t i = 0; i < c->n; i++) {
		bool alone = (i == 0 || !is_known(c, s, i - 1)) && !is_known(c, s, i + 1);

		if (is_known(c, s, i) && (alone || c->n <= DOTS_MAX))
			fprintf(f, "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"%s\"/>\n", x_of(p, c->x[i]),
				y_of(p, s->y[i]), alone ? "4" : "2.5");
	}
}

static void put_series(const struct svg_chart *c, const struct svg_series *s, const struct plot *p, FILE *f)
{
	put_band(c, s, p, f);
	put_line(c, s, p, f);
	put_dots(c, s, p, f);
}

/* Bins, each from one edge to the next; the ends and the edges of gaps go down to the bottom. */
static void put_steps(const struct svg_chart *c, const struct svg_series *s, const struct plot *p, FILE *f)
{
	double ground = y_of(p, 0);
	bool pen_down = false;

	fputs("<path class=\"line\" d=\"", f);
	for (size_t i = 0; i < c->n; i++) {
		bool known = is_known(c, s, i) && isfinite(c->x[i + 1]);

		if (known && !pen_down)
			fprintf(f, "M%.1f %.1f", x_of(p, c->x[i]), ground);
		if (known)
			fprintf(f, "V%.1fH%.1f", y_of(p, s->y[i]), x_of(p, c->x[i + 1]));
		else if (pen_down)
			fprintf(f, "V%.1f", ground);
		pen_down = known;
	}
	if (pen_down)
		fprintf(f, "V%.1f", ground);
	fputs("\"/>\n", f);
}

typedef void series_drawer(const struct svg_chart *c, const struct svg_series *s, const struct plot *p, FILE *f);

static void put_chart(const struct svg_chart *c, size_t n_x, series_drawer *draw, FILE *f)
{
	struct plot p = lay_out(c, n_x);
	double y;

	svg_begin(f, c->title, c->description, p.bottom + 44);
	y = put_legend(c, f);
	legend_rest(c, y, f);
	put_scales(c, &p, f);
	/* the control, and what comes first, lies on top */
	for (size_t i = c->n_series; i-- > 0;) {
		fprintf(f, "<g class=\"%s\">\n", svg_series_class(c->first + i));
		draw(c, &c->series[i], &p, f);
		fputs("</g>\n", f);
	}
	if (p.empty)
		svg_text(f, (p.left + p.right) / 2, (p.top + p.bottom) / 2, SVG_MIDDLE, "soft", "no values", SVG_WIDTH);
	svg_end(f);
}

void svg_lines(const struct svg_chart *c, FILE *f)
{
	put_chart(c, c->n, put_series, f);
}

void svg_steps(const struct svg_chart *c, FILE *f)
{
	struct svg_chart grounded = *c;

	grounded.zero = true;
	put_chart(&grounded, c->n + 1, put_steps, f);
}

#include "render/svg.h"

#include <stdlib.h>

#include "unit/check.h"

static char *text; /* what was drawn last */

static const char *drawn_chart(void (*draw)(const struct svg_chart *c, FILE *f), const struct svg_chart *c)
{
	size_t size;
	FILE *f;

	free(text);
	text = NULL;
	f = open_memstream(&text, &size);
	draw(c, f);
	fclose(f);
	return text;
}

static const char *drawn_forest(const struct svg_interval *rows, size_t n)
{
	struct svg_forest c = {.title = "t", .description = "d", .x_label = "%", .rows = rows, .n = n};
	size_t size;
	FILE *f;

	free(text);
	text = NULL;
	f = open_memstream(&text, &size);
	svg_forest(&c, f);
	fclose(f);
	return text;
}

static size_t count(const char *all, const char *part)
{
	size_t n = 0;

	for (const char *p = strstr(all, part); p; p = strstr(p + 1, part))
		n++;
	return n;
}

static const double days[] = {1, 2, 3, 4, 5};

static struct svg_chart chart_of(const struct svg_series *series, size_t n_series, size_t n)
{
	return (struct svg_chart){.title = "t", .description = "d", .x_label = "day", .y_label = "tracks", .x = days,
				  .n = n, .series = series,
				  .n_series = n_series, .whole = true, .zero = true};
}

static void a_chart_can_be_read_without_seeing_it(void)
{
	struct svg_series s = {.name = "C", .y = days};
	struct svg_chart c = chart_of(&s, 1, 5);
	const char *svg;

	c.title = "a < b";
	c.description = "x & y";
	svg = drawn_chart(svg_lines, &c);
	CHECK(strncmp(svg, "<svg ", 5) == 0 && strstr(svg, " role=\"img\" viewBox=\"0 0 440 "));
	CHECK(strstr(svg, "<title>a &lt; b</title>\n<desc>x &amp; y</desc>\n"));
	CHECK(strstr(svg, ">day</text>") && strstr(svg, ">tracks</text>"));
}

static void a_line_goes_through_its_points(void)
{
	static const double y[] = {0, 1, 2, 3, 4};
	struct svg_series s = {.name = "C", .y = y};
	struct svg_chart c = chart_of(&s, 1, 5);

	CHECK(strstr(drawn_chart(svg_lines, &c),
		     "<path class=\"line\" d=\"M24.3 242.0L124.7 194.5L225.2 147.0L325.6 99.5L426.0 52.0\"/>"));
	CHECK(count(text, "<circle") == 5);
}

static void what_is_not_known_is_a_gap(void)
{
	static const double y[] = {1, NAN, 3, 4, INFINITY};
	struct svg_series s = {.name = "C", .y = y};
	struct svg_chart c = chart_of(&s, 1, 5);

	CHECK(strstr(drawn_chart(svg_lines, &c), "<path class=\"line\" d=\"M24.3 194.5M225.2 99.5L325.6 52.0\"/>"));
	CHECK(count(text, "<circle") == 3 && count(text, "r=\"4\"") == 1); /* the first has no neighbour */
	CHECK(!strstr(text, "nan") && !strstr(text, "inf"));
}

static void nothing_is_said_where_nothing_is_known(void)
{
	static const double y[] = {NAN, NAN, NAN, NAN, NAN};
	struct svg_series s = {.name = "C", .y = y, .lower = y, .upper = y};
	struct svg_chart c = chart_of(&s, 1, 5);

	CHECK(strstr(drawn_chart(svg_lines, &c), ">no values</text>"));
	c.n = 4;
	CHECK(strstr(drawn_chart(svg_steps, &c), ">no values</text>"));
	c.n = 0;
	CHECK(strstr(drawn_chart(svg_lines, &c), ">no values</text>"));
	c.n_series = 0;
	CHECK(strstr(drawn_chart(svg_lines, &c), ">no values</text>"));
	CHECK(!strstr(text, "nan"));
}

static void a_band_stops_at_a_gap_and_a_lone_one_is_a_stroke(void)
{
	static const double low[] = {1, 1, NAN, 1, NAN}, high[] = {2, 2, 2, 2, 2};
	struct svg_series s = {.name = NULL, .y = high, .lower = low, .upper = high};
	struct svg_chart c = chart_of(&s, 1, 5);

	CHECK(count(drawn_chart(svg_lines, &c), "class=\"band\"") == 1);
	CHECK(count(text, "class=\"line\"") == 2); /* the line itself and the stroke: no legend without a name */
}

static void steps_stand_on_the_ground(void)
{
	static const double y[] = {1, 2, NAN, 1}, edges[] = {1, 2, 3, 4, 5};
	struct svg_series s = {.name = NULL, .y = y};
	struct svg_chart c = chart_of(&s, 1, 4);

	c.x = edges;
	CHECK(strstr(drawn_chart(svg_steps, &c),
		     "<path class=\"line\" d=\"M38.1 222.0V127.0H135.1V32.0H232.0V222.0M329.0 "
		     "222.0V127.0H426.0V222.0\"/>"));
}

static void eight_lines_have_styles_and_the_others_are_counted(void)
{
	struct svg_series s[20];
	struct svg_chart c = chart_of(s, 20, 5);

	for (size_t i = 0; i < 20; i++)
		s[i] = (struct svg_series){.name = "arm", .y = days};
	CHECK(strstr(drawn_chart(svg_lines, &c), ">and 12 more, as thin lines</text>"));
	CHECK(count(text, ">arm</text>") == 8 && count(text, "class=\"other\"") == 12);
	c.first = 1; /* the control is not among them */
	CHECK(strstr(drawn_chart(svg_lines, &c), ">and 13 more, as thin lines</text>") &&
	      !strstr(text, "class=\"s0\""));
}

static void long_names_are_cut_and_whole_in_a_tooltip(void)
{
	struct svg_series s = {.name = "an arm & a name that is much too long for a legend", .y = days};
	struct svg_chart c = chart_of(&s, 1, 5);

	CHECK(strstr(drawn_chart(svg_lines, &c),
		     "<title>an arm &amp; a name that is much too long for a legend</title>an arm &amp; a name "
		     "that…</text>"));
	s.name = "é€🎵é€🎵é€🎵é€🎵é€🎵é€🎵é€🎵é€🎵";
	CHECK(strstr(drawn_chart(svg_lines, &c), "</title>é€🎵é€🎵é€🎵é€🎵é€…</text>"));
}

/* The x of the first element that begins so; NaN where there is none. */
static double x_after(const char *beginning)
{
	const char *at = strstr(text, beginning);

	return at ? strtod(at + strlen(beginning), NULL) : NAN;
}

/* Its value is 5, which has a line of the grid; the ends are those of the axis. */
static void an_interval_stands_where_the_axis_says(void)
{
	static const struct svg_interval row = {"T1", "time", "+5 % (-10 to 20)", 5, -10, 20, SVG_UNSURE};
	char wanted[80];
	double five;

	drawn_forest(&row, 1);
	CHECK(strstr(text, "class=\"soft middle\">5</text>"));
	five = x_after("<circle class=\"hollow\" cx=\"");
	snprintf(wanted, sizeof wanted, "<text x=\"%.1f\" y=\"93.0\" class=\"soft middle\">5</text>", five);
	CHECK(strstr(text, wanted));
}

static void a_verdict_has_a_shape(void)
{
	static const struct svg_interval rows[] = {
		{"T1 <b>", "time", "+5 % (4 to 6)", 5, 4, 6, SVG_BETTER},
		{NULL, "sessions", "-5 % (-6 to -4)", -5, -6, -4, SVG_WORSE},
		{"T2", "time", "+0 %", 0, -1, 1, SVG_UNSURE},
	};

	CHECK(count(drawn_forest(rows, 1), "<circle class=\"hollow\"") == 1); /* the key has each of them */
	CHECK(count(text, "h10v10h-10Z") == 2 && count(text, "l7 7l-7 7l-7 -7Z") == 1);
	CHECK(count(drawn_forest(rows, 3), "<circle class=\"hollow\"") == 2);
	CHECK(count(text, "h10v10h-10Z") == 2 && count(text, "l7 7l-7 7l-7 -7Z") == 2);
	CHECK(strstr(text, ">T1 &lt;b&gt;</text>") && count(text, "class=\"strong\"") == 2);
}

static void a_row_without_an_interval_keeps_its_place(void)
{
	static const struct svg_interval rows[] = {
		{NULL, "a", "-", NAN, NAN, NAN, SVG_UNSURE},
		{NULL, "b", "+5 %", 5, NAN, NAN, SVG_UNSURE},
	};

	CHECK(count(drawn_forest(rows, 2), "<circle class=\"hollow\"") == 2);
	CHECK(strstr(text, ">a</text>") && !strstr(text, "nan"));
	CHECK(!strstr(drawn_forest(rows, 0), "nan"));
	CHECK(!strstr(drawn_forest(rows, 1), "nan"));
}

/* Nine intervals within 10 %, one that is a thousand times wider: the scale is that of the nine. */
static void a_runaway_is_an_arrow(void)
{
	struct svg_interval rows[10];

	for (size_t i = 0; i < 10; i++)
		rows[i] = (struct svg_interval){.name = "m", .text = "", .value = 0, .lower = -9, .upper = 9};
	CHECK(!strstr(drawn_forest(rows, 10), "l5 5l-5 5"));
	rows[3].upper = 9000;
	CHECK(count(drawn_forest(rows, 10), "l5 5l-5 5") == 1 && strstr(text, ">10</text>") &&
	      !strstr(text, "k</text>"));
	rows[3].lower = -9000;
	CHECK(count(drawn_forest(rows, 10), "l-5 5l5 5") == 1);
}

static void rows_that_are_too_many_are_counted(void)
{
	struct svg_interval rows[SVG_ROWS_MAX + 40];

	for (size_t i = 0; i < SVG_ROWS_MAX + 40; i++)
		rows[i] = (struct svg_interval){.name = "m", .text = "", .value = 1e300, .lower = -1e308,
						.upper = 1e308};
	CHECK(strstr(drawn_forest(rows, SVG_ROWS_MAX + 40), ">40 more are in the table</text>"));
	CHECK(count(text, ">m</text>") == SVG_ROWS_MAX && !strstr(text, "nan") && !strstr(text, "inf"));
}

int main(void)
{
	RUN(a_chart_can_be_read_without_seeing_it);
	RUN(a_line_goes_through_its_points);
	RUN(what_is_not_known_is_a_gap);
	RUN(nothing_is_said_where_nothing_is_known);
	RUN(a_band_stops_at_a_gap_and_a_lone_one_is_a_stroke);
	RUN(steps_stand_on_the_ground);
	RUN(eight_lines_have_styles_and_the_others_are_counted);
	RUN(long_names_are_cut_and_whole_in_a_tooltip);
	RUN(an_interval_stands_where_the_axis_says);
	RUN(a_verdict_has_a_shape);
	RUN(a_row_without_an_interval_keeps_its_place);
	RUN(a_runaway_is_an_arrow);
	RUN(rows_that_are_too_many_are_counted);
	free(text);
	return DONE();
}

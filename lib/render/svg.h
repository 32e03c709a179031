/*
 * svg: small charts as SVG text, to stand in a page.
 *
 * A chart is static, without script or identifiers, and SVG_WIDTH units wide; it grows and shrinks with what it
 * stands in (its text has 13 units, which is 11 pixels where the chart is 375 wide). Colours are custom properties of
 * `svg_css`, which the page has to hold; they follow the reader's choice of light or dark, and paper. What a colour
 * says, a shape or a dash says as well. It has a title and a description for those who do not see it. All text is
 * escaped.
 *
 * Values may be anything: what is not finite is left out, and leaves a gap in a line. Names may be of any length: where
 * there is no room they are cut, and whole in a tooltip. Errors of the stream are for ferror to tell.
 */
#ifndef BOTIFY_SVG_H
#define BOTIFY_SVG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { SVG_WIDTH = 440 };

extern const char svg_css[];

/* Effects with their intervals, one below the other, on one scale. */
enum svg_verdict { SVG_UNSURE, SVG_BETTER, SVG_WORSE };

struct svg_interval {
	const char *group; /* the heading of this row and those after it; NULL: that of the row before */
	const char *name;
	const char *text; /* the numbers, for people */
	double value, lower, upper;
	enum svg_verdict verdict;
};

struct svg_forest {
	const char *title, *description;
	const char *x_label; /* with the unit */
	const struct svg_interval *rows;
	size_t n; /* of which the first SVG_ROWS_MAX are drawn; it says so where there are more */
};

enum { SVG_ROWS_MAX = 60 };

/*
 * Draws it. Zero is always on the scale. Where a few intervals are ten times wider than the rest, the scale is
 * that of the rest, and arrows tell that these go on.
 */
void svg_forest(const struct svg_forest *c, FILE *f);

/* Lines over x, or steps. */
struct svg_series {
	const char *name;	     /* for the legend; NULL: not in it */
	const double *y;	     /* values */
	const double *lower, *upper; /* a band around them; both may be NULL */
};

struct svg_chart {
	const char *title, *description;
	const char *x_label, *y_label; /* with the units */
	const double *x;	       /* ascending */
	size_t n;		       /* values of a series */
	const struct svg_series *series;
	size_t n_series;
	size_t first; /* the style of the first series: 0 where it is the control, 1 where no series is; SVG_SERIES_MAX
		       * where all are thin lines without a name */
	bool whole;   /* x are whole numbers, such as days */
	bool zero;    /* y is to hold 0 */
};

enum { SVG_SERIES_MAX = 8 }; /* styles that can be told apart; further series are thin lines without a name */

/* Draws lines through (x[i], y[i]), i < n. */
void svg_lines(const struct svg_chart *c, FILE *f);

/* Draws steps: a histogram with n bins, bin i from x[i] to x[i + 1] as high as y[i]. x has n + 1 values. */
void svg_steps(const struct svg_chart *c, FILE *f);

/* Around a chart that is a file of its own, not a part of a page. */
void svg_file_begin(FILE *f);
void svg_file_end(FILE *f);

/* What charts are made of, for a module that draws another one. */
enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END };

void svg_begin(FILE *f, const char *title, const char *description, double height);
void svg_end(FILE *f);

/* About how wide a text is, in units; rather too wide. */
double svg_text_width(const char *text);

/* Writes a text with its baseline at y, cut to a width. `style` is a class of svg_css, or "". */
void svg_text(FILE *f, double x, double y, enum svg_anchor anchor, const char *style, const char *text, double width);

/* Writes what a tick says below it, in the chart even where the tick is at its edge. */
void svg_tick(FILE *f, double x, double y, const char *text);

/* A straight line of a class. */
void svg_line(FILE *f, const char *style, double x1, double y1, double x2, double y2);

/* The class of a series of this style: "s0" to "s7", or "other". */
const char *svg_series_class(size_t style);

#endif

/*
 * axis (private to lib/render): the scale of a chart: where its ticks stand and what they say.
 *
 * Steps are 1, 2 or 5 times a power of ten. Labels are short: thousands are "k", millions "M", and so on up to "T";
 * beyond, and below a thousandth, there is a power of ten. Whatever the values are, there is a scale.
 */
#ifndef BOTIFY_AXIS_H
#define BOTIFY_AXIS_H

#include <stdbool.h>
#include <stddef.h>

enum { AXIS_LABEL_SIZE = 32, AXIS_TICKS_MAX = 32 };

struct axis {
	double low, high; /* the ends; low < high, both finite */
	double first, step; /* of the ticks */
	size_t n;	    /* at most AXIS_TICKS_MAX */
	double unit;	/* labels are in this unit, */
	char suffix[20]; /* which this stands for */
	int decimals;
};

/*
 * What an axis has to hold. To start with, nothing: AXIS_EMPTY. What is not finite is passed over; what is further than
 * 1e300 from 0 counts as if it stood there.
 */
struct axis_span {
	double low, high; /* low > high: nothing */
};

#define AXIS_EMPTY ((struct axis_span){1, -1})

void axis_hold(struct axis_span *span, double x);

/*
 * An axis of about `ticks` ticks that holds the span. `whole`: there is nothing between whole numbers, and no tick. It
 * ends on ticks if `round`, and otherwise where the span ends. An empty span is taken as 0 to 1; a span that is
 * a point, or too narrow for labels to tell its ends apart, is widened on both sides.
 */
struct axis axis_of(struct axis_span span, size_t ticks, bool whole, bool round);

/* The place of a tick, i < n. */
double axis_tick(const struct axis *a, size_t i);

/* Writes what a tick at x says. UTF-8, with a true minus sign. */
void axis_label(const struct axis *a, double x, char text[AXIS_LABEL_SIZE]);

#endif

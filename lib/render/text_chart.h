/*
 * text_chart: lines over ranks as characters, for a terminal of 80 columns and 24 lines.
 *
 * Ranks are on a logarithmic scale, values on a linear one from 0 on. Each series has a character of its own; where two
 * meet, the first is seen. Names are cut, and shown as they are: a terminal has to be shielded by the caller. Errors of
 * the stream are for ferror to tell.
 */
#ifndef BOTIFY_TEXT_CHART_H
#define BOTIFY_TEXT_CHART_H

#include <stddef.h>
#include <stdio.h>

enum { TEXT_CHART_SERIES_MAX = 6 };

struct text_series {
	const char *name; /* "": it is not in the legend */
	const double *y;  /* n values of 0 or above, the first that of rank 1 */
	size_t n;
};

/* Draws the first TEXT_CHART_SERIES_MAX series, and says how many more there are. */
void text_chart(const struct text_series *series, size_t n, const char *y_label, FILE *f);

#endif

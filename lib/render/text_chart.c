#include "render/text_chart.h"

#include <math.h>
#include <string.h>

#include "render/axis.h"

enum { WIDTH = 70, HEIGHT = 18, LABEL = 8, NAME_MAX_BYTES = 15, NAMES_IN_LINE = 3 };

static const char marks[TEXT_CHART_SERIES_MAX + 1] = "*o+x#%";

struct canvas {
	char cells[HEIGHT][WIDTH + 1];
	size_t ranks; /* of the longest series */
	struct axis y;
};

static size_t drawn(size_t n)
{
	return n < TEXT_CHART_SERIES_MAX ? n : TEXT_CHART_SERIES_MAX;
}

static void set_scales(struct canvas *c, const struct text_series *series, size_t n)
{
	struct axis_span span = AXIS_EMPTY;

	axis_hold(&span, 0);
	for (size_t i = 0; i < n; i++) {
		if (series[i].n > c->ranks)
			c->ranks = series[i].n;
		for (size_t k = 0; k < series[i].n; k++)
			axis_hold(&span, series[i].y[k]);
	}
	if (span.high <= 0)
		span.high = 1;
	c->y = axis_of(span, 4, false, true);
}

/* The rank that a column stands for. */
static size_t rank_of(const struct canvas *c, int column)
{
	return (size_t)llround(exp(log((double)c->ranks) * column / (WIDTH - 1)));
}

static int column_of(const struct canvas *c, size_t rank)
{
	return c->ranks < 2 ? 0 : (int)lround((WIDTH - 1) * log((double)rank) / log((double)c->ranks));
}

static int row_of(const struct canvas *c, double y)
{
	return (int)lround((HEIGHT - 1) * (1 - fmin(fmax(y / c->y.high, 0), 1)));
}

static void plot(struct canvas *c, const struct text_series *s, char mark)
{
	for (int column = 0; column < WIDTH && c->ranks > 0; column++) {
		size_t rank = rank_of(c, column);
		char *cell;

		if (rank > s->n || !isfinite(s->y[rank - 1]))
			continue;
		cell = &c->cells[row_of(c, s->y[rank - 1])][column];
		if (*cell == ' ')
			*cell = mark;
	}
}

/* As many bytes of a name as there is room for, and no part of a character. */
static int name_length(const char *name)
{
	size_t len = strlen(name);

	if (len <= NAME_MAX_BYTES)
		return (int)len;
	for (len = NAME_MAX_BYTES; len > 0 && ((unsigned char)name[len] & 0xc0) == 0x80; len--)
		;
	return (int)len;
}

static void put_legend(const struct text_series *series, size_t n, FILE *f)
{
	fprintf(f, "%*s", LABEL + 1, "");
	for (size_t i = 0; i < drawn(n); i++)
		fprintf(f, "%s %c %.*s", i == NAMES_IN_LINE ? "\n         " : "", marks[i],
			name_length(series[i].name), series[i].name);
	if (n > drawn(n))
		fprintf(f, " and %zu more", n - drawn(n));
	fputc('\n', f);
}

/* What stands beside a row: the label of a tick, or nothing. */
static void put_label(const struct canvas *c, int row, FILE *f)
{
	char text[AXIS_LABEL_SIZE] = "";

	for (size_t i = 0; i < c->y.n; i++)
		if (row_of(c, axis_tick(&c->y, i)) == row)
			axis_label(&c->y, axis_tick(&c->y, i), text);
	fprintf(f, "%*s %c", LABEL, text, *text ? '+' : '|');
}

static size_t length_without_spaces(const char *text, size_t n)
{
	while (n > 0 && text[n - 1] == ' ')
		n--;
	return n;
}

/* The powers of ten among the ranks, below their columns. */
static void put_ranks(const struct canvas *c, FILE *f)
{
	char line[WIDTH + 32];
	int end = -1;

	memset(line, ' ', sizeof line);
	for (size_t rank = 1; rank <= c->ranks; rank *= 10) {
		char text[32];
		int column = column_of(c, rank), len = snprintf(text, sizeof text, "%zu", rank);

		if (column > end && column + len <= WIDTH) {
			memcpy(line + column, text, (size_t)len);
			end = column + len;
		}
	}
	fprintf(f, "%*s%.*s\n%*s(rank)\n", LABEL + 2, "", (int)length_without_spaces(line, WIDTH), line, LABEL + 2, "");
}

void text_chart(const struct text_series *series, size_t n, const char *y_label, FILE *f)
{
	struct canvas c = {0};

	memset(c.cells, ' ', sizeof c.cells);
	set_scales(&c, series, drawn(n));
	for (size_t i = 0; i < drawn(n); i++)
		plot(&c, &series[i], marks[i]);
	fprintf(f, "%*s (%s)\n", LABEL, "", y_label);
	if (n > 1 || (n == 1 && *series[0].name))
		put_legend(series, n, f);
	for (int row = 0; row < HEIGHT; row++) {
		put_label(&c, row, f);
		fprintf(f, "%.*s\n", (int)length_without_spaces(c.cells[row], WIDTH), c.cells[row]);
	}
	put_ranks(&c, f);
}

#include "render/table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/grow.h"
#include "text/cut.h"
#include "text/sanitize.h"
#include "text/width.h"

void table_init(struct table *t, const char *align)
{
	*t = (struct table){.align = align, .columns = strlen(align)};
}

void table_clear(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->cells[i].text);
	free(t->cells);
	table_init(t, t->align);
}

/* Adds a cell of a text, which it takes; NULL where there was no memory for it. */
static void add_cell(struct table *t, enum table_style style, char *text, bool line)
{
	struct table_cell *cells = grow(t->cells, &t->cap, t->n + 1, sizeof *cells);

	if (cells)
		t->cells = cells;
	if (!cells || !text) {
		t->failed = true;
		free(text);
		return;
	}
	/* what stands alone in its row is a sentence */
	(line || t->columns == 1 ? cut_words : cut)(text);
	sanitize(text);
	cells[t->n++] = (struct table_cell){.text = text, .style = style, .line = line};
}

void table_add(struct table *t, enum table_style style, const char *format, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	va_end(ap);
	add_cell(t, style, text, false);
}

void table_line(struct table *t, enum table_style style, const char *text)
{
	add_cell(t, style, strdup(text), true);
	for (size_t k = 1; k < t->columns; k++)
		table_add(t, TABLE_PLAIN, "%s", "");
}

static const char *const escapes[] = {
	[TABLE_PLAIN] = "",	  [TABLE_BOLD] = "\033[1m", [TABLE_DIM] = "\033[2m",
	[TABLE_GREEN] = "\033[32m", [TABLE_RED] = "\033[31m", [TABLE_YELLOW] = "\033[33m",
};

/* Prints the first n bytes of a text. */
static void put_styled(const char *text, size_t n, enum table_style style, FILE *f, bool colour)
{
	bool styled = colour && style != TABLE_PLAIN;

	fprintf(f, "%s%.*s%s", styled ? escapes[style] : "", (int)n, text, styled ? "\033[0m" : "");
}

static void put_text(const struct table_cell *c, FILE *f, bool colour)
{
	put_styled(c->text, strlen(c->text), c->style, f, colour);
}

/* The widths are those of the columns; `cells` has that of each cell. */
static void print_row(const struct table *t, size_t first, const size_t *widths, const size_t *cells, FILE *f,
		      bool colour)
{
	size_t owed = 0; /* spaces, if there is another text in this row */

	for (size_t k = 0; k < t->columns && first + k < t->n; k++) {
		const struct table_cell *c = &t->cells[first + k];
		size_t pad = widths[k] - cells[first + k];
		bool right = t->align[k] == 'r';

		owed += (k > 0 ? 2 : 0) + (right ? pad : 0);
		if (*c->text) {
			fprintf(f, "%*s", (int)owed, "");
			put_text(c, f, colour);
			owed = 0;
		}
		owed += right ? 0 : pad;
	}
	fputc('\n', f);
}

/*
 * Measures the cells of all rows, and the columns, which lines do not widen. Returns 0, or -1 where there is no
 * memory.
 */
static int measure_columns(const struct table *t, size_t *widths, size_t *cells)
{
	struct width w;

	if (width_init(&w) < 0)
		return -1;
	for (size_t i = 0; i < t->n; i++) {
		cells[i] = t->cells[i].line ? 0 : width_of(&w, t->cells[i].text);
		if (cells[i] > widths[i % t->columns])
			widths[i % t->columns] = cells[i];
	}
	width_clear(&w);
	return 0;
}

int table_print(const struct table *t, FILE *f, bool colour)
{
	size_t *widths = calloc(t->columns + t->n, sizeof *widths), *cells;

	cells = widths ? widths + t->columns : NULL;
	if (!widths || t->failed || measure_columns(t, widths, cells) < 0) {
		free(widths);
		return -1;
	}
	for (size_t i = 0; i < t->n; i += t->columns)
		if (t->cells[i].line) {
			put_text(&t->cells[i], f, colour);
			fputc('\n', f);
		} else {
			print_row(t, i, widths, cells, f, colour);
		}
	free(widths);
	return 0;
}

/* How many bytes of a text make a line: as many words as fit, and one at least. */
static size_t line_of(const struct width *w, const char *text)
{
	enum { WIDTH = 78 };
	size_t len = strcspn(text, " "), columns = width_of_part(w, text, len);

	while (text[len]) {
		size_t word = 1 + strcspn(text + len + 1, " ");

		columns += width_of_part(w, text + len, word);
		if (columns > WIDTH)
			break;
		len += word;
	}
	return len;
}

int table_prose(const char *text, enum table_style style, FILE *f, bool colour)
{
	struct width w;

	if (width_init(&w) < 0)
		return -1;
	while (*text) {
		size_t len = line_of(&w, text);

		put_styled(text, len, style, f, colour);
		fputc('\n', f);
		text += len + (text[len] == ' ');
	}
	width_clear(&w);
	return 0;
}

bool table_wants_colour(FILE *f)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fileno(f)) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

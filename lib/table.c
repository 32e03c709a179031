#include "table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grow.h"
#include "tame.h"

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

void table_add(struct table *t, enum table_style style, const char *format, ...)
{
	struct table_cell *cells = grow(t->cells, &t->cap, t->n + 1, sizeof *cells);
	va_list ap;
	char *text = NULL;

	if (!cells) {
		t->failed = true;
		return;
	}
	t->cells = cells;
	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0) {
		text = NULL;
		t->failed = true;
	}
	va_end(ap);
	if (text) {
		tame(text);
		t->cells[t->n++] = (struct table_cell){.text = text, .style = style};
	}
}

static size_t width(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static const char *const escapes[] = {
	[TABLE_PLAIN] = "",	  [TABLE_BOLD] = "\033[1m", [TABLE_DIM] = "\033[2m",
	[TABLE_GREEN] = "\033[32m", [TABLE_RED] = "\033[31m", [TABLE_YELLOW] = "\033[33m",
};

static void print_cell(const struct table *t, size_t i, size_t pad, FILE *f, bool colour)
{
	const struct table_cell *c = &t->cells[i];
	size_t column = i % t->columns;
	bool last = column + 1 == t->columns || i + 1 == t->n;
	bool styled = colour && c->style != TABLE_PLAIN;

	if (column > 0)
		fputs("  ", f);
	if (t->align[column] == 'r')
		fprintf(f, "%*s", (int)pad, "");
	fprintf(f, "%s%s%s", styled ? escapes[c->style] : "", c->text, styled ? "\033[0m" : "");
	if (t->align[column] != 'r' && !last)
		fprintf(f, "%*s", (int)pad, "");
	if (last)
		fputc('\n', f);
}

int table_print(const struct table *t, FILE *f, bool colour)
{
	size_t *widths = calloc(t->columns, sizeof *widths);

	if (!widths || t->failed) {
		free(widths);
		return -1;
	}
	for (size_t i = 0; i < t->n; i++) {
		size_t w = width(t->cells[i].text);

		if (w > widths[i % t->columns])
			widths[i % t->columns] = w;
	}
	for (size_t i = 0; i < t->n; i++)
		print_cell(t, i, widths[i % t->columns] - width(t->cells[i].text), f, colour);
	free(widths);
	return 0;
}

bool table_wants_colour(FILE *f)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fileno(f)) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

#include "render/table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/grow.h"
#include "text/tame.h"

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

void table_line(struct table *t, enum table_style style, const char *text)
{
	table_add(t, style, "%s", text);
	if (!t->failed)
		t->cells[t->n - 1].line = true;
	for (size_t k = 1; k < t->columns; k++)
		table_add(t, TABLE_PLAIN, "%s", "");
}

/* Whether terminals give the character at s two columns: wide in Unicode Standard Annex 11, by its first bytes in UTF-8. */
static bool is_wide(const unsigned char *s)
{
	if (s[0] >= 0xe3 && s[0] <= 0xed) /* U+3000 to U+D7FF, without Yi's neighbours from U+A500 to U+ABFF */
		return s[0] != 0xea || s[1] < 0x94 || s[1] >= 0xb0;
	if (s[0] == 0xef) /* U+F900 to U+FAFF, U+FF00 to U+FF60 */
		return (s[1] >= 0xa4 && s[1] <= 0xab) || s[1] == 0xbc || (s[1] == 0xbd && s[2] <= 0xa0);
	if (s[0] == 0xf0) /* U+1F300 to U+1F64F, U+1F900 to U+1F9FF, U+20000 to U+3FFFF */
		return (s[1] == 0x9f && ((s[2] >= 0x8c && s[2] <= 0x98) || (s[2] >= 0xa4 && s[2] <= 0xa7))) || s[1] >= 0xa0;
	return false;
}

/* In columns of a terminal. Combining characters are counted as if they stood alone. */
static size_t width(const char *text)
{
	size_t n = 0;

	for (const unsigned char *s = (const unsigned char *)text; *s; s++)
		if ((*s & 0xc0) != 0x80)
			n += is_wide(s) ? 2 : 1;
	return n;
}

static const char *const escapes[] = {
	[TABLE_PLAIN] = "",	  [TABLE_BOLD] = "\033[1m", [TABLE_DIM] = "\033[2m",
	[TABLE_GREEN] = "\033[32m", [TABLE_RED] = "\033[31m", [TABLE_YELLOW] = "\033[33m",
};

static void put_text(const struct table_cell *c, FILE *f, bool colour)
{
	bool styled = colour && c->style != TABLE_PLAIN;

	fprintf(f, "%s%s%s", styled ? escapes[c->style] : "", c->text, styled ? "\033[0m" : "");
}

static void print_row(const struct table *t, size_t first, const size_t *widths, FILE *f, bool colour)
{
	size_t owed = 0; /* spaces, if there is another text in this row */

	for (size_t k = 0; k < t->columns && first + k < t->n; k++) {
		const struct table_cell *c = &t->cells[first + k];
		size_t pad = widths[k] - width(c->text);
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

int table_print(const struct table *t, FILE *f, bool colour)
{
	size_t *widths = calloc(t->columns, sizeof *widths);

	if (!widths || t->failed) {
		free(widths);
		return -1;
	}
	for (size_t i = 0; i < t->n; i++) {
		size_t w = t->cells[i].line ? 0 : width(t->cells[i].text);

		if (w > widths[i % t->columns])
			widths[i % t->columns] = w;
	}
	for (size_t i = 0; i < t->n; i += t->columns)
		if (t->cells[i].line) {
			put_text(&t->cells[i], f, colour);
			fputc('\n', f);
		} else {
			print_row(t, i, widths, f, colour);
		}
	free(widths);
	return 0;
}

void table_prose(const char *text, FILE *f)
{
	enum { WIDTH = 78 };

	while (strlen(text) > WIDTH) {
		size_t n = WIDTH;

		while (n > 0 && text[n] != ' ')
			n--;
		if (n == 0)
			break;
		fprintf(f, "%.*s\n", (int)n, text);
		text += n + 1;
	}
	if (*text)
		fprintf(f, "%s\n", text);
}

bool table_wants_colour(FILE *f)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fileno(f)) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

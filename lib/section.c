#include "section.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "html.h"
#include "json_put.h"
#include "markdown.h"
#include "shown.h"
#include "table.h"

void section_init(struct section *s, const char *key, const char *title, const char *note,
		  const struct section_column *columns, size_t n_columns)
{
	*s = (struct section){.key = key, .title = title, .note = note, .columns = columns, .n_columns = n_columns};
}

void section_clear(struct section *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->cells[i].text);
	free(s->cells);
	*s = (struct section){0};
}

/* The next cell. NULL: no memory. */
static struct section_cell *next_cell(struct section *s)
{
	struct section_cell *cells = grow(s->cells, &s->cap, s->n + 1, sizeof *cells);

	if (!cells) {
		s->failed = true;
		return NULL;
	}
	s->cells = cells;
	cells[s->n] = (struct section_cell){0};
	return &cells[s->n++];
}

void section_text(struct section *s, const char *text)
{
	struct section_cell *cell = next_cell(s);

	if (!cell)
		return;
	cell->text = strdup(text);
	if (!cell->text)
		s->failed = true;
}

void section_number(struct section *s, double x)
{
	struct section_cell *cell = next_cell(s);

	if (cell)
		cell->number = x;
}

void section_count(struct section *s, uint64_t n)
{
	struct section_cell *cell = next_cell(s);

	if (cell)
		cell->count = n;
}

static bool is_text(const struct section *s, size_t i)
{
	return s->columns[i % s->n_columns].kind == SECTION_TEXT;
}

/* A cell that is no text, for people. */
static struct shown show(const struct section *s, size_t i)
{
	const struct section_cell *cell = &s->cells[i];

	switch (s->columns[i % s->n_columns].kind) {
	case SECTION_COUNT: return shown_count(cell->count);
	case SECTION_PERCENT: return shown_percent(cell->number);
	case SECTION_P: return shown_p(cell->number);
	default: return shown_mean(cell->number);
	}
}

/* Writes a sentence or two, broken at spaces. */
static void put_wrapped(FILE *f, const char *text)
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
	fprintf(f, "%s\n", text);
}

int section_put_table(const struct section *s, FILE *f, bool colour, struct errmsg *e)
{
	struct table t;
	char *align = calloc(s->n_columns + 1, 1);
	int status;

	if (!align || s->failed) {
		free(align);
		return errmsg_nomem(e);
	}
	for (size_t i = 0; i < s->n_columns; i++)
		align[i] = is_text(s, i) ? 'l' : 'r';
	table_init(&t, align);
	for (size_t i = 0; i < s->n_columns; i++)
		table_add(&t, TABLE_BOLD, "%s", s->columns[i].heading);
	for (size_t i = 0; i < s->n; i++)
		table_add(&t, TABLE_PLAIN, "%s", is_text(s, i) ? s->cells[i].text : show(s, i).text);
	fprintf(f, "%s\n", s->title);
	status = table_print(&t, f, colour);
	if (*s->note)
		put_wrapped(f, s->note);
	putc('\n', f);
	table_clear(&t);
	free(align);
	return status < 0 ? errmsg_nomem(e) : 0;
}

static void put_markdown_cell(const struct section *s, size_t i, FILE *f)
{
	if (is_text(s, i))
		markdown_text(f, s->cells[i].text);
	else
		fputs(shown_typeset(show(s, i)).text, f);
	fputs(i % s->n_columns + 1 == s->n_columns ? " |\n" : " | ", f);
}

int section_put_markdown(const struct section *s, FILE *f, struct errmsg *e)
{
	if (s->failed)
		return errmsg_nomem(e);
	fprintf(f, "## %s\n\n|", s->title);
	for (size_t i = 0; i < s->n_columns; i++)
		fprintf(f, " %s |", s->columns[i].heading);
	fputs("\n|", f);
	for (size_t i = 0; i < s->n_columns; i++)
		fputs(is_text(s, i) ? ":--|" : "--:|", f);
	putc('\n', f);
	for (size_t i = 0; i < s->n; i++) {
		fputs(i % s->n_columns == 0 ? "| " : "", f);
		put_markdown_cell(s, i, f);
	}
	fprintf(f, "\n%s%s", s->note, *s->note ? "\n\n" : "");
	return 0;
}

int section_put_html(const struct section *s, FILE *f, struct errmsg *e)
{
	struct html_column *columns = calloc(s->n_columns, sizeof *columns);
	struct html_table t;

	if (!columns || s->failed) {
		free(columns);
		return errmsg_nomem(e);
	}
	for (size_t i = 0; i < s->n_columns; i++)
		columns[i] = (struct html_column){s->columns[i].heading, is_text(s, i) ? 'l' : 'r'};
	html_section(f, s->title);
	html_table_bare(&t, f, s->title, columns, s->n_columns);
	for (size_t i = 0; i < s->n; i++)
		html_table_cell(&t, HTML_PLAIN, is_text(s, i) ? s->cells[i].text : shown_typeset(show(s, i)).text);
	html_table_end(&t);
	if (*s->note)
		html_paragraph(f, HTML_MUTED, s->note);
	html_section_end(f);
	free(columns);
	return 0;
}

static void put_json_cell(const struct section *s, size_t i, FILE *f)
{
	const struct section_column *c = &s->columns[i % s->n_columns];

	fprintf(f, "%c\"%s\":", i % s->n_columns == 0 ? '{' : ',', c->key);
	if (c->kind == SECTION_TEXT)
		json_put_string(f, s->cells[i].text);
	else if (c->kind == SECTION_COUNT)
		fprintf(f, "%" PRIu64, s->cells[i].count);
	else
		json_put_number(f, s->cells[i].number);
	if (i % s->n_columns + 1 == s->n_columns)
		putc('}', f);
}

int section_put_json(const struct section *s, FILE *f, struct errmsg *e)
{
	if (s->failed)
		return errmsg_nomem(e);
	fprintf(f, "\"%s\":[", s->key);
	for (size_t i = 0; i < s->n; i++) {
		if (i % s->n_columns == 0)
			fputs(i > 0 ? ",\n" : "\n", f);
		put_json_cell(s, i, f);
	}
	fputs("\n]", f);
	return 0;
}

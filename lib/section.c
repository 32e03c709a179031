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
	case SECTION_WHOLE: return isfinite(cell->number) && cell->number < 1e18 ? shown_count((uint64_t)cell->number) : shown("-");
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

/* What people see: the columns of which something is known. */
struct view {
	size_t *columns; /* n of them, in their order */
	size_t n;
};

static bool is_known(const struct section *s, size_t column)
{
	bool number = s->columns[column].kind != SECTION_TEXT && s->columns[column].kind != SECTION_COUNT;

	for (size_t i = column; number && i < s->n; i += s->n_columns)
		if (!isnan(s->cells[i].number))
			return true;
	return !number || s->n == 0;
}

/* Returns 0, or -1 where there is no memory, or was none for the section. Free v->columns. */
static int view_init(struct view *v, const struct section *s, struct errmsg *e)
{
	*v = (struct view){.columns = s->failed ? NULL : calloc(s->n_columns, sizeof *v->columns)};
	if (!v->columns)
		return errmsg_nomem(e);
	for (size_t i = 0; i < s->n_columns; i++)
		if (is_known(s, i))
			v->columns[v->n++] = i;
	return 0;
}

static void add_table_row(struct table *t, const struct section *s, const struct view *v, size_t first)
{
	for (size_t k = 0; k < v->n; k++) {
		size_t i = first + v->columns[k];

		table_add(t, TABLE_PLAIN, "%s", is_text(s, i) ? s->cells[i].text : show(s, i).text);
	}
}

int section_put_table(const struct section *s, FILE *f, bool colour, struct errmsg *e)
{
	struct view v;
	struct table t;
	char *align = calloc(s->n_columns + 1, 1);
	int status = view_init(&v, s, e);

	if (status == 0 && !align)
		status = errmsg_nomem(e);
	if (status < 0)
		goto out;
	for (size_t k = 0; k < v.n; k++)
		align[k] = is_text(s, v.columns[k]) ? 'l' : 'r';
	table_init(&t, align);
	for (size_t k = 0; k < v.n; k++)
		table_add(&t, TABLE_BOLD, "%s", s->columns[v.columns[k]].heading);
	for (size_t i = 0; i < s->n; i += s->n_columns)
		add_table_row(&t, s, &v, i);
	fprintf(f, "%s\n", s->title);
	status = table_print(&t, f, colour) < 0 ? errmsg_nomem(e) : 0;
	if (*s->note)
		put_wrapped(f, s->note);
	putc('\n', f);
	table_clear(&t);
out:
	free(v.columns);
	free(align);
	return status;
}

static void put_markdown_row(FILE *f, const struct section *s, const struct view *v, size_t first)
{
	for (size_t k = 0; k < v->n; k++) {
		size_t i = first + v->columns[k];

		fputs(k == 0 ? "| " : " | ", f);
		if (is_text(s, i))
			markdown_text(f, s->cells[i].text);
		else
			fputs(shown_typeset(show(s, i)).text, f);
	}
	fputs(" |\n", f);
}

int section_put_markdown(const struct section *s, FILE *f, struct errmsg *e)
{
	struct view v;

	if (view_init(&v, s, e) < 0)
		return -1;
	fprintf(f, "## %s\n\n|", s->title);
	for (size_t k = 0; k < v.n; k++)
		fprintf(f, " %s |", s->columns[v.columns[k]].heading);
	fputs("\n|", f);
	for (size_t k = 0; k < v.n; k++)
		fputs(is_text(s, v.columns[k]) ? ":--|" : "--:|", f);
	putc('\n', f);
	for (size_t i = 0; i < s->n; i += s->n_columns)
		put_markdown_row(f, s, &v, i);
	fprintf(f, "\n%s%s", s->note, *s->note ? "\n\n" : "");
	free(v.columns);
	return 0;
}

/* Whether rows are grouped by their first column: that of the experiment, which would say the same again and again. */
static bool is_grouped(const struct section *s)
{
	return s->n_columns > 1 && strcmp(s->columns[0].key, "experiment") == 0;
}

static void put_html_table(const struct section *s, const struct view *v, const struct html_column *columns, FILE *f)
{
	const size_t first = is_grouped(s) ? 1 : 0;
	struct html_table t;

	html_table_bare(&t, f, s->title, columns + first, v->n - first);
	for (size_t row = 0; row < s->n; row += s->n_columns) {
		if (first > 0 && (row == 0 || strcmp(s->cells[row].text, s->cells[row - s->n_columns].text) != 0))
			html_table_group(&t, s->cells[row].text);
		for (size_t k = first; k < v->n; k++) {
			size_t i = row + v->columns[k];

			html_table_cell(&t, HTML_PLAIN, is_text(s, i) ? s->cells[i].text : shown_typeset(show(s, i)).text);
		}
	}
	html_table_end(&t);
}

int section_put_html(const struct section *s, FILE *f, struct errmsg *e)
{
	struct html_column *columns = calloc(s->n_columns, sizeof *columns);
	struct view v;
	int status = view_init(&v, s, e);

	if (status == 0 && !columns)
		status = errmsg_nomem(e);
	for (size_t k = 0; status == 0 && k < v.n; k++)
		columns[k] = (struct html_column){s->columns[v.columns[k]].heading, is_text(s, v.columns[k]) ? 'l' : 'r'};
	if (status == 0) {
		html_section(f, s->title);
		put_html_table(s, &v, columns, f);
		if (*s->note)
			html_paragraph(f, HTML_MUTED, s->note);
		html_section_end(f);
	}
	free(v.columns);
	free(columns);
	return status;
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

#include "report/section.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "text/day.h"
#include "text/json_put.h"

void section_init(struct section *s, const char *key, const char *title, const char *note,
		  const struct section_column *columns, size_t n_columns)
{
	*s = (struct section){.key = key, .title = title, .note = note, .columns = columns, .n_columns = n_columns,
			      .below = n_columns};
}

void section_of_rows(struct section *s, const char *key, const char *title, const struct section_column *columns,
		     size_t n_columns, const size_t *offsets, const void *rows, size_t row_size, size_t n_rows)
{
	section_init(s, key, title, "", columns, n_columns);
	s->n = n_rows * n_columns;
	s->rows = rows;
	s->row_size = row_size;
	s->offsets = offsets;
}

void section_layout(struct section *s, size_t heads, const char *below)
{
	s->heads = heads;
	s->below = below ? section_column(s, below) : s->n_columns;
}

size_t section_column(const struct section *s, const char *key)
{
	size_t i = 0;

	while (i + 1 < s->n_columns && strcmp(s->columns[i].key, key) != 0)
		i++;
	return i;
}

void section_clear(struct section *s)
{
	for (size_t i = 0; s->cells && i < s->n; i++)
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

void section_day(struct section *s, int64_t day)
{
	char text[DAY_SIZE];
	size_t before = s->n;

	section_text(s, day_format(text, day * DAY_MS));
	if (s->n > before)
		s->cells[before].number = (double)day;
}

void section_count(struct section *s, uint64_t n)
{
	struct section_cell *cell = next_cell(s);

	if (cell)
		cell->count = n;
}

/* What a member of a row holds. */
static struct section_cell cell_of(const void *member, enum section_kind kind)
{
	switch (kind) {
	case SECTION_TEXT: case SECTION_METRIC: return (struct section_cell){.text = *(char *const *)member};
	case SECTION_COUNT: return (struct section_cell){.count = *(const uint64_t *)member};
	case SECTION_TRUTH: return (struct section_cell){.count = *(const bool *)member};
	default: return (struct section_cell){.number = *(const double *)member};
	}
}

struct section_cell section_cell(const struct section *s, size_t row, size_t column)
{
	if (!s->offsets)
		return s->cells[row * s->n_columns + column];
	return cell_of(s->rows + row * s->row_size + s->offsets[column], s->columns[column].kind);
}

bool section_put_exact(const struct section_cell *cell, enum section_kind kind, FILE *f)
{
	if (kind == SECTION_COUNT)
		fprintf(f, "%" PRIu64, cell->count);
	else if (kind == SECTION_TRUTH)
		fputs(cell->count ? "true" : "false", f);
	return kind == SECTION_COUNT || kind == SECTION_TRUTH;
}

static void put_json_cell(const struct section *s, size_t row, size_t column, FILE *f)
{
	struct section_cell cell = section_cell(s, row, column);

	if (cell.text)
		json_put_string(f, cell.text);
	else if (!section_put_exact(&cell, s->columns[column].kind, f))
		json_put_number(f, cell.number);
}

static void put_json_row(const struct section *s, size_t row, FILE *f)
{
	for (size_t column = 0; column < s->n_columns; column++) {
		fprintf(f, "%c\"%s\":", column == 0 ? '{' : ',', s->columns[column].key);
		put_json_cell(s, row, column, f);
	}
	putc('}', f);
}

int section_put_ndjson(const struct section *s, FILE *f, struct errmsg *e)
{
	if (s->failed)
		return errmsg_nomem(e);
	for (size_t row = 0; row < section_rows(s); row++) {
		put_json_row(s, row, f);
		putc('\n', f);
	}
	return 0;
}

int section_put_json(const struct section *s, FILE *f, struct errmsg *e)
{
	if (s->failed)
		return errmsg_nomem(e);
	fprintf(f, "\"%s\":[", s->key);
	for (size_t row = 0; row < section_rows(s); row++) {
		fputs(row > 0 ? ",\n" : "\n", f);
		put_json_row(s, row, f);
	}
	fputs("\n]", f);
	return 0;
}

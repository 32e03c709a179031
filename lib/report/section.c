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

static void put_json_cell(const struct section *s, size_t i, FILE *f)
{
	const struct section_column *c = &s->columns[i % s->n_columns];

	fprintf(f, "%c\"%s\":", i % s->n_columns == 0 ? '{' : ',', c->key);
	if (s->cells[i].text)
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

#include "report/section_view.h"

#include <stdlib.h>
#include <string.h>

#include "render/table.h"

/* The headings, in two rows where one of them is broken. */
static void add_headings(struct table *t, const struct section *s, const struct section_view *v)
{
	bool broken = false;

	for (size_t k = 0; k < v->n; k++)
		broken = broken || strchr(s->columns[v->columns[k]].heading, '\n');
	for (size_t k = 0; broken && k < v->n; k++) {
		const char *heading = s->columns[v->columns[k]].heading, *end = strchr(heading, '\n');

		table_add(t, TABLE_BOLD, "%.*s", end ? (int)(end - heading) : 0, heading);
	}
	for (size_t k = 0; k < v->n; k++) {
		const char *heading = s->columns[v->columns[k]].heading, *end = strchr(heading, '\n');

		table_add(t, TABLE_BOLD, "%s", end ? end + 1 : heading);
	}
}

static void add_row(struct table *t, const struct section *s, const struct section_view *v, size_t row)
{
	for (size_t k = 0; k < v->n; k++) {
		size_t column = v->columns[k];

		table_add(t, TABLE_PLAIN, "%s",
			  section_is_text(s, column) ? humanize_name(section_cell(s, row, column).text)
						     : section_shown(s, row, column).text);
	}
}

static int add_rows(struct table *t, const struct section *s, const struct section_view *v)
{
	for (size_t row = 0; row < section_rows(s); row++) {
		if (section_has_head(s, row)) {
			char *head = section_head(s, row);

			if (!head)
				return -1;
			table_line(t, TABLE_BOLD, head);
			free(head);
		}
		add_row(t, s, v, row);
	}
	return 0;
}

static int put_table_part(const struct section *s, enum section_part part, FILE *f, bool colour, struct errmsg *e)
{
	struct section_view v;
	struct table t;
	char *align = calloc(s->n_columns + 1, 1);
	int status = section_view_init(&v, s, part, e);

	if (status == 0 && !align)
		status = errmsg_nomem(e);
	if (status < 0)
		goto out;
	for (size_t k = 0; k < v.n; k++)
		align[k] = section_align(s, &v, k);
	table_init(&t, align);
	add_headings(&t, s, &v);
	if (add_rows(&t, s, &v) < 0 || table_print(&t, f, colour) < 0)
		status = errmsg_nomem(e);
	table_clear(&t);
out:
	free(v.columns);
	free(align);
	return status;
}

int section_put_table(const struct section *s, FILE *f, bool colour, struct errmsg *e)
{
	fprintf(f, "%s\n", s->title);
	if (section_is_empty(s)) {
		fputs(SECTION_NOTHING "\n\n", f);
		return 0;
	}
	for (enum section_part part = SECTION_ABOVE; part <= section_last_part(s); part++)
		if (put_table_part(s, part, f, colour, e) < 0)
			return -1;
	if (table_prose(s->note, TABLE_PLAIN, f, colour) < 0)
		return errmsg_nomem(e);
	putc('\n', f);
	return 0;
}

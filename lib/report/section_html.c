#include "report/section_view.h"

#include <stdlib.h>

#include "render/html.h"

static int put_html_rows(struct html_table *t, const struct section *s, const struct section_view *v)
{
	struct humanized memory;

	for (size_t row = 0; row < section_rows(s); row++) {
		if (section_has_head(s, row)) {
			char *head = section_head(s, row);

			if (!head)
				return -1;
			html_table_group(t, head);
			free(head);
		}
		for (size_t k = 0; k < v->n; k++)
			html_table_cell(t, HTML_PLAIN, section_typeset(s, row, v->columns[k], &memory));
	}
	return 0;
}

static int put_html_part(const struct section *s, enum section_part part, FILE *f, struct errmsg *e)
{
	struct html_column *columns = calloc(s->n_columns, sizeof *columns);
	struct html_table t;
	struct section_view v;
	int status = section_view_init(&v, s, part, e);

	if (status == 0 && !columns)
		status = errmsg_nomem(e);
	for (size_t k = 0; status == 0 && k < v.n; k++)
		columns[k] = (struct html_column){s->columns[v.columns[k]].heading, section_align(s, &v, k)};
	if (status == 0) {
		html_table_bare(&t, f, s->title, columns, v.n);
		if (put_html_rows(&t, s, &v) < 0)
			status = errmsg_nomem(e);
		html_table_end(&t);
	}
	free(v.columns);
	free(columns);
	return status;
}

int section_put_html(const struct section *s, FILE *f, struct errmsg *e)
{
	html_section(f, s->title);
	if (section_is_empty(s)) {
		html_paragraph(f, HTML_MUTED, SECTION_NOTHING);
		html_section_end(f);
		return 0;
	}
	for (enum section_part part = SECTION_ABOVE; part <= section_last_part(s); part++)
		if (put_html_part(s, part, f, e) < 0)
			return -1;
	if (*s->note)
		html_paragraph(f, HTML_MUTED, s->note);
	html_section_end(f);
	return 0;
}

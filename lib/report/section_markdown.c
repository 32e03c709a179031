#include "report/section_view.h"

#include <stdlib.h>

#include "render/markdown.h"

static void put_markdown_headings(FILE *f, const struct section *s, const struct section_view *v)
{
	for (size_t k = 0; k < v->n; k++) {
		fputs(k == 0 ? "| " : " | ", f);
		for (const char *c = s->columns[v->columns[k]].heading; *c; c++)
			putc(*c == '\n' ? ' ' : *c, f);
	}
	fputs(" |\n|", f);
	for (size_t k = 0; k < v->n; k++)
		fputs(section_align(s, v, k) == 'l' ? ":--|" : "--:|", f);
	putc('\n', f);
}

static void put_markdown_row(FILE *f, const struct section *s, const struct section_view *v, size_t row)
{
	struct humanized memory;

	for (size_t k = 0; k < v->n; k++) {
		const char *shown = section_typeset(s, row, v->columns[k], &memory);

		fputs(k == 0 ? "| " : " | ", f);
		if (section_is_text(s, v->columns[k]))
			markdown_text(f, shown);
		else
			fputs(shown, f);
	}
	fputs(" |\n", f);
}

int section_put_markdown(const struct section *s, FILE *f, struct errmsg *e)
{
	struct section_view v;

	if (section_view_init(&v, s, SECTION_ALL, e) < 0)
		return -1;
	fprintf(f, "## %s\n\n", s->title);
	if (section_is_empty(s)) {
		fputs(SECTION_NOTHING "\n\n", f);
		free(v.columns);
		return 0;
	}
	put_markdown_headings(f, s, &v);
	for (size_t row = 0; row < section_rows(s); row++)
		put_markdown_row(f, s, &v, row);
	fprintf(f, "\n%s%s", s->note, *s->note ? "\n\n" : "");
	free(v.columns);
	return 0;
}

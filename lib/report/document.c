#include "report/document.h"

#include <string.h>
#include <unistd.h>

#include "render/html.h"
#include "render/markdown.h"
#include "render/svg.h"
#include "render/table.h"
#include "text/json_put.h"

struct document_style document_style_of(FILE *f)
{
	return (struct document_style){.terminal = isatty(fileno(f)), .colour = table_wants_colour(f)};
}

static int put_table(const struct document *d, const struct document_style *style, FILE *f, struct errmsg *e)
{
	for (size_t i = 0; i < d->n_remarks; i++)
		if (table_prose(d->remarks[i], TABLE_YELLOW, f, style->colour) < 0)
			return errmsg_nomem(e);
	if (d->n_remarks > 0)
		fputc('\n', f);
	for (size_t i = 0; i < d->n_sections; i++)
		if (!d->sections[i].usual && section_put_table(&d->sections[i], f, style->colour, e) < 0)
			return -1;
	return table_prose(d->lead, TABLE_DIM, f, style->colour) < 0 ? errmsg_nomem(e) : 0;
}

static int put_json(const struct document *d, const struct document_style *style, FILE *f, struct errmsg *e)
{
	(void)style;
	fputs("{\"remarks\":[", f);
	for (size_t i = 0; i < d->n_remarks; i++) {
		fputs(i > 0 ? "," : "", f);
		json_put_string(f, d->remarks[i]);
	}
	fputc(']', f);
	for (size_t i = 0; i < d->n_sections; i++) {
		fputs(",\n", f);
		if (section_put_json(&d->sections[i], f, e) < 0)
			return -1;
	}
	fputs("}\n", f);
	return 0;
}

static int put_ndjson(const struct document *d, const struct document_style *style, FILE *f, struct errmsg *e)
{
	(void)style;
	return section_put_ndjson(&d->sections[0], f, e);
}

static int put_csv(const struct document *d, const struct document_style *style, FILE *f, struct errmsg *e)
{
	const struct section_csv how = {.terminal = style->terminal};

	return section_put_csv(&d->sections[0], &how, f, e);
}

static int put_markdown(const struct document *d, const struct document_style *style, FILE *f, struct errmsg *e)
{
	(void)style;
	fprintf(f, "# %s\n\n", d->title);
	for (size_t i = 0; i < d->n_remarks; i++) {
		fputs("> ", f);
		markdown_text(f, d->remarks[i]);
		fputs("\n\n", f);
	}
	for (size_t i = 0; i < d->n_sections; i++)
		if (section_put_markdown(&d->sections[i], f, e) < 0)
			return -1;
	markdown_text(f, d->lead);
	fputc('\n', f);
	return 0;
}

static int put_html(const struct document *d, const struct document_style *style, FILE *f, struct errmsg *e)
{
	int status = 0;

	(void)style;
	html_begin(f, d->title, svg_css);
	html_paragraph(f, HTML_MUTED, d->lead);
	for (size_t i = 0; i < d->n_remarks; i++)
		html_paragraph(f, HTML_WARNING, d->remarks[i]);
	if (d->draw)
		status = d->draw(d->ctx, f, e);
	for (size_t i = 0; i < d->n_sections && status == 0; i++)
		status = section_put_html(&d->sections[i], f, e);
	html_end(f);
	return status;
}

static const struct document_format formats[] = {
	{"table", false, put_table}, {"json", true, put_json}, {"ndjson", true, put_ndjson},
	{"csv", true, put_csv}, {"markdown", false, put_markdown}, {"html", false, put_html},
};

const struct document_format *document_format_find(const char *name)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

#include "report/report.h"

#include <string.h>

const struct report_format report_formats[REPORT_FORMATS_N] = {
	{.name = "table", .sections = true, .write = report_table},
	{.name = "json", .sections = true, .machine = true, .write = report_json},
	{.name = "ndjson", .bare = true, .machine = true, .write = report_ndjson},
	{.name = "csv", .bare = true, .machine = true, .write = report_csv},
	{.name = "markdown", .sections = true, .write = report_markdown},
	{.name = "html", .sections = true, .write = report_html},
	{.name = "prometheus", .machine = true, .write = report_prometheus},
};

const struct report_format *report_format_find(const char *name)
{
	for (size_t i = 0; i < REPORT_FORMATS_N; i++)
		if (strcmp(report_formats[i].name, name) == 0)
			return &report_formats[i];
	return NULL;
}

/* A row a line, and nothing else: the formats for another program's table. */
int report_csv(const struct analysis *a, const struct report_style *style, FILE *f, struct errmsg *e)
{
	const struct section_csv how = {.terminal = style->terminal, .spreadsheet = style->spreadsheet};

	return section_put_csv(&a->effects, &how, f, e);
}

int report_ndjson(const struct analysis *a, const struct report_style *style, FILE *f, struct errmsg *e)
{
	(void)style;
	return section_put_ndjson(&a->effects, f, e);
}

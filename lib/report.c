#include "report.h"

#include <stddef.h>
#include <string.h>

const struct report_format report_formats[REPORT_FORMATS_N] = {
	{"table", report_table},
	{"json", report_json},
	{"ndjson", report_ndjson},
	{"csv", report_csv},
	{"markdown", report_markdown},
	{"html", report_html},
	{"prometheus", report_prometheus},
};

const struct report_format *report_format_find(const char *name)
{
	for (size_t i = 0; i < REPORT_FORMATS_N; i++)
		if (strcmp(report_formats[i].name, name) == 0)
			return &report_formats[i];
	return NULL;
}

#define COLUMN(kind, name) {#name, kind, offsetof(struct effect, name)}

const struct report_column report_columns[REPORT_COLUMNS_N] = {
	COLUMN(REPORT_TEXT, experiment),
	COLUMN(REPORT_TEXT, control),
	COLUMN(REPORT_TEXT, treatment),
	COLUMN(REPORT_TEXT, metric),
	COLUMN(REPORT_NUMBER, effect),
	COLUMN(REPORT_NUMBER, lower),
	COLUMN(REPORT_NUMBER, upper),
	COLUMN(REPORT_NUMBER, control_mean),
	COLUMN(REPORT_NUMBER, treatment_mean),
	COLUMN(REPORT_TRUTH, significant),
	COLUMN(REPORT_COUNT, control_users),
	COLUMN(REPORT_COUNT, treatment_users),
	COLUMN(REPORT_NUMBER, p),
	COLUMN(REPORT_NUMBER, t),
	COLUMN(REPORT_NUMBER, df),
	COLUMN(REPORT_NUMBER, difference),
	COLUMN(REPORT_NUMBER, difference_lower),
	COLUMN(REPORT_NUMBER, difference_upper),
	COLUMN(REPORT_NUMBER, control_sd),
	COLUMN(REPORT_NUMBER, treatment_sd),
	COLUMN(REPORT_NUMBER, alpha),
};

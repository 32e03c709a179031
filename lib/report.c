#include "report.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "metrics.h"
#include "sections.h"

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

const char *report_p_kind(const struct report *r)
{
	bool adjusted = r->analysis && r->analysis->options->adjust != ADJUST_NONE;
	bool sequential = r->analysis && r->analysis->options->sequential;

	return adjusted && sequential ? "adjusted, sequential" : adjusted ? "adjusted" : sequential ? "sequential" : "";
}

const char *report_primary(const struct report *r)
{
	return r->analysis ? r->analysis->options->primary : NULL;
}

struct shown report_p_heading(const struct report *r)
{
	const char *kind = report_p_kind(r);

	return *kind ? shown("p (%s)", kind) : shown("p");
}

char *report_means(bool words, const char *rest)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	fputs("Means over users (ratios of their sums: ", f);
	for (size_t i = 0; i < METRICS_RATIOS_N; i++) {
		const char *name = metrics_ratios[i].name;

		fprintf(f, "%s%s", i > 0 ? ", " : "", words ? shown_words(name).text : name);
	}
	fprintf(f, ")%s", rest);
	if (fclose(f) == 0)
		return text;
	free(text);
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
	COLUMN(REPORT_TEXT, method),
	COLUMN(REPORT_NUMBER, p_adjusted),
	COLUMN(REPORT_NUMBER, cap),
	COLUMN(REPORT_NUMBER, theta),
	COLUMN(REPORT_NUMBER, variance_removed),
};

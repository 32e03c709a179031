/*
 * report: an analysis, said in a format for people or for machines.
 *
 * The formats are a table of entries. NaN never reaches output: what cannot be known is null in JSON, an empty field
 * in CSV, absent from Prometheus and a dash for people. Numbers for machines are the shortest that read back the same;
 * keys have a fixed order, which botify-abtest(1) documents.
 */
#ifndef BOTIFY_REPORT_H
#define BOTIFY_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "report/analysis.h"

/* How it is written. */
struct report_style {
	bool terminal; /* it is shown on one: in CSV, a name that has line ends stays on its line */
	bool colour;
	bool spreadsheet; /* see struct section_csv */
};

struct report_format {
	const char *name;
	bool bare; /* it is effects and nothing else: what else there is to say (findings.h) has to be said elsewhere */
	bool sections; /* it has those, beside the effects */
	bool machine; /* names are as they are, for programs, and not for a terminal */
	/* Returns 0, or -1 with the reason where there is no memory; errors of f are for ferror to tell. */
	int (*write)(const struct analysis *a, const struct report_style *style, FILE *f, struct errmsg *e);
};

enum { REPORT_FORMATS_N = 7 };
extern const struct report_format report_formats[REPORT_FORMATS_N];

/* The format of this name, or NULL. */
const struct report_format *report_format_find(const char *name);

/* The formats, each a file of its own. */
int report_table(const struct analysis *a, const struct report_style *style, FILE *f, struct errmsg *e);
int report_json(const struct analysis *a, const struct report_style *style, FILE *f, struct errmsg *e);
int report_ndjson(const struct analysis *a, const struct report_style *style, FILE *f, struct errmsg *e);
int report_csv(const struct analysis *a, const struct report_style *style, FILE *f, struct errmsg *e);
int report_markdown(const struct analysis *a, const struct report_style *style, FILE *f, struct errmsg *e);
int report_html(const struct analysis *a, const struct report_style *style, FILE *f, struct errmsg *e);
int report_prometheus(const struct analysis *a, const struct report_style *style, FILE *f, struct errmsg *e);

#endif

/*
 * report: the effects and the health of a log, said in a format for people or for machines.
 *
 * The formats are a table of entries. NaN never reaches output: what cannot be known is null in JSON, an empty field
 * in CSV, absent from Prometheus and a dash for people. Numbers for machines are the shortest that read back the same; keys have a fixed order,
 * which botify-abtest(1) documents.
 */
#ifndef BOTIFY_REPORT_H
#define BOTIFY_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "study/allocation.h"
#include "study/effects.h"
#include "study/study.h"
#include "text/humanize.h"

struct health;
struct section;
struct sections_subject;

struct report {
	const struct study *study;     /* ended; borrowed, as all of these */
	const struct effects *effects; /* of the study */
	const char *control;	       /* as effects_of was asked for it */
	const struct allocation *allocation;     /* that was planned; may be NULL */
	const struct sections_subject *analysis; /* what the sections are about; NULL where there are none */
	const struct section *sections; /* n_sections, said after the effects, in their order */
	size_t n_sections;
	bool terminal;	  /* it is shown on one: in CSV, a name that has line ends stays on its line */
	bool spreadsheet; /* in CSV, text is in quotes, with an apostrophe before what would be taken for a formula */
};

/* What p of the effects is: "adjusted" for all comparisons, "sequential", "adjusted, sequential", or "". */
const char *report_p_kind(const struct report *r);

/* The heading of a column of it: "p", or "p (adjusted)" */
struct humanized report_p_heading(const struct report *r);

/* The metric that the experiment is decided by, or NULL. */
const char *report_primary(const struct report *r);

/*
 * What the means of effects are, with `rest` behind it: "Means over users (ratios of their sums: time_per_session)". The
 * names of metrics are `words` or as in the log. New; NULL: no memory.
 */
char *report_means(bool words, const char *rest);

/* The effects of an experiment, by its name as the study has it: they stand together. Returns how many; may be none. */
size_t report_effects(const struct report *r, const char *experiment, const struct effect **effects);

/*
 * By what an experiment's effects are other than plain means with Welch intervals, in sentences: capped values, the
 * covariate with the variance that it removed, Fieller's intervals, metrics of which no interval can be told; "" where they
 * are plain. `effects` are its own, n of them. The names of metrics are as above. New; NULL: no memory.
 */
char *report_methods(const struct report *r, const struct effect *effects, size_t n, bool words);

/* What is wrong with the log of the report: health_init on its study. Free with health_clear in either case. */
int report_health(struct health *h, const struct report *r, struct errmsg *e);

struct report_format {
	const char *name;
	bool bare; /* it is effects and nothing else: what else there is to say (findings.h) has to be said elsewhere */
	bool sections; /* it has those, beside the effects */
	bool machine; /* names are as they are, for programs, and not for a terminal */
	/* Returns 0, or -1 with the reason where there is no memory; errors of f are for ferror to tell. */
	int (*write)(const struct report *r, FILE *f, bool colour, struct errmsg *e);
};

enum { REPORT_FORMATS_N = 7 };
extern const struct report_format report_formats[REPORT_FORMATS_N];

/* The format of this name, or NULL. */
const struct report_format *report_format_find(const char *name);

/*
 * A column of the report for machines, that is a key of an effect. The first thirteen are those of reports that exist
 * already, in their order.
 */
enum report_kind { REPORT_TEXT, REPORT_NUMBER, REPORT_COUNT, REPORT_TRUTH };

struct report_column {
	const char *key;
	enum report_kind kind;
	size_t offset; /* in struct effect, of a const char *, double, uint64_t, bool */
};

enum { REPORT_COLUMNS_N = 26 };
extern const struct report_column report_columns[REPORT_COLUMNS_N];

/* How a format for machines writes what formats write differently. */
struct report_syntax {
	void (*text)(FILE *f, const char *text);
	void (*number)(FILE *f, double x); /* NaN: it cannot be known */
};

/* The value of a column of text. Borrowed. */
const char *report_text(const struct report_column *c, const struct effect *effect);

/* Writes the value of a column of an effect. */
void report_put_value(FILE *f, const struct report_column *c, const struct effect *effect, const struct report_syntax *syntax);

/* The formats, each a file of its own. */
int report_table(const struct report *r, FILE *f, bool colour, struct errmsg *e);
int report_json(const struct report *r, FILE *f, bool colour, struct errmsg *e);
int report_ndjson(const struct report *r, FILE *f, bool colour, struct errmsg *e);
int report_csv(const struct report *r, FILE *f, bool colour, struct errmsg *e);
int report_markdown(const struct report *r, FILE *f, bool colour, struct errmsg *e);
int report_html(const struct report *r, FILE *f, bool colour, struct errmsg *e);
int report_prometheus(const struct report *r, FILE *f, bool colour, struct errmsg *e);

#endif

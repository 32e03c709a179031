#include "report/report.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/memstream.h"
#include "report/headline.h"
#include "report/sections.h"
#include "study/health.h"
#include "study/metrics.h"

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

struct humanized report_p_heading(const struct report *r)
{
	const char *kind = report_p_kind(r);

	return *kind ? humanize("p (%s)", kind) : humanize("p");
}

char *report_means(bool words, const char *rest)
{
	struct memstream m;
	FILE *f = memstream_open(&m);

	if (!f)
		return NULL;
	fputs("Means over users (ratios of their sums: ", f);
	for (size_t i = 0; i < METRICS_RATIOS_N; i++) {
		const char *name = metrics_ratios[i].name;

		fprintf(f, "%s%s", i > 0 ? ", " : "", words ? humanize_words(name).text : name);
	}
	fprintf(f, ")%s", rest);
	return memstream_close(&m);
}

size_t report_effects(const struct report *r, const char *experiment, const struct effect **effects)
{
	const struct effects *all = r->effects;
	size_t i = 0, n = 0;

	/* names are borrowed from the study, where each stands once */
	while (i < all->n && all->list[i].experiment != experiment)
		i++;
	while (i + n < all->n && all->list[i + n].experiment == experiment)
		n++;
	*effects = all->list + i;
	return n;
}

/* Of the metrics of the first arm: what the covariate removes is one share for all arms. */
static void put_removed(FILE *f, const struct effect *effects, size_t n, bool words)
{
	const char *separator = "Variance removed by the covariate: ";
	double most = NAN;

	while (n > 0 && effects[n - 1].treatment != effects[0].treatment)
		n--;
	for (size_t i = 0; i < n; i++)
		most = fmax(most, effects[i].variance_removed);
	if (most < 0.0005)
		fputs("The covariate removed no variance. ", f);
	for (size_t i = 0; i < n && most >= 0.0005; i++) {
		const struct effect *x = &effects[i];
		struct humanized share;

		if (!isfinite(x->variance_removed))
			continue;
		share = humanize("%.1f %%", 100 * x->variance_removed);
		fprintf(f, "%s%s %s", separator, words ? humanize_words(x->metric).text : x->metric,
			words ? humanize_typeset(share).text : share.text);
		separator = ", ";
	}
	fputs(*separator == ',' ? ". " : "", f);
}

/* Whether a metric has no interval in some arm because of the size of its values. */
static bool is_too_far(const struct effect *effects, size_t n, const char *metric)
{
	for (size_t i = 0; i < n; i++)
		if (headline_too_far(&effects[i]) && strcmp(effects[i].metric, metric) == 0)
			return true;
	return false;
}

/* Those metrics: a table has a dash and no reason. */
static void put_too_far(FILE *f, const struct effect *effects, size_t n, bool words)
{
	for (size_t i = 0; i < n && effects[i].treatment == effects[0].treatment; i++)
		if (is_too_far(effects, n, effects[i].metric))
			fprintf(f, "No interval of %s: its values are too far apart. ",
				words ? humanize_words(effects[i].metric).text : effects[i].metric);
}

/* Whether an interval has no ends, by Fieller's method. */
static bool is_endless(const struct effect *effects, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (isinf(effects[i].lower) || isinf(effects[i].upper))
			return true;
	return false;
}

/* Whether the arms were alike in the covariate; where they were not, that is among the findings. */
static void put_balance(FILE *f, const struct report *r, const struct effect *effects, size_t n, bool words)
{
	const struct study *s = r->study;

	for (size_t x = 0; n > 0 && r->effects->balance && x < s->names.n; x++) {
		double p = intern_text(&s->names, x) == effects[0].experiment ? balance_p(&r->effects->balance[x]) : NAN;
		struct humanized said = humanize_p_said(p, HEALTH_ALARM);

		if (p >= HEALTH_ALARM)
			fprintf(f, "The arms are alike in it (%s). ", words ? humanize_typeset(said).text : said.text);
	}
}

char *report_methods(const struct report *r, const struct effect *effects, size_t n, bool words)
{
	const struct effects_options *o = r->analysis ? r->analysis->options : NULL;
	struct memstream m;
	FILE *f = memstream_open(&m);
	char *text;

	if (!f)
		return NULL;
	if (o && n > 0 && o->samples.cap > 0)
		fprintf(f, "Values above the %.10g%s%% quantile of all arms count as that. ", 100 * o->samples.cap, words ? "\u00a0" : " ");
	put_removed(f, effects, n, words);
	put_balance(f, r, effects, n, words);
	if (o && n > 0 && o->fieller)
		fprintf(f, "Intervals are Fieller's%s. ",
			is_endless(effects, n) ? ", and have no ends where the control's mean may be 0" : "");
	put_too_far(f, effects, n, words);
	text = memstream_close(&m);
	if (text && m.len > 0)
		text[m.len - 1] = '\0'; /* the blank behind the last sentence */
	return text;
}

int report_health(struct health *h, const struct report *r, struct errmsg *e)
{
	return health_init(h, &(struct health_subject){.study = r->study, .allocation = r->allocation,
							   .options = r->analysis ? r->analysis->options : NULL,
							   .effects = r->effects}, e);
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

const char *report_text(const struct report_column *c, const struct effect *effect)
{
	const void *value = (const char *)effect + c->offset;

	return *(const char *const *)value;
}

void report_put_value(FILE *f, const struct report_column *c, const struct effect *effect, const struct report_syntax *syntax)
{
	const void *value = (const char *)effect + c->offset;

	switch (c->kind) {
	case REPORT_TEXT:
		syntax->text(f, report_text(c, effect));
		break;
	case REPORT_NUMBER:
		syntax->number(f, *(const double *)value);
		break;
	case REPORT_COUNT:
		fprintf(f, "%" PRIu64, *(const uint64_t *)value);
		break;
	case REPORT_TRUTH:
		fputs(*(const bool *)value ? "true" : "false", f);
		break;
	}
}

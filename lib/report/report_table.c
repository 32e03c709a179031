#include "report/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memstream.h"
#include "render/table.h"
#include "report/headline.h"
#include "report/report_words.h"
#include "text/cut.h"
#include "text/humanize.h"
#include "text/sanitize.h"

static void add_header(struct table *t, const struct effect *first)
{
	table_add(t, TABLE_BOLD, "metric");
	table_add(t, TABLE_BOLD, "%s", humanize_name(first->control));
	table_add(t, TABLE_BOLD, "%s", humanize_name(first->treatment));
	table_add(t, TABLE_BOLD, "effect");
	table_add(t, TABLE_BOLD, "%.10g %% interval", 100 - 100 * first->alpha);
	table_add(t, TABLE_BOLD, "p");
}

static enum table_style style_of(const struct effect *x)
{
	int verdict = headline_verdict(x);

	return verdict > 0 ? TABLE_GREEN : verdict < 0 ? TABLE_RED : TABLE_PLAIN;
}

static void add_effect(struct table *t, const struct effect *x)
{
	enum table_style verdict = style_of(x);

	table_add(t, TABLE_PLAIN, "%s", x->metric);
	table_add(t, TABLE_PLAIN, "%s", humanize_mean(x->control_mean).text);
	table_add(t, TABLE_PLAIN, "%s", humanize_mean(x->treatment_mean).text);
	table_add(t, verdict, "%s", humanize_change(x->effect, x->lower, x->upper).text);
	table_add(t, verdict, "%s", humanize_interval(x->lower, x->upper).text);
	table_add(t, TABLE_PLAIN, "%s", humanize_p_against(x->p_adjusted, x->alpha).text);
}

/* What the service costs stands apart from what users do. */
static bool is_latency(const struct effect *x)
{
	return strcmp(x->metric, "mean_request_latency") == 0;
}

/* The effects on one arm, n of them: a header, the metrics, and below a line of its own latency. */
static void add_arm(struct table *t, const struct effect *list, size_t n)
{
	add_header(t, list);
	for (size_t i = 0; i < n; i++)
		if (!is_latency(&list[i]))
			add_effect(t, &list[i]);
	for (size_t i = 0; i < n; i++)
		if (is_latency(&list[i])) {
			table_line(t, TABLE_PLAIN, "");
			add_effect(t, &list[i]);
		}
}

/* The effects of one experiment: a header for every arm, but the same columns throughout. */
static void add_effects(struct table *t, const struct effect *list, size_t n)
{
	size_t arm;

	for (size_t i = 0; i < n; i += arm) {
		for (arm = 1; i + arm < n && list[i + arm].treatment == list[i].treatment;)
			arm++;
		if (i > 0)
			table_line(t, TABLE_PLAIN, "");
		add_arm(t, &list[i], arm);
	}
}

/* "T1 listened 49.4 % longer than C (44.3 % to 54.5 %)." */
static int put_sentence(const struct effect *x, FILE *f, bool colour)
{
	char *text = headline_of(x, false), *line = NULL;
	int status = text && asprintf(&line, "%s %s.", humanize_name(x->treatment), text) >= 0 ? 0 : -1;

	if (status == 0) {
		cut_words(line);
		sanitize(line);
		status = table_prose(line, style_of(x), f, colour);
		free(line);
	}
	free(text);
	return status;
}

/* Which arm won, and which lost, for people who read no table. */
static int put_sentences(const struct analysis_experiment *x, FILE *f, bool colour)
{
	const struct effect *list = x->effects;
	const char *primary = x->of->options->effects.primary;
	size_t n = x->n_effects;
	size_t first[HEADLINES_MAX], arms, told = headline_choose(list, n, primary, first, &arms);
	int status = 0;

	for (size_t i = 0; i < told && status == 0; i++)
		status = put_sentence(headline_effect(list + first[i], n - first[i], primary), f, colour);
	if (arms > told)
		fprintf(f, "%zu more arms are in the table.\n", arms - told);
	return status;
}

/* "POLICY: C (control) 4010 users, T1 3988 users". New; NULL: no memory. */
static char *heading_of(const struct analysis_experiment *x)
{
	struct memstream m;
	FILE *f = memstream_open(&m);

	if (!f)
		return NULL;
	fprintf(f, "%s: ", humanize_name(x->name));
	for (size_t i = 0; i < x->is->arms.n; i++) {
		uint64_t users = x->is->summary.arms[x->arms[i]].users;

		fprintf(f, "%s%s%s %" PRIu64 " user%s", i > 0 ? ", " : "", humanize_name(analysis_arm(x, x->arms[i])),
			i == 0 ? " (control)" : "", users, humanize_plural(users));
	}
	return memstream_close(&m);
}

/*
 * The findings about an experiment or, where it is NULL, about the log: those that stand above its numbers, or the
 * others.
 */
static void add_findings(struct table *t, const struct findings *all, const char *experiment, bool alarms)
{
	enum table_style style = alarms ? TABLE_RED : TABLE_YELLOW;
	bool first = true;

	for (size_t i = 0; i < all->n; i++) {
		/* names are borrowed from the study, where each stands once */
		if (all->list[i].experiment != experiment || (all->list[i].level == FINDING_ALARM) != alarms)
			continue;
		if (alarms && first)
			table_add(t, style, "Do not trust this yet:");
		table_add(t, style, "%s", all->list[i].text);
		first = false;
	}
}

/* What makes all effects unreliable, above all else. */
static int write_alarms(const struct findings *all, FILE *f, bool colour, struct errmsg *e)
{
	struct table t;
	int status;

	table_init(&t, "l");
	add_findings(&t, all, NULL, true);
	status = table_print(&t, f, colour);
	if (t.n > 0)
		fputc('\n', f);
	table_clear(&t);
	return status < 0 ? errmsg_nomem(e) : 0;
}

static int write_experiment(const struct analysis_experiment *x, FILE *f, bool colour, struct errmsg *e)
{
	const struct findings *findings = &x->of->findings;
	char *heading = heading_of(x), *methods = report_methods(x, false);
	struct table top, effects, notes;
	int status = -1;

	table_init(&top, "l");
	table_init(&effects, "lrrrrr");
	table_init(&notes, "l");
	if (heading && methods) {
		table_add(&top, TABLE_BOLD, "%s", heading);
		add_findings(&top, findings, x->name, true);
		add_effects(&effects, x->effects, x->n_effects);
		add_findings(&notes, findings, x->name, false);
		status = table_print(&top, f, colour) | put_sentences(x, f, colour) | table_print(&effects, f, colour);
		status |= table_prose(methods, TABLE_PLAIN, f, colour);
		status |= table_print(&notes, f, colour);
		fputc('\n', f);
	}
	table_clear(&top);
	table_clear(&effects);
	table_clear(&notes);
	free(methods);
	free(heading);
	return status < 0 ? errmsg_nomem(e) : 0;
}

/* What the columns of the effects are. */
static int add_foot(struct table *t, const struct analysis *a)
{
	char *means = report_means(false, ".");
	const char *kind = report_p_kind(a);

	if (!means)
		return -1;
	table_add(t, TABLE_DIM, "%s", means);
	table_add(t, TABLE_DIM, "Effect, interval in %% of the control's mean; time in tracks, latency in ms.");
	if (*kind)
		table_add(t, TABLE_DIM, "p: %s.", kind);
	free(means);
	return 0;
}

static int write_log(const struct analysis *a, FILE *f, bool colour, struct errmsg *e)
{
	const struct study *s = a->study;
	struct table t;
	int status;

	table_init(&t, "l");
	table_add(&t, TABLE_PLAIN, "Log: %" PRIu64 " event%s of %" PRIu64 " user%s.", s->events,
		  humanize_plural(s->events), (uint64_t)s->n_users, humanize_plural(s->n_users));
	add_findings(&t, &a->findings, NULL, false);
	status = add_foot(&t, a) < 0 ? -1 : table_print(&t, f, colour);
	table_clear(&t);
	return status < 0 ? errmsg_nomem(e) : 0;
}

int report_table(const struct analysis *a, const struct report_style *style, FILE *f, struct errmsg *e)
{
	bool colour = style->colour;
	int status = write_alarms(&a->findings, f, colour, e);

	for (size_t i = 0; i < a->n && status == 0; i++)
		status = write_experiment(&a->experiments[i], f, colour, e);
	for (size_t i = 0; i < a->n_sections && status == 0; i++)
		status = a->sections[i].usual ? 0 : section_put_table(&a->sections[i], f, colour, e);
	return status < 0 ? -1 : write_log(a, f, colour, e);
}

#include "report/report.h"

#include "render/html.h"
#include "render/svg.h"
#include "report/period.h"
#include "report/report_html_part.h"
#include "text/day.h"
#include "text/humanize.h"

/* Warnings and alarms, where nobody can miss them. */
static void put_warnings(const struct findings *all, FILE *f)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct finding *x = &all->list[i];

		if (x->level == FINDING_NOTE)
			continue;
		html_open(f, "p", x->level == FINDING_ALARM ? HTML_ALARM : HTML_WARNING);
		fprintf(f, "<strong>%s</strong> ", x->level == FINDING_ALARM ? "Do not trust this yet:" : "Warning:");
		if (x->experiment) {
			html_text(f, humanize_name(x->experiment));
			fputs(": ", f);
		}
		html_text(f, x->text);
		fputs("</p>\n", f);
	}
}

static void put_count(struct html_table *t, const char *what, uint64_t n)
{
	html_table_cell(t, HTML_PLAIN, what);
	html_table_cell(t, HTML_PLAIN, humanize_count(n).text);
}

/* What the log holds, and all that could be wrong with it, whether there is any of it or not. */
static void put_health(const struct analysis *a, FILE *f)
{
	static const struct html_column columns[] = {{"in the log", 'l'}, {"count", 'r'}};
	struct html_table t;

	html_section(f, "Health of the log");
	html_table_begin(&t, f, "What the log holds, and what was found in it", columns, 2);
	put_count(&t, "events", a->study->events);
	put_count(&t, "users", a->study->n_users);
	for (size_t i = 0; i < HEALTH_LOG_N; i++)
		put_count(&t, a->health[i].entry->many, a->health[i].count);
	html_table_end(&t);
	report_html_notes(&a->findings, NULL, f);
	html_section_end(f);
}

static const struct {
	const char *term, *text;
} help[] = {
	{"Effect",
	 "How much the mean over the users of an arm differs from that of the control, in percent of the control’s "
	 "mean."},
	{"Interval",
	 "The effects that the data do not contradict: were the experiment repeated many times, so many percent of "
	 "such intervals would hold the true effect. Where it includes 0, the arm may have changed nothing."},
	{"p", "How often a difference at least as large would be seen by chance alone, if the arm changed nothing."},
	{"Better, worse", "The interval excludes 0, and more is better (of latency: less)."},
	{"Units", "Time is in tracks: 1 is a track heard from beginning to end. Latency is in milliseconds."},
	{"Caution",
	 "Unless p was adjusted (--adjust), every metric of every arm is tested by itself: of twenty comparisons "
	 "without any true difference, one is expected to look significant at 95 %. Nor is p meant to be looked at "
	 "again "
	 "and again until it is small, unless intervals are sequential (--sequential)."},
};

static void put_help(FILE *f)
{
	html_section(f, "How to read this");
	html_open(f, "dl", HTML_PLAIN);
	for (size_t i = 0; i < sizeof help / sizeof *help; i++) {
		fputs("<dt>", f);
		html_text(f, help[i].term);
		fputs("</dt><dd>", f);
		html_prose(f, help[i].text);
		fputs("</dd>\n", f);
	}
	fputs("</dl>\n", f);
	html_section_end(f);
}

/*
 * The days on which sessions ended, as far as the report has them: "2024-01-01 to 2024-01-05 (UTC); ", or "". Those of
 * an experiment that are far off are not told, but that there are some.
 */
static int put_period(const struct analysis *a, FILE *f, struct errmsg *e)
{
	const struct section *s = analysis_section(a, "days");
	struct period all = {0};
	char first[DAY_SIZE], last[DAY_SIZE];

	for (size_t i = 0; s && i < a->n; i++) {
		struct period_rows rows = period_rows_of(s, a->experiments[i].name);
		struct period p;

		if (period_of_rows(&p, s, &rows, e) < 0)
			return -1;
		if (p.n > 0 && (all.n == 0 || p.first < all.first))
			all.first = p.first;
		if (p.n > 0 && (all.n == 0 || p.last > all.last))
			all.last = p.last;
		all.n += p.n;
		all.far += p.far;
	}
	if (all.n == 0)
		return 0;
	day_format(first, all.first * DAY_MS);
	day_format(last, all.last * DAY_MS);
	html_format(f, "%s%s%s (UTC)%s; ", first, all.first < all.last ? " to " : "", all.first < all.last ? last : "",
		    all.far > 0 ? " and days far off" : "");
	return 0;
}

static int put_head(const struct analysis *a, FILE *f, struct errmsg *e)
{
	const struct study *s = a->study;

	html_open(f, "p", HTML_MUTED);
	if (put_period(a, f, e) < 0)
		return -1;
	if (a->all.n > 0)
		html_format(f, "%.10g %% intervals; ", 100 - 100 * a->all.list[0].alpha);
	html_format(f, "%zu experiment%s, %s event%s of %s user%s; botify-abtest %s", a->n, humanize_plural(a->n),
		    humanize_count(s->events).text, humanize_plural(s->events), humanize_count(s->n_users).text,
		    humanize_plural(s->n_users), BOTIFY_VERSION);
	fputs("</p>\n", f);
	return 0;
}

int report_html(const struct analysis *a, const struct report_style *style, FILE *f, struct errmsg *e)
{
	int status;

	(void)style;
	html_begin(f, "Experiment report", svg_css);
	status = put_head(a, f, e);
	put_warnings(&a->findings, f);
	if (status == 0)
		status = report_html_summary(a, f, e);
	for (size_t i = 0; i < a->n && status == 0; i++)
		status = report_html_part(&a->experiments[i], f, e);
	for (size_t i = 0; i < a->n_sections && status == 0; i++)
		status = section_put_html(&a->sections[i], f, e);
	put_health(a, f);
	put_help(f);
	html_end(f);
	return status;
}

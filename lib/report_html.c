#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis.h"
#include "findings.h"
#include "headline.h"
#include "health.h"
#include "html.h"
#include "report_charts.h"
#include "section.h"
#include "shown.h"
#include "svg.h"

enum { HEADLINES_MAX = 20 };

/* One experiment of the report. */
struct part {
	const struct report *r;
	const struct findings *findings;
	const struct study_experiment *x;
	const char *name;
	uint32_t *arms;		      /* numbers, the control first */
	const struct effect *effects; /* its own */
	size_t n_effects;
};

struct page {
	const struct report *r;
	struct findings findings;
	struct part *parts; /* those that are wanted, in the order of the log */
	size_t n;
};

static enum html_style style_of(const struct effect *x)
{
	int verdict = headline_verdict(x);

	return verdict > 0 ? HTML_GOOD : verdict < 0 ? HTML_BAD : HTML_PLAIN;
}

/* "C (control) 4,010 users, T1 3,988 users" */
static int put_arms(const struct part *p, FILE *f, struct errmsg *e)
{
	(void)e;
	html_open(f, "p", HTML_MUTED);
	for (size_t i = 0; i < p->x->arms.n; i++) {
		uint64_t users = p->x->summary.arms[p->arms[i]].users;
		const char *name = symbols_text(&p->x->arms, p->arms[i]);

		fputs(i > 0 ? ", " : "", f);
		html_text(f, shown_name(name));
		html_format(f, "%s%s %s user%s", shown_after(name), i == 0 ? " (control)" : "", shown_count(users).text, shown_plural(users));
	}
	fputs("</p>\n", f);
	return 0;
}

/* Notes on an experiment; NULL: on the log. What is worse than a note stands at the top of the page. */
static void put_notes(const struct findings *all, const char *experiment, FILE *f)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->list[i].experiment == experiment && all->list[i].level == FINDING_NOTE)
			html_paragraph(f, HTML_MUTED, all->list[i].text);
}

static int put_part_notes(const struct part *p, FILE *f, struct errmsg *e)
{
	(void)e;
	put_notes(p->findings, p->name, f);
	return 0;
}

static void put_effect(struct html_table *t, const struct effect *x)
{
	enum html_style style = style_of(x);

	html_table_cell(t, HTML_PLAIN, headline_label(x->metric).text);
	html_table_cell(t, style, shown_typeset(shown_percent(x->effect)).text);
	html_table_cell(t, style, headline_word(x));
	html_table_cell(t, HTML_PLAIN, shown_typeset(shown_bounds(x->lower, x->upper)).text);
	html_table_cell(t, HTML_PLAIN, shown_typeset(shown_p(x->p_adjusted)).text);
	html_table_cell(t, HTML_PLAIN, shown_typeset(shown_mean(x->control_mean)).text);
	html_table_cell(t, HTML_PLAIN, shown_typeset(shown_mean(x->treatment_mean)).text);
	html_table_cell(t, HTML_PLAIN, shown_count(x->treatment_users).text);
}

/* All arms in one table, so that their columns are the same. */
static int put_effects(const struct part *p, FILE *f, struct errmsg *e)
{
	struct shown interval = shown("%.10g %% interval", 100 - 100 * p->effects[0].alpha);
	struct shown heading = report_p_heading(p->r);
	const struct html_column columns[] = {
		{"metric", 'l'}, {"effect", 'r'},  {"verdict", 'l'}, {interval.text, 'r'},
		{heading.text, 'r'}, {"control", 'r'}, {"arm", 'r'}, {"users", 'r'},
	};
	char *caption = report_means(true, "; effects in percent of the control’s mean");
	struct html_table t;

	if (!caption)
		return errmsg_nomem(e);
	html_table_begin(&t, f, caption, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < p->n_effects; i++) {
		if (i == 0 || p->effects[i - 1].treatment != p->effects[i].treatment)
			html_table_group(&t, shown_name(p->effects[i].treatment));
		put_effect(&t, &p->effects[i]);
	}
	html_table_end(&t);
	free(caption);
	return 0;
}

static int put_methods(const struct part *p, FILE *f, struct errmsg *e)
{
	char *text = report_methods(p->r, p->effects, p->n_effects, true);

	if (!text)
		return errmsg_nomem(e);
	if (*text)
		html_paragraph(f, HTML_MUTED, text);
	free(text);
	return 0;
}

static enum svg_verdict verdict_of(const struct effect *x)
{
	int verdict = headline_verdict(x);

	return verdict > 0 ? SVG_BETTER : verdict < 0 ? SVG_WORSE : SVG_UNSURE;
}

static int put_forest(const struct part *p, FILE *f, struct errmsg *e)
{
	struct svg_interval *rows = calloc(p->n_effects, sizeof *rows);
	struct shown *words = calloc(2 * p->n_effects, sizeof *words);
	struct svg_forest chart = {.title = "Effects with their intervals", .description = "The numbers are those of the table.",
				   .x_label = "effect in % of the control’s mean", .rows = rows, .n = p->n_effects};

	for (size_t i = 0; i < p->n_effects && rows && words; i++) {
		const struct effect *x = &p->effects[i];

		words[2 * i] = shown_words(x->metric);
		words[2 * i + 1] = shown_typeset(shown_effect(x->effect, x->lower, x->upper));
		rows[i] = (struct svg_interval){
			.group = i == 0 || x[-1].treatment != x->treatment ? shown_name(x->treatment) : NULL,
			.name = words[2 * i].text, .text = words[2 * i + 1].text,
			.value = x->effect, .lower = x->lower, .upper = x->upper, .verdict = verdict_of(x),
		};
	}
	if (rows && words) {
		html_figure(f, "Effects with their intervals");
		svg_forest(&chart, f);
		html_figure_end(f);
	}
	free(words);
	free(rows);
	return words && rows ? 0 : errmsg_nomem(e);
}

static int put_charts(const struct part *p, FILE *f, struct errmsg *e)
{
	const struct section *days = analysis_section(p->r->sections, p->r->n_sections, "days");
	int status;

	html_figures(f);
	status = put_forest(p, f, e);
	if (status == 0)
		status = report_charts_days(days, p->name, shown_name(symbols_text(&p->x->arms, p->arms[0])), f, e);
	if (status == 0)
		status = report_charts_sessions(p->r->study, (size_t)(p->x - p->r->study->experiments), p->arms, f, e);
	html_figures_end(f);
	return status;
}

/* What is told of an experiment, in this order. */
static const struct {
	bool needs_effects;
	int (*put)(const struct part *p, FILE *f, struct errmsg *e);
} pieces[] = {
	{false, put_arms},
	{true, put_effects},
	{true, put_methods},
	{true, put_charts},
	{false, put_part_notes},
};

static int put_part(const struct part *p, FILE *f, struct errmsg *e)
{
	int status = 0;

	html_section(f, shown_name(p->name));
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces && status == 0; i++)
		if (p->n_effects > 0 || !pieces[i].needs_effects)
			status = pieces[i].put(p, f, e);
	html_section_end(f);
	return status;
}

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
			html_text(f, shown_name(x->experiment));
			fputs(": ", f);
		}
		html_text(f, x->text);
		fputs("</p>\n", f);
	}
}

/* "sessions +7.3 % (better)" */
static void put_other(const struct effect *x, FILE *f)
{
	int verdict = headline_verdict(x);
	const char *sign = !isfinite(x->effect) ? "" : x->effect > 0 ? "+" : "−";
	struct shown size = shown_typeset(shown_magnitude(x->effect, x->lower, x->upper));

	html_format(f, "%s %s%s", shown_words(x->metric).text, sign, size.text);
	if (verdict != 0)
		html_format(f, " (%s)", headline_word(x));
}

/* The other metrics of the arm of list[0], where they are significant. */
static void put_others(const struct effect *list, size_t n, const struct effect *told, FILE *f)
{
	const char *separator = " Also: ";

	for (size_t i = 0; i < n && list[i].treatment == list[0].treatment; i++) {
		if (!list[i].significant || &list[i] == told)
			continue;
		fputs(separator, f);
		put_other(&list[i], f);
		separator = ", ";
	}
	if (separator[0] == ',')
		fputc('.', f);
}

static int put_headline(const struct part *p, const struct effect *list, size_t n, FILE *f, struct errmsg *e)
{
	const struct effect *told = headline_effect(list, n, report_primary(p->r));
	char *text = headline_of(told);

	if (!text)
		return errmsg_nomem(e);
	fputs("<li><strong>", f);
	html_text(f, shown_name(list->treatment));
	fputs("</strong> ", f);
	html_text(f, text);
	fputc('.', f);
	put_others(list, n, told, f);
	fputs("</li>\n", f);
	free(text);
	return 0;
}

/* A sentence for each arm, about the metric that matters, which is the first one unless told otherwise. */
static int put_headlines(const struct part *p, FILE *f, struct errmsg *e)
{
	size_t said = 0, arms = p->x->arms.n - 1;
	bool many = arms > HEADLINES_MAX;
	int status = 0;

	html_open(f, "ul", HTML_PLAIN);
	/* where not all have room, those that changed something come first */
	for (int changed = 1; changed >= (many ? 0 : 1); changed--)
		for (size_t i = 0; i < p->n_effects && said < HEADLINES_MAX && status == 0; i++) {
			const struct effect *list = &p->effects[i];
			size_t n = p->n_effects - i;

			if (i > 0 && list[-1].treatment == list->treatment)
				continue;
			if (many && (headline_verdict(headline_effect(list, n, report_primary(p->r))) != 0) != changed)
				continue;
			status = put_headline(p, list, n, f, e);
			said++;
		}
	if (arms > said)
		fprintf(f, "<li>%zu more arms are in the table.</li>\n", arms - said);
	fputs("</ul>\n", f);
	return status;
}

static int put_summary(const struct page *page, FILE *f, struct errmsg *e)
{
	int status = 0;

	for (size_t i = 0; i < page->n && status == 0; i++) {
		const struct part *p = &page->parts[i];

		if (p->n_effects == 0)
			continue;
		if (page->n > 1) {
			fputs("<h3>", f);
			html_text(f, shown_name(p->name));
			fputs("</h3>\n", f);
		}
		status = put_headlines(p, f, e);
	}
	return status;
}

static void put_count(struct html_table *t, const char *what, uint64_t n)
{
	html_table_cell(t, HTML_PLAIN, what);
	html_table_cell(t, HTML_PLAIN, shown_count(n).text);
}

/* What the log holds, and all that could be wrong with it, whether there is any of it or not. */
static int put_health(const struct page *page, FILE *f, struct errmsg *e)
{
	static const struct html_column columns[] = {{"in the log", 'l'}, {"count", 'r'}};
	const struct study *s = page->r->study;
	struct html_table t;
	struct health h;
	int status = health_init(&h, s, page->r->split, e);

	html_section(f, "Health of the log");
	html_table_begin(&t, f, "What the log holds, and what was found in it", columns, 2);
	put_count(&t, "events", s->events);
	put_count(&t, "users", s->n_users);
	for (size_t i = 0; status == 0 && i < HEALTH_LOG_N; i++)
		put_count(&t, h.list[i].entry->many, h.list[i].count);
	html_table_end(&t);
	put_notes(&page->findings, NULL, f);
	html_section_end(f);
	health_clear(&h);
	return status;
}

static const struct {
	const char *term, *text;
} help[] = {
	{"Effect", "How much the mean over the users of an arm differs from that of the control, in percent of the control’s mean."},
	{"Interval", "The effects that the data do not contradict: were the experiment repeated many times, so many percent of such "
		     "intervals would hold the true effect. Where it includes 0, the arm may have changed nothing."},
	{"p", "How often a difference at least as large would be seen by chance alone, if the arm changed nothing."},
	{"Better, worse", "The interval excludes 0, and more is better (of latency: less)."},
	{"Units", "Time is in tracks: 1 is a track heard from beginning to end. Latency is in milliseconds."},
	{"Caution", "Unless p was adjusted (--adjust), every metric of every arm is tested by itself: of twenty comparisons without any "
		    "true difference, one is expected to look significant at 95 %. Nor is p meant to be looked at again and again until "
		    "it is small, unless intervals are sequential (--sequential)."},
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

/* The days on which sessions ended, as far as the report has them: "2024-01-01 to 2024-01-05 (UTC); ", or "". */
static struct shown period_of(const struct report *r)
{
	const struct section *s = analysis_section(r->sections, r->n_sections, "days");
	const char *first = NULL, *last = NULL;

	if (!s || section_rows(s) == 0)
		return shown("%s", "");
	for (size_t i = section_column(s, "day"); i < s->n; i += s->n_columns) {
		const char *day = s->cells[i].text;

		first = !first || strcmp(day, first) < 0 ? day : first;
		last = !last || strcmp(day, last) > 0 ? day : last;
	}
	return strcmp(first, last) == 0 ? shown("%s (UTC); ", first) : shown("%s to %s (UTC); ", first, last);
}

static void put_head(const struct page *page, FILE *f)
{
	const struct study *s = page->r->study;
	bool one = page->n == 1;

	html_open(f, "p", HTML_MUTED);
	html_text(f, period_of(page->r).text);
	if (page->r->effects->n > 0)
		html_format(f, "%.10g %% intervals; ", 100 - 100 * page->r->effects->list[0].alpha);
	html_format(f, "%zu experiment%s, %s event%s of %s user%s; botify-abtest %s", page->n, one ? "" : "s",
		    shown_count(s->events).text, shown_plural(s->events), shown_count(s->n_users).text, shown_plural(s->n_users),
		    BOTIFY_VERSION);
	fputs("</p>\n", f);
}

static int put_page(const struct page *page, FILE *f, struct errmsg *e)
{
	int status;

	html_begin(f, "Experiment report", svg_css);
	put_head(page, f);
	put_warnings(&page->findings, f);
	status = put_summary(page, f, e);
	for (size_t i = 0; i < page->n && status == 0; i++)
		status = put_part(&page->parts[i], f, e);
	for (size_t i = 0; i < page->r->n_sections && status == 0; i++)
		status = section_put_html(&page->r->sections[i], f, e);
	if (status == 0)
		status = put_health(page, f, e);
	put_help(f);
	html_end(f);
	return status;
}

static int add_parts(struct page *page, struct errmsg *e)
{
	const struct study *s = page->r->study;

	page->parts = calloc(s->names.n + 1, sizeof *page->parts);
	if (!page->parts)
		return errmsg_nomem(e);
	for (size_t i = 0; i < s->names.n; i++) {
		struct part *p = &page->parts[page->n];

		if (!s->experiments[i].wanted)
			continue;
		*p = (struct part){.r = page->r, .findings = &page->findings, .x = &s->experiments[i],
				   .name = symbols_text(&s->names, i)};
		p->arms = effects_arms(p->x, page->r->control, e);
		if (!p->arms)
			return -1;
		p->n_effects = report_effects(page->r, p->name, &p->effects);
		page->n++;
	}
	return 0;
}

int report_html(const struct report *r, FILE *f, bool colour, struct errmsg *e)
{
	struct page page = {.r = r};
	int status = findings_of(&page.findings, r, e);

	(void)colour;
	if (status == 0)
		status = add_parts(&page, e);
	if (status == 0)
		status = put_page(&page, f, e);
	for (size_t i = 0; i < page.n; i++)
		free(page.parts[i].arms);
	free(page.parts);
	findings_clear(&page.findings);
	return status;
}

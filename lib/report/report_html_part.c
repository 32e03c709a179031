#include "report/report_html_part.h"

#include <stdlib.h>

#include "render/html.h"
#include "render/svg.h"
#include "report/analysis.h"
#include "report/headline.h"
#include "report/report_charts.h"
#include "text/humanize.h"

static enum html_style style_of(const struct effect *x)
{
	int verdict = headline_verdict(x);

	return verdict > 0 ? HTML_GOOD : verdict < 0 ? HTML_BAD : HTML_PLAIN;
}

/* "C (control) 4,010 users, T1 3,988 users" */
static int put_arms(const struct report_html_part *p, FILE *f, struct errmsg *e)
{
	(void)e;
	html_open(f, "p", HTML_MUTED);
	for (size_t i = 0; i < p->x->arms.n; i++) {
		uint64_t users = p->x->summary.arms[p->arms[i]].users;
		const char *name = intern_text(&p->x->arms, p->arms[i]);

		fputs(i > 0 ? ", " : "", f);
		html_text(f, humanize_name(name));
		html_format(f, "%s%s %s user%s", humanize_after(name), i == 0 ? " (control)" : "", humanize_count(users).text, humanize_plural(users));
	}
	fputs("</p>\n", f);
	return 0;
}

/* Notes on an experiment; NULL: on the log. What is worse than a note stands at the top of the page. */
void report_html_notes(const struct findings *all, const char *experiment, FILE *f)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->list[i].experiment == experiment && all->list[i].level == FINDING_NOTE)
			html_paragraph(f, HTML_MUTED, all->list[i].text);
}

static int put_part_notes(const struct report_html_part *p, FILE *f, struct errmsg *e)
{
	(void)e;
	report_html_notes(p->findings, p->name, f);
	return 0;
}

static void put_effect(struct html_table *t, const struct effect *x)
{
	enum html_style style = style_of(x);

	html_table_cell(t, HTML_PLAIN, headline_label(x->metric).text);
	html_table_cell(t, style, humanize_typeset(humanize_change(x->effect, x->lower, x->upper)).text);
	html_table_cell(t, style, headline_word(x));
	html_table_cell(t, HTML_PLAIN, humanize_typeset(humanize_bounds(x->lower, x->upper)).text);
	html_table_cell(t, HTML_PLAIN, humanize_typeset(humanize_p_against(x->p_adjusted, x->alpha)).text);
	html_table_cell(t, HTML_PLAIN, humanize_typeset(humanize_mean(x->control_mean)).text);
	html_table_cell(t, HTML_PLAIN, humanize_typeset(humanize_mean(x->treatment_mean)).text);
	html_table_cell(t, HTML_PLAIN, humanize_count(x->treatment_users).text);
}

/* All arms in one table, so that their columns are the same. */
static int put_effects(const struct report_html_part *p, FILE *f, struct errmsg *e)
{
	struct humanized interval = humanize("%.10g %% interval", 100 - 100 * p->effects[0].alpha);
	struct humanized heading = report_p_heading(p->r);
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
			html_table_group(&t, humanize_name(p->effects[i].treatment));
		put_effect(&t, &p->effects[i]);
	}
	html_table_end(&t);
	free(caption);
	return 0;
}

static int put_methods(const struct report_html_part *p, FILE *f, struct errmsg *e)
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

static int put_forest(const struct report_html_part *p, FILE *f, struct errmsg *e)
{
	struct svg_interval *rows = calloc(p->n_effects, sizeof *rows);
	struct humanized *words = calloc(2 * p->n_effects, sizeof *words);
	struct svg_forest chart = {.title = "Effects with their intervals", .description = "The numbers are those of the table.",
				   .x_label = "effect in % of the control’s mean", .rows = rows, .n = p->n_effects};

	for (size_t i = 0; i < p->n_effects && rows && words; i++) {
		const struct effect *x = &p->effects[i];

		words[2 * i] = humanize_words(x->metric);
		words[2 * i + 1] = humanize_typeset(humanize_effect(x->effect, x->lower, x->upper));
		rows[i] = (struct svg_interval){
			.group = i == 0 || x[-1].treatment != x->treatment ? humanize_name(x->treatment) : NULL,
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

static int put_charts(const struct report_html_part *p, FILE *f, struct errmsg *e)
{
	const struct section *days = analysis_section(p->r->sections, p->r->n_sections, "days");
	int status;

	html_figures(f);
	status = put_forest(p, f, e);
	if (status == 0)
		status = report_charts_days(days, p->name, humanize_name(intern_text(&p->x->arms, p->arms[0])), f, e);
	if (status == 0)
		status = report_charts_sessions(p->r->study, (size_t)(p->x - p->r->study->experiments), p->arms, f, e);
	html_figures_end(f);
	return status;
}

/* What is told of an experiment, in this order. */
static const struct {
	bool needs_effects;
	int (*put)(const struct report_html_part *p, FILE *f, struct errmsg *e);
} pieces[] = {
	{false, put_arms},
	{true, put_effects},
	{true, put_methods},
	{true, put_charts},
	{false, put_part_notes},
};

int report_html_part(const struct report_html_part *p, FILE *f, struct errmsg *e)
{
	int status = 0;

	html_section(f, humanize_name(p->name));
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces && status == 0; i++)
		if (p->n_effects > 0 || !pieces[i].needs_effects)
			status = pieces[i].put(p, f, e);
	html_section_end(f);
	return status;
}

#include "report/report_html_part.h"

#include <stdlib.h>

#include "render/html.h"
#include "render/svg.h"
#include "report/headline.h"
#include "report/report_charts.h"
#include "report/report_words.h"
#include "text/humanize.h"

static enum html_style style_of(const struct effect *x)
{
	int verdict = headline_verdict(x);

	return verdict > 0 ? HTML_GOOD : verdict < 0 ? HTML_BAD : HTML_PLAIN;
}

/* "C (control) 4,010 users, T1 3,988 users" */
static int put_arms(const struct analysis_experiment *x, FILE *f, struct errmsg *e)
{
	(void)e;
	html_open(f, "p", HTML_MUTED);
	for (size_t i = 0; i < x->is->arms.n; i++) {
		uint64_t users = x->is->summary.arms[x->arms[i]].users;
		const char *name = analysis_arm(x, x->arms[i]);

		fputs(i > 0 ? ", " : "", f);
		html_text(f, humanize_name(name));
		html_format(f, "%s%s %s user%s", humanize_after(name), i == 0 ? " (control)" : "",
			    humanize_count(users).text, humanize_plural(users));
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

static int put_part_notes(const struct analysis_experiment *x, FILE *f, struct errmsg *e)
{
	(void)e;
	report_html_notes(&x->of->findings, x->name, f);
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
static int put_effects(const struct analysis_experiment *x, FILE *f, struct errmsg *e)
{
	struct humanized interval = humanize("%.10g %% interval", 100 - 100 * x->effects[0].alpha);
	struct humanized heading = report_p_heading(x->of);
	const struct html_column columns[] = {
		{"metric", 'l'}, {"effect", 'r'},  {"verdict", 'l'}, {interval.text, 'r'},
		{heading.text, 'r'}, {"control", 'r'}, {"arm", 'r'}, {"users", 'r'},
	};
	char *caption = report_means(true, "; effects in percent of the control’s mean");
	struct html_table t;

	if (!caption)
		return errmsg_nomem(e);
	html_table_begin(&t, f, caption, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < x->n_effects; i++) {
		if (i == 0 || x->effects[i - 1].treatment != x->effects[i].treatment)
			html_table_group(&t, humanize_name(x->effects[i].treatment));
		put_effect(&t, &x->effects[i]);
	}
	html_table_end(&t);
	free(caption);
	return 0;
}

static int put_methods(const struct analysis_experiment *x, FILE *f, struct errmsg *e)
{
	char *text = report_methods(x, true);

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

static int put_forest(const struct analysis_experiment *x, FILE *f, struct errmsg *e)
{
	size_t n = x->n_effects;
	struct svg_interval *rows = calloc(n, sizeof *rows);
	struct humanized *words = calloc(2 * n, sizeof *words);
	struct svg_forest chart = {.title = "Effects with their intervals",
				   .description = "The numbers are those of the table.",
				   .x_label = "effect in % of the control’s mean", .rows = rows, .n = n};

	for (size_t i = 0; i < n && rows && words; i++) {
		const struct effect *effect = &x->effects[i];
		bool first = i == 0 || effect[-1].treatment != effect->treatment;

		words[2 * i] = humanize_words(effect->metric);
		words[2 * i + 1] = humanize_typeset(humanize_effect(effect->effect, effect->lower, effect->upper));
		rows[i] = (struct svg_interval){
			.group = first ? humanize_name(effect->treatment) : NULL,
			.name = words[2 * i].text, .text = words[2 * i + 1].text,
			.value = effect->effect, .lower = effect->lower, .upper = effect->upper,
			.verdict = verdict_of(effect),
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

static int put_charts(const struct analysis_experiment *x, FILE *f, struct errmsg *e)
{
	int status;

	html_figures(f);
	status = put_forest(x, f, e);
	if (status == 0)
		status = report_charts_days(x, f, e);
	if (status == 0)
		status = report_charts_sessions(x, f, e);
	html_figures_end(f);
	return status;
}

/* What is told of an experiment, in this order. */
static const struct {
	bool needs_effects;
	int (*put)(const struct analysis_experiment *x, FILE *f, struct errmsg *e);
} pieces[] = {
	{false, put_arms},
	{true, put_effects},
	{true, put_methods},
	{true, put_charts},
	{false, put_part_notes},
};

int report_html_part(const struct analysis_experiment *x, FILE *f, struct errmsg *e)
{
	int status = 0;

	html_section(f, humanize_name(x->name));
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces && status == 0; i++)
		if (x->n_effects > 0 || !pieces[i].needs_effects)
			status = pieces[i].put(x, f, e);
	html_section_end(f);
	return status;
}

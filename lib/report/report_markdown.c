#include "report/report.h"

#include <stdlib.h>

#include "render/markdown.h"
#include "report/headline.h"
#include "report/report_words.h"
#include "text/humanize.h"

static void put_findings(FILE *f, const struct findings *all, const char *experiment)
{
	static const char *const words[] = {
		[FINDING_NOTE] = "Note",
		[FINDING_WARNING] = "**Warning**",
		[FINDING_ALARM] = "**Do not trust this yet**",
	};

	for (size_t i = 0; i < all->n; i++)
		if (all->list[i].experiment == experiment) {
			fprintf(f, "> %s: ", words[all->list[i].level]);
			markdown_text(f, all->list[i].text);
			fputs("\n\n", f);
		}
}

static void put_arms(FILE *f, const struct analysis_experiment *x)
{
	for (size_t i = 0; i < x->is->arms.n; i++) {
		uint64_t users = x->is->summary.arms[x->arms[i]].users;
		const char *name = analysis_arm(x, x->arms[i]);

		fputs(i > 0 ? ", " : "", f);
		markdown_text(f, humanize_name(name));
		fprintf(f, "%s%s %s user%s", humanize_after(name), i == 0 ? " (control)" : "",
			humanize_count(users).text, humanize_plural(users));
	}
	fputs("\n\n", f);
}

/* About the arm whose effects are the first of the list. */
static int put_headline(FILE *f, const struct analysis *a, const struct effect *x, size_t n, struct errmsg *e)
{
	char *text = headline_of(headline_effect(x, n, a->options->effects.primary), true);

	if (!text)
		return errmsg_nomem(e);
	fputs("**", f);
	markdown_text(f, humanize_name(x->treatment));
	fputs("** ", f);
	markdown_text(f, text);
	fputs(".\n\n", f);
	free(text);
	return 0;
}

static void put_header(FILE *f, const struct analysis *a, const struct effect *first)
{
	fprintf(f, "| metric | effect | | %.10g %% interval | %s | ", 100 - 100 * first->alpha,
		report_p_heading(a).text);
	markdown_text(f, humanize_name(first->control));
	fputs(" | ", f);
	markdown_text(f, humanize_name(first->treatment));
	fputs(" | users |\n|:--|--:|:--|--:|--:|--:|--:|--:|\n", f);
}

static void put_effect(FILE *f, const struct effect *x)
{
	const char *strong = headline_verdict(x) != 0 ? "**" : "";

	fprintf(f, "| %s | %s%s%s | %s | %s |", headline_label(x->metric).text, strong,
		humanize_typeset(humanize_change(x->effect, x->lower, x->upper)).text, strong, headline_word(x),
		humanize_typeset(humanize_bounds(x->lower, x->upper)).text);
	fprintf(f, " %s | %s | %s | %s |\n", humanize_typeset(humanize_p_against(x->p_adjusted, x->alpha)).text,
		humanize_typeset(humanize_mean(x->control_mean)).text,
		humanize_typeset(humanize_mean(x->treatment_mean)).text, humanize_count(x->treatment_users).text);
}

static int put_effects(FILE *f, const struct analysis_experiment *x, struct errmsg *e)
{
	const struct effect *list = x->effects;
	size_t n = x->n_effects;
	char *methods = report_methods(x, true);
	int status = methods ? 0 : errmsg_nomem(e);

	for (size_t i = 0; i < n && status == 0; i++) {
		if (i == 0 || list[i - 1].treatment != list[i].treatment) {
			fputs(i > 0 ? "\n" : "", f);
			status = put_headline(f, x->of, &list[i], n - i, e);
			put_header(f, x->of, &list[i]);
		}
		put_effect(f, &list[i]);
	}
	fputs(n > 0 ? "\n" : "", f);
	if (status == 0 && *methods)
		fprintf(f, "%s\n\n", methods);
	free(methods);
	return status;
}

static int put_experiment(FILE *f, const struct analysis_experiment *x, struct errmsg *e)
{
	fputs("## ", f);
	markdown_text(f, humanize_name(x->name));
	fputs("\n\n", f);
	put_arms(f, x);
	put_findings(f, &x->of->findings, x->name);
	return put_effects(f, x, e);
}

static int put_log(FILE *f, const struct study *s, struct errmsg *e)
{
	char *means = report_means(true, "; effect and interval in percent of the control’s mean.");

	if (!means)
		return errmsg_nomem(e);
	fprintf(f, "Log: %s event%s of %s user%s. %s\n", humanize_count(s->events).text, humanize_plural(s->events),
		humanize_count(s->n_users).text, humanize_plural(s->n_users), means);
	free(means);
	return 0;
}

/* For a pull request or an e-mail, where it has to be read as it is, too. */
int report_markdown(const struct analysis *a, const struct report_style *style, FILE *f, struct errmsg *e)
{
	int status = 0;

	(void)style;
	put_findings(f, &a->findings, NULL);
	for (size_t i = 0; i < a->n && status == 0; i++)
		status = put_experiment(f, &a->experiments[i], e);
	for (size_t i = 0; i < a->n_sections && status == 0; i++)
		status = section_put_markdown(&a->sections[i], f, e);
	return status < 0 ? -1 : put_log(f, a->study, e);
}

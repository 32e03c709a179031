#include "report/report.h"

#include <stdlib.h>

#include "render/markdown.h"
#include "report/findings.h"
#include "report/headline.h"
#include "report/section.h"
#include "text/humanize.h"

static void put_findings(FILE *f, const struct findings *all, const char *experiment)
{
	static const char *const words[] = {
		[FINDING_NOTE] = "Note", [FINDING_WARNING] = "**Warning**", [FINDING_ALARM] = "**Do not trust this yet**",
	};

	for (size_t i = 0; i < all->n; i++)
		if (all->list[i].experiment == experiment) {
			fprintf(f, "> %s: ", words[all->list[i].level]);
			markdown_text(f, all->list[i].text);
			fputs("\n\n", f);
		}
}

static void put_arms(FILE *f, const struct study_experiment *x, const uint32_t *arms)
{
	for (size_t i = 0; i < x->arms.n; i++) {
		uint64_t users = x->summary.arms[arms[i]].users;
		const char *name = intern_text(&x->arms, arms[i]);

		fputs(i > 0 ? ", " : "", f);
		markdown_text(f, humanize_name(name));
		fprintf(f, "%s%s %s user%s", humanize_after(name), i == 0 ? " (control)" : "", humanize_count(users).text, humanize_plural(users));
	}
	fputs("\n\n", f);
}

/* About the arm whose effects are the first of the list. */
static int put_headline(FILE *f, const struct report *r, const struct effect *x, size_t n, struct errmsg *e)
{
	char *text = headline_of(headline_effect(x, n, report_primary(r)), true);

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

static void put_header(FILE *f, const struct report *r, const struct effect *first)
{
	fprintf(f, "| metric | effect | | %.10g %% interval | %s | ", 100 - 100 * first->alpha, report_p_heading(r).text);
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
		humanize_typeset(humanize_mean(x->control_mean)).text, humanize_typeset(humanize_mean(x->treatment_mean)).text, humanize_count(x->treatment_users).text);
}

static int put_effects(FILE *f, const struct report *r, const char *experiment, struct errmsg *e)
{
	const struct effect *list;
	size_t n = report_effects(r, experiment, &list);
	char *methods = report_methods(r, list, n, true);
	int status = methods ? 0 : errmsg_nomem(e);

	for (size_t i = 0; i < n && status == 0; i++) {
		if (i == 0 || list[i - 1].treatment != list[i].treatment) {
			fputs(i > 0 ? "\n" : "", f);
			status = put_headline(f, r, &list[i], n - i, e);
			put_header(f, r, &list[i]);
		}
		put_effect(f, &list[i]);
	}
	fputs(n > 0 ? "\n" : "", f);
	if (status == 0 && *methods)
		fprintf(f, "%s\n\n", methods);
	free(methods);
	return status;
}

static int put_experiment(FILE *f, const struct report *r, const struct findings *findings, size_t number, struct errmsg *e)
{
	const struct study_experiment *x = &r->study->experiments[number];
	const char *name = intern_text(&r->study->names, number);
	uint32_t *arms = effects_arms(x, r->control, e);

	if (!arms)
		return -1;
	fputs("## ", f);
	markdown_text(f, humanize_name(name));
	fputs("\n\n", f);
	put_arms(f, x, arms);
	free(arms);
	put_findings(f, findings, name);
	return put_effects(f, r, name, e);
}

static int put_log(FILE *f, const struct report *r, struct errmsg *e)
{
	char *means = report_means(true, "; effect and interval in percent of the control’s mean.");

	if (!means)
		return errmsg_nomem(e);
	fprintf(f, "Log: %s event%s of %s user%s. %s\n", humanize_count(r->study->events).text, humanize_plural(r->study->events),
		humanize_count(r->study->n_users).text, humanize_plural(r->study->n_users), means);
	free(means);
	return 0;
}

/* For a pull request or an e-mail, where it has to be read as it is, too. */
int report_markdown(const struct report *r, FILE *f, bool colour, struct errmsg *e)
{
	struct findings findings;
	int status = findings_of(&findings, r, e);

	(void)colour;
	if (status == 0)
		put_findings(f, &findings, NULL);
	for (size_t i = 0; i < r->study->names.n && status == 0; i++)
		if (r->study->experiments[i].wanted)
			status = put_experiment(f, r, &findings, i, e);
	for (size_t i = 0; i < r->n_sections && status == 0; i++)
		status = section_put_markdown(&r->sections[i], f, e);
	if (status == 0)
		status = put_log(f, r, e);
	findings_clear(&findings);
	return status;
}

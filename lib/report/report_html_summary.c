#include <math.h>
#include <stdlib.h>

#include "render/html.h"
#include "report/headline.h"
#include "report/report_html_part.h"
#include "text/humanize.h"

/* "sessions +7.3 % (better)" */
static void put_other(const struct effect *x, FILE *f)
{
	int verdict = headline_verdict(x);
	const char *sign = !isfinite(x->effect) ? "" : x->effect > 0 ? "+" : "−";
	struct humanized size = humanize_typeset(humanize_magnitude(x->effect, x->lower, x->upper));

	html_format(f, "%s %s%s", humanize_words(x->metric).text, sign, size.text);
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

static int put_headline(const struct analysis *a, const struct effect *list, size_t n, FILE *f, struct errmsg *e)
{
	const struct effect *told = headline_effect(list, n, a->options->effects.primary);
	char *text = headline_of(told, true);

	if (!text)
		return errmsg_nomem(e);
	fputs("<li><strong>", f);
	html_text(f, humanize_name(list->treatment));
	fputs("</strong> ", f);
	html_text(f, text);
	fputc('.', f);
	put_others(list, n, told, f);
	fputs("</li>\n", f);
	free(text);
	return 0;
}

/* A sentence for each arm, about the metric that matters, which is the first one unless told otherwise. */
static int put_headlines(const struct analysis_experiment *x, FILE *f, struct errmsg *e)
{
	const char *primary = x->of->options->effects.primary;
	size_t first[HEADLINES_MAX], arms, told = headline_choose(x->effects, x->n_effects, primary, first, &arms);
	int status = 0;

	html_open(f, "ul", HTML_PLAIN);
	for (size_t i = 0; i < told && status == 0; i++)
		status = put_headline(x->of, x->effects + first[i], x->n_effects - first[i], f, e);
	if (arms > told)
		fprintf(f, "<li>%zu more arms are in the table.</li>\n", arms - told);
	fputs("</ul>\n", f);
	return status;
}

int report_html_summary(const struct analysis *a, FILE *f, struct errmsg *e)
{
	int status = 0;

	for (size_t i = 0; i < a->n && status == 0; i++) {
		const struct analysis_experiment *x = &a->experiments[i];

		if (x->n_effects == 0)
			continue;
		if (a->n > 1) {
			fputs("<h3>", f);
			html_text(f, humanize_name(x->name));
			fputs("</h3>\n", f);
		}
		status = put_headlines(x, f, e);
	}
	return status;
}

#include "report/report_words.h"

#include <math.h>
#include <string.h>

#include "base/memstream.h"
#include "report/headline.h"
#include "study/metrics.h"

const char *report_p_kind(const struct analysis *a)
{
	bool adjusted = a->options->effects.adjust != ADJUST_NONE, sequential = a->options->effects.sequential;

	return adjusted && sequential ? "adjusted, sequential" : adjusted ? "adjusted" : sequential ? "sequential" : "";
}

struct humanized report_p_heading(const struct analysis *a)
{
	const char *kind = report_p_kind(a);

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
static void put_balance(FILE *f, const struct balance *b, bool words)
{
	double p = balance_p(b);
	struct humanized said = humanize_p_said(p, HEALTH_ALARM);

	if (p >= HEALTH_ALARM)
		fprintf(f, "The arms are alike in it (%s). ", words ? humanize_typeset(said).text : said.text);
}

char *report_methods(const struct analysis_experiment *x, bool words)
{
	const struct effects_options *o = &x->of->options->effects;
	const struct effect *effects = x->effects;
	size_t n = x->n_effects;
	struct memstream m;
	FILE *f = memstream_open(&m);
	char *text;

	if (!f)
		return NULL;
	if (n > 0 && o->samples.cap > 0)
		fprintf(f, "Values above the %.10g%s%% quantile of all arms count as that. ", 100 * o->samples.cap,
			words ? "\u00a0" : " ");
	put_removed(f, effects, n, words);
	if (n > 0)
		put_balance(f, &x->balance, words);
	if (n > 0 && o->fieller)
		fprintf(f, "Intervals are Fieller's%s. ",
			is_endless(effects, n) ? ", and have no ends where the control's mean may be 0" : "");
	put_too_far(f, effects, n, words);
	text = memstream_close(&m);
	if (text && m.len > 0)
		text[m.len - 1] = '\0'; /* the blank after the last sentence */
	return text;
}

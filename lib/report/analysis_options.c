#include "report/analysis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text/number.h"

#define DEFAULT_TUNE 10000.0 /* users at which sequential intervals are tightest */

struct analysis_options analysis_defaults(void)
{
	return (struct analysis_options){
		.effects = {.alpha = 0.05, .adjust = ADJUST_NONE, .tune = DEFAULT_TUNE},
		.mde = NAN,
	};
}

static int set_control(struct analysis_options *o, const char *text, struct errmsg *e)
{
	(void)e;
	o->effects.control = text;
	return 0;
}

static int set_alpha(struct analysis_options *o, const char *text, struct errmsg *e)
{
	double *alpha = &o->effects.alpha;

	if (number_parse("--alpha", text, 0, 1, alpha, e) < 0 || !(*alpha >= 1e-12 && *alpha < 1))
		return errmsg_set(e, "--alpha takes a number between 0 and 1, from 1e-12 on, not '%s'", text);
	return 0;
}

static int set_lift(struct analysis_options *o, const char *text, struct errmsg *e)
{
	o->effects.fieller = strcmp(text, "fieller") == 0;
	if (o->effects.fieller || strcmp(text, "difference") == 0)
		return 0;
	return errmsg_set(e, "--lift takes difference or fieller, not '%s'", text);
}

static int set_adjust(struct analysis_options *o, const char *text, struct errmsg *e)
{
	int method = adjust_by_name(text);

	if (method < 0)
		return errmsg_set(e, "--adjust takes none, holm, bh or by, not '%s'", text);
	o->effects.adjust = (enum adjust_method)method;
	return 0;
}

static int set_primary(struct analysis_options *o, const char *text, struct errmsg *e)
{
	o->effects.primary = text;
	if (metrics_find(text) < METRICS_ALL_N)
		return 0;
	errmsg_set(e, "--primary takes a metric:");
	for (size_t i = 0; i < METRICS_ALL_N; i++)
		errmsg_set(e, "%s%s %s", e->text, i > 0 ? "," : "", metrics_name(i));
	return errmsg_set(e, "%s; not '%s'", e->text, text);
}

/* A number that may stand in percent: "99%", or plain: what it is worth is for the caller. */
static int parse_percent(const char *what, const char *text, double min, double max, double *x, bool *percent,
			 struct errmsg *e)
{
	size_t len = strlen(text);
	char copy[32];

	*percent = len > 0 && text[len - 1] == '%';
	if (len >= sizeof copy)
		return errmsg_set(e, "%s takes a number, not '%s'", what, text);
	memcpy(copy, text, len + 1);
	if (*percent)
		copy[len - 1] = '\0';
	return number_parse(what, copy, min, *percent ? 100 * max : max, x, e);
}

static int set_cap(struct analysis_options *o, const char *text, struct errmsg *e)
{
	double *cap = &o->effects.samples.cap;
	bool percent;

	if (parse_percent("--cap", text, 0, 1, cap, &percent, e) < 0)
		return -1;
	*cap /= percent ? 100 : 1;
	if (*cap > 0 && *cap < 1)
		return 0;
	return errmsg_set(e, "--cap takes a quantile between 0 and 1, or as 99%%, not '%s'", text);
}

static int set_sequential(struct analysis_options *o, const char *text, struct errmsg *e)
{
	(void)text, (void)e;
	o->effects.sequential = true;
	return 0;
}

static int set_tune(struct analysis_options *o, const char *text, struct errmsg *e)
{
	o->tuned = true;
	return number_parse("--tune", text, 1, 1e12, &o->effects.tune, e);
}

static int set_power(struct analysis_options *o, const char *text, struct errmsg *e)
{
	(void)text, (void)e;
	o->with_power = true;
	return 0;
}

/* In percent of the control's mean, with or without the sign. */
static int set_mde(struct analysis_options *o, const char *text, struct errmsg *e)
{
	bool percent;

	o->with_power = true;
	if (parse_percent("--mde", text, 0, 1e6, &o->mde, &percent, e) < 0)
		return -1;
	return o->mde > 0 ? 0 : errmsg_set(e, "--mde takes an effect in percent, as 2%%, not '%s'", text);
}

static int set_quantiles(struct analysis_options *o, const char *text, struct errmsg *e)
{
	char *copy = strdup(text), *rest = copy, *part;
	int status = copy ? 0 : errmsg_nomem(e);

	o->n_quantiles = 0;
	while (status == 0 && (part = strsep(&rest, ",")) != NULL) {
		double q;

		if (o->n_quantiles == ANALYSIS_QUANTILES_MAX)
			status = errmsg_set(e, "--quantiles takes at most %d quantiles", ANALYSIS_QUANTILES_MAX);
		else if (number_parse("--quantiles", part, 0, 1, &q, e) < 0 || q <= 0 || q >= 1)
			status = errmsg_set(e, "--quantiles takes numbers between 0 and 1, as 0.5,0.9, not '%s'", text);
		else
			o->quantiles[o->n_quantiles++] = q;
	}
	free(copy);
	return status;
}

static int set_days(struct analysis_options *o, const char *text, struct errmsg *e)
{
	(void)text, (void)e;
	o->days = true;
	return 0;
}

static int set_sources(struct analysis_options *o, const char *text, struct errmsg *e)
{
	(void)text, (void)e;
	o->sources = true;
	return 0;
}

static int set_aa(struct analysis_options *o, const char *text, struct errmsg *e)
{
	int64_t n;

	if (number_parse_int("--aa", text, 1, 1000000, &n, e) < 0)
		return -1;
	o->aa = (uint32_t)n;
	return 0;
}

static const struct {
	const char *name;
	int (*set)(struct analysis_options *o, const char *text, struct errmsg *e);
} options[] = {
	{"control", set_control}, {"alpha", set_alpha},		  {"lift", set_lift},	{"adjust", set_adjust},
	{"primary", set_primary}, {"cap", set_cap},		  {"tune", set_tune},	{"sequential", set_sequential},
	{"power", set_power},	  {"mde", set_mde},		  {"days", set_days},	{"quantiles", set_quantiles},
	{"sources", set_sources}, {"aa", set_aa},
};

int analysis_set(struct analysis_options *o, const char *name, const char *text, struct errmsg *e)
{
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (strcmp(options[i].name, name) == 0)
			return options[i].set(o, text, e);
	return errmsg_set(e, "no option --%s", name);
}

int analysis_check(const struct analysis_options *o, struct errmsg *e)
{
	if (o->effects.primary && o->effects.adjust == ADJUST_NONE && !o->days && !o->sentences)
		return errmsg_set(e, "--primary is the metric that --adjust takes apart from the others and that "
				     "--days and the formats for people tell of; give one of them");
	if (o->tuned && !o->effects.sequential)
		return errmsg_set(e, "--tune is for --sequential");
	return 0;
}

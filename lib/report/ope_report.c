#include "report/ope_report.h"

#include <math.h>
#include <stdlib.h>

#include "base/memstream.h"
#include "render/html.h"
#include "render/svg.h"
#include "text/humanize.h"

static const struct section_column estimate_columns[] = {
	{"estimator", "estimator", SECTION_TEXT},
	{"of", "of a", SECTION_TEXT},
	{"value", "value", SECTION_NUMBER},
	{"lower", "from", SECTION_NUMBER},
	{"upper", "to", SECTION_NUMBER},
	{"se", NULL, SECTION_PLAIN},
	{"df", NULL, SECTION_PLAIN},
	{"threshold", NULL, SECTION_PLAIN},
	{"bias_at_most", NULL, SECTION_PLAIN},
	{"users_needed", NULL, SECTION_PLAIN},
	{"usable", NULL, SECTION_TRUTH},
	{"verdict", "verdict", SECTION_TEXT},
};

static const struct section_column overlap_columns[] = {
	{"of", "of", SECTION_TEXT},
	{"n", "number", SECTION_COUNT},
	{"users", "users", SECTION_COUNT},
	{"supported_percent", "% the\npolicy's", SECTION_SHARE},
	{"mean_weight", "mean\nweight", SECTION_NUMBER},
	{"mean_weight_lower", "from", SECTION_NUMBER},
	{"mean_weight_upper", "to", SECTION_NUMBER},
	{"effective", "worth\nas many", SECTION_NUMBER},
	{"effective_users", "worth\nusers", SECTION_NUMBER},
	{"largest_percent", "% of\none user", SECTION_SHARE},
};

static const struct section_column left_out_columns[] = {
	{"what", "what", SECTION_TEXT},
	{"n", "number", SECTION_COUNT},
	{"why", "why", SECTION_TEXT},
};

#define SIZE(array) (sizeof(array) / sizeof *(array))

static const char *const verdicts[] = {
	[OPE_USABLE] = "usable",
	[OPE_NOTHING] = "there is nothing to estimate from",
	[OPE_NO_SUPPORT] = "the log has no choice of the policy's",
	[OPE_NOT_ONE] = "the mean weight is not 1",
	[OPE_FEW_USERS] = "few users have all the weight",
	[OPE_SKEWED] = "too skewed for its interval",
	[OPE_BIASED] = "what its threshold cuts off may bias it",
	[OPE_MODEL] = "only as right as its model",
	[OPE_NO_LOGGING] = "needs the policy that made the log",
};

const char *ope_verdict_words(enum ope_verdict verdict)
{
	return verdicts[verdict];
}

void ope_report_clear(struct ope_report *r)
{
	for (size_t i = 0; i < SIZE(r->sections); i++)
		section_clear(&r->sections[i]);
	free(r->lead);
	free(r->verdict);
	free(r->remark);
	*r = (struct ope_report){0};
}

static void tell_estimates(struct section *s, const struct ope *o)
{
	section_init(s, "estimates", "What the policy would have earned", "", estimate_columns, SIZE(estimate_columns));
	for (size_t i = 0; i < OPE_ESTIMATORS; i++) {
		const struct ope_estimate *e = &o->estimates[i];

		section_text(s, e->name);
		section_text(s, e->of);
		section_number(s, e->at.value);
		section_number(s, e->at.lower);
		section_number(s, e->at.upper);
		section_number(s, e->at.se);
		section_number(s, e->at.df);
		section_number(s, e->threshold);
		section_number(s, e->bias);
		section_number(s, e->at.need);
		section_count(s, e->verdict == OPE_USABLE);
		section_text(s, verdicts[e->verdict]);
	}
}

static void tell_overlap(struct section *s, const struct ope *o)
{
	const struct ope_overlap *const rows[] = {&o->steps, &o->sessions};
	static const char *const of[] = {"steps", "sessions"};

	section_init(s, "overlap", "How much of the log speaks of the policy", "", overlap_columns,
		     SIZE(overlap_columns));
	for (size_t i = 0; i < SIZE(rows); i++) {
		section_text(s, of[i]);
		section_count(s, rows[i]->n);
		section_count(s, rows[i]->users);
		section_number(s, 100 * rows[i]->supported);
		section_number(s, rows[i]->mean.value);
		section_number(s, rows[i]->mean.lower);
		section_number(s, rows[i]->mean.upper);
		section_number(s, rows[i]->effective);
		section_number(s, rows[i]->effective_users);
		section_number(s, 100 * rows[i]->largest);
	}
}

/* Returns whether anything was left out. */
static bool tell_left_out(struct section *s, const struct ope_left_out *l, bool machine)
{
	const struct {
		const char *what, *why;
		uint64_t n;
	} rows[] = {
		{"steps", "the log does not tell their propensity", l->no_propensity},
		{"steps", "the logging policy would not have recommended that", l->impossible},
		{"steps", "the catalog does not have the track", l->unknown},
		{"steps", "the user's next event is of another track", l->other_track},
		{"steps", "the log ends before they were listened to", l->open},
		{"sessions", "a step of theirs is left out", l->sessions},
		{"sessions", "the log ends before they do", l->open_sessions},
	};
	bool any = false;

	section_init(s, "left_out", "What of the log does not count", "", left_out_columns, SIZE(left_out_columns));
	for (size_t i = 0; i < SIZE(rows); i++) {
		if (rows[i].n == 0 && !machine)
			continue;
		any = any || rows[i].n > 0;
		section_text(s, rows[i].what);
		section_count(s, rows[i].n);
		section_text(s, rows[i].why);
	}
	s->usual = !any;
	return any;
}

static char *make_lead(const struct ope *o, const struct ope_sums *s)
{
	struct memstream m;
	FILE *f = memstream_open(&m);

	if (!f)
		return NULL;
	fprintf(f, "%s event%s of %s user%s, ", humanize_count(s->events).text, humanize_plural(s->events),
		humanize_count(s->n).text, humanize_plural(s->n));
	fprintf(f, "of which %s step%s count; ", humanize_count(o->steps.n).text, humanize_plural(o->steps.n));
	fprintf(f, "a step's value is the mean time of a recommended track, a session's the sum over its first %u.",
		s->choice.horizon);
	return memstream_close(&m);
}

/* Why nothing is usable: the weights' fault, or that of each estimate. */
static void explain_unusable(FILE *f, const struct ope *o)
{
	const struct ope_overlap *w = &o->steps;

	switch (o->estimates[OPE_DR].verdict) {
	case OPE_NO_SUPPORT:
		fputs("none of the tracks in the log would have been recommended by it; log with exploration "
		      "(botify-recommend --epsilon)", f);
		break;
	case OPE_FEW_USERS:
		fprintf(f,
			"the weight is that of too few users, of %s as it were, where it takes %d, and more where it "
			"is unequal; take a longer log, or one of a policy that is nearer to it",
			humanize_mean(w->effective_users).text, INFLUENCE_COCHRAN);
		break;
	case OPE_NOT_ONE:
		fprintf(f,
			"the mean weight is %s (%s) and has to be 1: the log has no chance for some of what it does, "
			"or its propensities are not right",
			humanize_mean(w->mean.value).text, humanize_bounds(w->mean.lower, w->mean.upper).text);
		break;
	case OPE_SKEWED:
		fprintf(f, "few users decide: intervals of so skewed values need %s users, and there are %s",
			humanize_mean(ceil(o->estimates[OPE_DR].at.need)).text, humanize_count(w->users).text);
		break;
	default:
		fputs(verdicts[OPE_NOTHING], f);
	}
}

static char *make_verdict(const struct ope *o, const char *policy)
{
	struct memstream m;
	FILE *f = memstream_open(&m);

	if (!f)
		return NULL;
	if (o->best) {
		fprintf(f, "Usable: a track that %s recommends would be listened to for ", policy);
		fprintf(f, "%s (%s, by %s), ", humanize_mean(o->best->at.value).text,
			humanize_bounds(o->best->at.lower, o->best->at.upper).text, o->best->name);
		fprintf(f, "against %s in the log.", humanize_mean(o->estimates[OPE_LOGGED].at.value).text);
	} else {
		fprintf(f, "Not usable for %s: ", policy);
		explain_unusable(f, o);
		fputc('.', f);
	}
	return memstream_close(&m);
}

static char *make_remark(uint64_t otherwise)
{
	struct memstream m;
	FILE *f = memstream_open(&m);

	if (!f)
		return NULL;
	fprintf(f,
		"Of %s step%s the log tells another propensity than the logging policy has: it may not be the policy "
		"that made the log, or the tables are others.",
		humanize_count(otherwise).text, humanize_plural(otherwise));
	return memstream_close(&m);
}

static int draw_steps(const void *report, FILE *f, struct errmsg *e)
{
	const struct ope_report *r = report;
	struct svg_interval rows[OPE_LOGGED_SESSION];
	struct humanized texts[OPE_LOGGED_SESSION];
	struct svg_forest chart = {.title = "Step value", .description = "estimates of the step value with intervals",
				   .x_label = "mean time of a recommended track", .rows = rows};

	(void)e;
	for (size_t i = 0; i < OPE_LOGGED_SESSION; i++) {
		const struct ope_estimate *x = &r->ope->estimates[i];

		if (isnan(x->at.lower))
			continue;
		texts[i] = humanize("%s (%s)%s", humanize_mean(x->at.value).text,
				    humanize_bounds(x->at.lower, x->at.upper).text,
				    x->verdict == OPE_USABLE ? "" : ", not usable");
		rows[chart.n++] = (struct svg_interval){.name = x->name, .text = texts[i].text, .value = x->at.value,
							.lower = x->at.lower, .upper = x->at.upper};
	}
	if (chart.n == 0)
		return 0;
	html_figures(f);
	html_figure(f, chart.title);
	svg_forest(&chart, f);
	html_figure_end(f);
	html_figures_end(f);
	return 0;
}

int ope_report_make(struct ope_report *r, const struct ope *o, const struct ope_sums *s, const char *policy,
		    bool machine, struct errmsg *e)
{
	bool left_out;

	*r = (struct ope_report){.ope = o, .policy = policy};
	tell_estimates(&r->sections[0], o);
	tell_overlap(&r->sections[1], o);
	left_out = tell_left_out(&r->sections[2], &s->left_out, machine);
	r->lead = make_lead(o, s);
	r->verdict = make_verdict(o, policy);
	if (s->left_out.told_otherwise > 0)
		r->remark = make_remark(s->left_out.told_otherwise);
	if (!r->lead || !r->verdict || (s->left_out.told_otherwise > 0 && !r->remark))
		return errmsg_nomem(e);
	r->remarks[0] = r->verdict;
	r->remarks[1] = r->remark;
	r->document = (struct document){
		.title = "Off-policy evaluation",
		.lead = r->lead,
		.remarks = r->remarks,
		.n_remarks = r->remark ? 2 : 1,
		.sections = r->sections,
		.n_sections = left_out || machine ? 3 : 2,
		.draw = draw_steps,
		.ctx = r,
	};
	return 0;
}

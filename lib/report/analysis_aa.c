#include "report/analysis_sections.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>

#include "event/assignment.h"
#include "study/arm_samples.h"
#include "study/user_values.h"

static const struct section_column columns[] = {
	{"experiment", "experiment", SECTION_TEXT}, {"metric", "metric", SECTION_METRIC},
	{"method", "method", SECTION_TEXT},	    {"runs", "runs", SECTION_COUNT},
	{"alarms", "alarms", SECTION_COUNT},	    {"lower", "at\nleast", SECTION_COUNT},
	{"upper", "at\nmost", SECTION_COUNT},	    {"verdict", "verdict", SECTION_TEXT},
};

/* The audit of one experiment: how often each metric was significant, and how often it could be. */
struct audit {
	uint64_t runs[METRICS_ALL_N], significant[METRICS_ALL_N];
	struct user_values users;   /* whose arms are two halves of the control; the users of other arms are in none */
	struct arm_samples samples; /* of the halves */
};

/* How few and how many of n alarms with probability p chance brings about in 99.9 % of all audits. */
static void band(uint64_t n, double p, uint64_t *lower, uint64_t *upper)
{
	const double tail = 0.0005;
	unsigned k = 0;

	while (k < n && gsl_cdf_binomial_P(k, p, (unsigned)n) <= tail)
		k++;
	*lower = k;
	while (k < n && gsl_cdf_binomial_Q(k, p, (unsigned)n) > tail)
		k++;
	*upper = k;
}

/* Splits the users of the control anew. */
static void split(struct audit *a, const struct analysis_experiment *x, uint32_t run)
{
	char name[256];
	struct assignment again;

	snprintf(name, sizeof name, "%.200s/aa/%u", x->name, run);
	again = assignment_of(name, 2);
	for (size_t i = 0; i < a->users.n; i++)
		if (a->users.arms[i] != USER_VALUES_NO_ARM)
			a->users.arms[i] = assignment_arm(&again, a->users.ids[i]);
}

/* Values are capped once: it is the same users, however they are split. */
static int audit_init(struct audit *a, const struct analysis_experiment *x, struct errmsg *e)
{
	const struct arm_samples_options *o = &x->of->options->effects.samples;

	*a = (struct audit){.runs = {0}};
	if (user_values_init(&a->users, x->of->study, x->number, o->file, e) < 0 ||
	    arm_samples_init(&a->samples, 2, NULL, e) < 0)
		return -1;
	for (size_t i = 0; i < a->users.n; i++)
		if (a->users.arms[i] != x->arms[0])
			a->users.arms[i] = USER_VALUES_NO_ARM;
	for (size_t k = 0; k < METRICS_ALL_N; k++)
		if (user_values_cap(&a->users, k, o->cap, e) < 0)
			return -1;
	return 0;
}

static void audit_clear(struct audit *a)
{
	arm_samples_clear(&a->samples);
	user_values_clear(&a->users);
}

static void run_once(struct audit *a, const struct effects_options *o)
{
	for (size_t k = 0; k < METRICS_ALL_N; k++) {
		const struct moments *halves = a->samples.metrics[k].arms;
		struct comparison w;

		arm_samples_take(&a->samples, &a->users, k, o->samples.adjust);
		w = effects_compare(&halves[0], &halves[1], o);
		a->runs[k] += !isnan(w.p);
		a->significant[k] += w.significant;
	}
}

/* What was audited: how samples are compared, and what was done to their values before. */
static void put_method(struct section *s, size_t metric, const struct user_values *u, const struct effects_options *o)
{
	bool capped = o->samples.cap > 0 && !u->denominators[metric];
	bool adjusted = o->samples.adjust && u->covariates[metric];
	char text[64];

	snprintf(text, sizeof text, "%s%s%s", o->sequential ? "sequential" : metrics_method(metric),
		 capped ? ", capped" : "", adjusted ? ", cuped" : "");
	section_text(s, text);
}

static const char *verdict_of(uint64_t runs, uint64_t seen, uint64_t lower, uint64_t upper)
{
	if (runs == 0)
		return "unknown";
	return seen < lower ? "too few" : seen > upper ? "too many" : "as it should";
}

static void add_rows(struct section *s, const struct analysis_experiment *x, const struct audit *a)
{
	const struct effects_options *o = &x->of->options->effects;

	for (size_t k = 0; k < METRICS_ALL_N; k++) {
		uint64_t lower, upper, seen = a->significant[k];

		band(a->runs[k], o->alpha, &lower, &upper);
		if (o->sequential)
			lower = 0;
		section_text(s, x->name);
		section_text(s, metrics_name(k));
		put_method(s, k, &a->users, o);
		section_count(s, a->runs[k]);
		section_count(s, seen);
		section_count(s, lower);
		section_count(s, upper);
		section_text(s, verdict_of(a->runs[k], seen, lower, upper));
	}
}

static int add_experiment(struct section *s, const struct analysis_experiment *x, struct errmsg *e)
{
	struct audit a;
	int status = audit_init(&a, x, e);

	for (uint32_t run = 0; status == 0 && run < x->of->options->aa; run++) {
		split(&a, x, run);
		run_once(&a, &x->of->options->effects);
	}
	if (status == 0)
		add_rows(s, x, &a);
	audit_clear(&a);
	return status;
}

int analysis_aa(struct section *s, const struct analysis *a, struct errmsg *e)
{
	int status = 0;

	section_init(
		s, "aa", "A/A test: would it cry wolf?",
		"The users of the control, split into halves again and again. As often as alpha says, a half should "
		"differ from the other; outside of the band (99.9 %), do not trust the method on these data.",
		columns, sizeof columns / sizeof *columns);
	section_layout(s, 1, NULL);
	for (size_t i = 0; status == 0 && i < a->n; i++)
		status = add_experiment(s, &a->experiments[i], e);
	return status;
}

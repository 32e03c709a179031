#include "report/sections.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "event/assignment.h"
#include "study/user_values.h"

static const struct section_column columns[] = {
	{"experiment", "experiment", SECTION_TEXT}, {"metric", "metric", SECTION_METRIC}, {"method", "method", SECTION_TEXT},
	{"runs", "runs", SECTION_COUNT},	    {"alarms", "alarms", SECTION_COUNT}, {"lower", "at\nleast", SECTION_COUNT},
	{"upper", "at\nmost", SECTION_COUNT},	    {"verdict", "verdict", SECTION_TEXT},
};

/* The audit of one experiment: how often each metric was significant, and how often it could be. */
struct audit {
	uint64_t runs[METRICS_ALL_N], significant[METRICS_ALL_N];
	struct user_values columns;
	struct sampler sampler; /* of two halves */
	struct sampler_users users[METRICS_ALL_N]; /* whose arms are `halves` */
	uint32_t *halves; /* of the users in the columns; those who are not of the control are in none */
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
static void split(struct audit *a, const struct sections_experiment *x, uint32_t run)
{
	const struct user_values *c = &a->columns;
	char name[256];
	struct assignment again;

	snprintf(name, sizeof name, "%.200s/aa/%u", sections_name(x), run);
	again = assignment_of(name, 2);
	for (size_t i = 0; i < c->n; i++)
		a->halves[i] = c->arms[i] == x->arms[0] ? assignment_arm(&again, c->ids[i]) : SAMPLER_NO_ARM;
}

/* Values are capped once: it is the same users, however they are split. */
static int audit_init(struct audit *a, const struct sections_experiment *x, struct errmsg *e)
{
	const struct arm_samples_options *o = &x->subject->options->samples;

	*a = (struct audit){.sampler = {0}};
	if (user_values_init(&a->columns, x->subject->study, x->number, o->file, e) < 0 || sampler_init(&a->sampler, 2, NULL, e) < 0)
		return -1;
	a->halves = calloc(a->columns.n + 1, sizeof *a->halves);
	if (!a->halves)
		return errmsg_nomem(e);
	split(a, x, 0);
	for (size_t k = 0; k < METRICS_ALL_N; k++) {
		double threshold;

		a->users[k] = arm_samples_users(&a->columns, k, o);
		a->users[k].arms = a->halves;
		if (sampler_cap(&a->users[k], o->cap, &threshold, e) < 0)
			return -1;
	}
	return 0;
}

static void audit_clear(struct audit *a)
{
	free(a->halves);
	sampler_clear(&a->sampler);
	user_values_clear(&a->columns);
}

static void run_once(struct audit *a, const struct effects_options *o)
{
	for (size_t k = 0; k < METRICS_ALL_N; k++) {
		struct moments halves[2];
		struct comparison w;

		sampler_take(&a->sampler, &a->users[k], halves);
		w = effects_compare(&halves[0], &halves[1], o);
		a->runs[k] += !isnan(w.p);
		a->significant[k] += w.significant;
	}
}

/* What was audited: how samples are compared, and what was done to their values before. */
static void put_method(struct section *s, size_t metric, const struct sampler_users *u, const struct effects_options *o)
{
	bool capped = o->samples.cap > 0 && !u->denominators;
	char text[64];

	snprintf(text, sizeof text, "%s%s%s", o->sequential ? "sequential" : metrics_method(metric), capped ? ", capped" : "",
		 u->covariates ? ", cuped" : "");
	section_text(s, text);
}

static void add_rows(struct section *s, const struct sections_experiment *x, const struct audit *a)
{
	const struct effects_options *o = x->subject->options;

	for (size_t k = 0; k < METRICS_ALL_N; k++) {
		uint64_t lower, upper, seen = a->significant[k];

		band(a->runs[k], o->alpha, &lower, &upper);
		if (o->sequential)
			lower = 0;
		section_text(s, sections_name(x));
		section_text(s, metrics_name(k));
		put_method(s, k, &a->users[k], o);
		section_count(s, a->runs[k]);
		section_count(s, seen);
		section_count(s, lower);
		section_count(s, upper);
		section_text(s, a->runs[k] == 0 ? "unknown" : seen < lower ? "too few" : seen > upper ? "too many" : "as it should");
	}
}

static int add_experiment(struct section *s, const struct sections_experiment *x, const void *runs, struct errmsg *e)
{
	struct audit a;
	int status = audit_init(&a, x, e);

	for (uint32_t run = 0; status == 0 && run < *(const uint32_t *)runs; run++) {
		split(&a, x, run);
		run_once(&a, x->subject->options);
	}
	if (status == 0)
		add_rows(s, x, &a);
	audit_clear(&a);
	return status;
}

int sections_aa(struct section *s, const struct sections_subject *subject, uint32_t runs, struct errmsg *e)
{
	section_init(s, "aa", "Would it cry wolf?",
		     "The users of the control, split into halves again and again. As often as alpha says, a half should differ from the other; "
		     "outside of the band (99.9 %), do not trust the method on these data.",
		     columns, sizeof columns / sizeof *columns);
	section_layout(s, 1, NULL);
	return sections_each(s, subject, add_experiment, &runs, e);
}

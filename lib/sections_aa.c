#include "sections.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "columns.h"
#include "experiment.h"
#include "joint.h"
#include "ratio.h"

static const struct section_column columns[] = {
	{"experiment", "experiment", SECTION_TEXT}, {"metric", "metric", SECTION_METRIC}, {"method", "method", SECTION_TEXT},
	{"runs", "runs", SECTION_COUNT},	    {"alarms", "alarms", SECTION_COUNT}, {"lower", "at\nleast", SECTION_COUNT},
	{"upper", "at\nmost", SECTION_COUNT},	    {"verdict", "verdict", SECTION_TEXT},
};

/* How often each metric was significant, and how often it could be. */
struct alarms {
	uint64_t runs[SAMPLES_N], significant[SAMPLES_N];
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

/* The users of the control, split anew: halves[i] is that of the user at place i of the columns, or 2. */
static void split(unsigned char *halves, const struct columns *c, uint32_t control, const char *experiment, uint32_t run)
{
	char name[256];
	struct experiment again;

	snprintf(name, sizeof name, "%.200s/aa/%u", experiment, run);
	again = experiment_of(name, 2);
	for (size_t i = 0; i < c->n; i++)
		halves[i] = c->arms[i] == control ? (unsigned char)experiment_assign(&again, c->ids[i]) : 2;
}

static void sample_metric(struct stats *pair, const double *values, const unsigned char *halves, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (halves[i] < 2 && !isnan(values[i]))
			stats_add(&pair[halves[i]], values[i]);
}

static void sample_ratio(struct stats *pair, const double *y, const double *x, const unsigned char *halves, size_t n)
{
	struct joint sums[2] = {{0}};

	for (size_t i = 0; i < n; i++)
		if (halves[i] < 2)
			joint_add(&sums[halves[i]], x[i], y[i]);
	pair[0] = ratio_sample(&sums[0]);
	pair[1] = ratio_sample(&sums[1]);
}

static void run_once(struct alarms *a, const struct columns *c, const unsigned char *halves, const struct effects_options *o)
{
	for (size_t k = 0; k < SAMPLES_N; k++) {
		struct stats pair[2] = {{0}};
		struct stats_welch w;
		size_t r = k - METRICS_N;

		if (k < METRICS_N)
			sample_metric(pair, c->values[k], halves, c->n);
		else
			sample_ratio(pair, c->numerators[r], c->denominators[r], halves, c->n);
		w = effects_compare(&pair[0], &pair[1], o);
		a->runs[k] += !isnan(w.p);
		a->significant[k] += w.significant;
	}
}

static void add_rows(struct section *s, const char *experiment, const struct alarms *a, const struct effects_options *o)
{
	for (size_t k = 0; k < SAMPLES_N; k++) {
		uint64_t lower, upper, seen = a->significant[k];

		band(a->runs[k], o->alpha, &lower, &upper);
		if (o->sequential)
			lower = 0;
		section_text(s, experiment);
		section_text(s, samples_name(k));
		section_text(s, o->sequential ? "sequential" : k < METRICS_N ? "mean" : "ratio");
		section_count(s, a->runs[k]);
		section_count(s, seen);
		section_count(s, lower);
		section_count(s, upper);
		section_text(s, a->runs[k] == 0 ? "unknown" : seen < lower ? "too few" : seen > upper ? "too many" : "as it should");
	}
}

static int audit(struct section *s, const struct sections_subject *subject, size_t x, uint32_t runs, struct errmsg *e)
{
	const char *experiment = symbols_text(&subject->study->names, x);
	uint32_t *arms = effects_arms(&subject->study->experiments[x], subject->options->control, e);
	struct columns c = {0};
	struct alarms alarms = {{0}, {0}};
	unsigned char *halves = NULL;
	int status = arms ? columns_init(&c, subject->study, (uint32_t)x, NULL, e) : -1;

	if (status == 0) {
		halves = malloc(c.n + 1);
		status = halves ? 0 : errmsg_nomem(e);
	}
	for (uint32_t run = 0; run < runs && status == 0; run++) {
		split(halves, &c, arms[0], experiment, run);
		run_once(&alarms, &c, halves, subject->options);
	}
	if (status == 0)
		add_rows(s, experiment, &alarms, subject->options);
	free(halves);
	columns_clear(&c);
	free(arms);
	return status;
}

int sections_aa(struct section *s, const struct sections_subject *subject, uint32_t runs, struct errmsg *e)
{
	section_init(s, "aa", "Would it cry wolf?",
		     "The users of the control, split into halves again and again. As often as alpha says, a half should differ from the other; "
		     "outside of the band (99.9 %), do not trust the method on these data.",
		     columns, sizeof columns / sizeof *columns);
	section_layout(s, 1, NULL);
	for (size_t x = 0; x < subject->study->names.n; x++)
		if (subject->study->experiments[x].wanted && audit(s, subject, x, runs, e) < 0)
			return -1;
	return 0;
}

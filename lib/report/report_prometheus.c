#include "report/report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/sections.h"
#include "study/health.h"
#include "text/number.h"

/* Text format 0.0.4: a label's value is any UTF-8, with these three escaped. */
static void put_label(FILE *f, const char *separator, const char *key, const char *value)
{
	fprintf(f, "%s%s=\"", separator, key);
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", f);
		else if (*value == '\\' || *value == '"')
			fprintf(f, "\\%c", *value);
		else
			fputc(*value, f);
	}
	fputc('"', f);
}

static void put_head(FILE *f, const char *name, const char *help)
{
	fprintf(f, "# HELP botify_abtest_%s %s\n# TYPE botify_abtest_%s gauge\n", name, help, name);
}

/* Numbers of an effect. All metrics are gauges: the next report may be about another log. */
static const struct {
	const char *name, *help;
	size_t offset; /* of a double in struct effect */
} numbers[] = {
	{"effect_percent", "Difference of the means in percent of the mean of the control.", offsetof(struct effect, effect)},
	{"effect_percent_lower", "Lower end of the interval of the effect.", offsetof(struct effect, lower)},
	{"effect_percent_upper", "Upper end of the interval of the effect.", offsetof(struct effect, upper)},
	{"p_value", "Two-sided p of the difference.", offsetof(struct effect, p)},
	{"p_value_adjusted", "The same by --adjust, to which botify_abtest_significant belongs.", offsetof(struct effect, p_adjusted)},
	{"control_mean", "Mean over the users of the control.", offsetof(struct effect, control_mean)},
	{"treatment_mean", "Mean over the users of the treatment.", offsetof(struct effect, treatment_mean)},
};

static void put_effect_head(FILE *f, const char *name, const struct effect *x)
{
	fprintf(f, "botify_abtest_%s{", name);
	put_label(f, "", "experiment", x->experiment);
	put_label(f, ",", "treatment", x->treatment);
	put_label(f, ",", "metric", x->metric);
	fputs("} ", f);
}

/* What is not known is absent: NaN would be one more thing that an alert has to know about. */
static void put_number(FILE *f, const struct effects *all, size_t k)
{
	char text[NUMBER_SIZE] = "";

	put_head(f, numbers[k].name, numbers[k].help);
	for (size_t i = 0; i < all->n; i++) {
		const void *value = (const char *)&all->list[i] + numbers[k].offset;
		double x = *(const double *)value;
		size_t len;

		if (!isfinite(x))
			continue;
		put_effect_head(f, numbers[k].name, &all->list[i]);
		len = number_write(text, x);
		fwrite(text, 1, len, f);
		fputc('\n', f);
	}
}

static void put_significant(FILE *f, const struct effects *all)
{
	put_head(f, "significant", "1 where the interval excludes 0.");
	for (size_t i = 0; i < all->n; i++) {
		put_effect_head(f, "significant", &all->list[i]);
		fprintf(f, "%d\n", all->list[i].significant);
	}
}

static int put_users(FILE *f, const struct report *r, struct errmsg *e)
{
	const struct study *s = r->study;

	put_head(f, "users", "Users of an arm.");
	for (size_t i = 0; i < s->names.n; i++) {
		const struct study_experiment *x = &s->experiments[i];
		uint32_t *arms = x->wanted ? effects_arms(x, r->control, e) : NULL;

		if (x->wanted && !arms)
			return -1;
		for (size_t j = 0; j < x->arms.n && arms; j++) {
			put_label(f, "botify_abtest_users{", "experiment", intern_text(&s->names, i));
			put_label(f, ",", "arm", intern_text(&x->arms, arms[j]));
			fprintf(f, "} %" PRIu64 "\n", x->summary.arms[arms[j]].users);
		}
		free(arms);
	}
	return 0;
}

/* Of the n findings of a log or of an experiment, how many there are of this key. */
static uint64_t count_of(const struct health_finding *list, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].entry->key, key) == 0)
			return list[i].count;
	return 0;
}

/* The health of each experiment. */
static const struct {
	const char *key, *help;
} counts[] = {
	{"users_in_two_arms", "Users seen in more than one arm, left out."},
	{"unfinished_sessions", "Sessions without an end, left out."},
	{"missing_arms", "Arms of the planned split that never appear."},
	{"unplanned_arms", "Arms that the planned split does not name."},
	{"users_without_session", "Users who finished no session, left out."},
	{"early_events", "Events before --covariate-before that name an arm; where there are any, nothing is adjusted."},
	{"unbalanced_covariates", "Covariates that differ between the arms."},
};

/* The tests of those counts, by their keys in JSON. */
static const struct {
	const char *key, *name, *help;
} tests[] = {
	{"attrition_p", "attrition_p_value", "p of the users who finished no session, if arms lose them alike."},
	{"unfinished_p", "unfinished_p_value", "p of the users whose session has not ended, if arms are alike."},
	{"covariate_p", "covariate_p_value", "p of the covariates, if they are alike in all arms."},
};

static void put_count(FILE *f, const struct study *s, const struct health *h, size_t k)
{
	put_head(f, counts[k].key, counts[k].help);
	for (size_t i = 0; i < s->names.n; i++) {
		if (!s->experiments[i].wanted)
			continue;
		fprintf(f, "botify_abtest_%s{", counts[k].key);
		put_label(f, "", "experiment", intern_text(&s->names, i));
		fprintf(f, "} %" PRIu64 "\n", count_of(health_of(h, (uint32_t)i), HEALTH_EXPERIMENT_N, counts[k].key));
	}
}

static void put_p(FILE *f, const struct study *s, const struct health *h, size_t k)
{
	char text[NUMBER_SIZE] = "";

	put_head(f, tests[k].name, tests[k].help);
	for (size_t i = 0; i < h->n; i++) {
		const struct health_finding *x = &h->list[i];

		if (!x->entry->p_key || strcmp(x->entry->p_key, tests[k].key) != 0 || !isfinite(x->p))
			continue;
		fprintf(f, "botify_abtest_%s{", tests[k].name);
		put_label(f, "", "experiment", intern_text(&s->names, x->experiment));
		fputs("} ", f);
		fwrite(text, 1, number_write(text, x->p), f);
		fputc('\n', f);
	}
}

/* Returns 0, or -1 with the reason. */
static int put_mismatch(FILE *f, const struct report *r, struct errmsg *e)
{
	const struct study *s = r->study;
	char text[NUMBER_SIZE] = "";

	put_head(f, "srm_p_value", "p of the users of all arms, if they were split as planned.");
	for (size_t i = 0; i < s->names.n && r->analysis; i++) {
		double p = NAN;

		if (s->experiments[i].wanted && sections_srm_p(r->analysis, i, &p, e) < 0)
			return -1;
		if (!isfinite(p))
			continue;
		put_label(f, "botify_abtest_srm_p_value{", "experiment", intern_text(&s->names, i));
		fputs("} ", f);
		fwrite(text, 1, number_write(text, p), f);
		fputc('\n', f);
	}
	return 0;
}

static void put_log(FILE *f, const struct report *r, const struct health *h)
{
	static const struct {
		const char *key, *help;
	} of_log[] = {
		{"malformed_lines", "Lines that are no event, left out."},
		{"unread_files", "Files not read, or not to the end."},
		{"out_of_order_events", "Events for which an earlier event of the same user has a later timestamp."},
		{"unfinished_sessions", "Sessions without an end."},
		{"events_after_end", "Events not later than the end of a session before them."},
		{"duplicate_events", "Events delivered twice, left out."},
	};

	put_head(f, "log_events", "Events of the log.");
	fprintf(f, "botify_abtest_log_events %" PRIu64 "\n", r->study->events);
	put_head(f, "log_users", "Users of the log.");
	fprintf(f, "botify_abtest_log_users %zu\n", r->study->n_users);
	for (size_t i = 0; i < sizeof of_log / sizeof *of_log; i++) {
		struct humanized name = humanize("log_%s", of_log[i].key);

		put_head(f, name.text, of_log[i].help);
		fprintf(f, "botify_abtest_%s %" PRIu64 "\n", name.text, count_of(h->list, HEALTH_LOG_N, of_log[i].key));
	}
}

/* What the report has to begin with; no such family where there is nothing. */
static void put_alarms(FILE *f, const struct health *h)
{
	bool any = false;

	for (size_t i = 0; i < h->n; i++) {
		if (!h->list[i].loud)
			continue;
		if (!any)
			put_head(f, "alarm", "1: do not trust the effects for this finding.");
		any = true;
		put_label(f, "botify_abtest_alarm{", "finding", h->list[i].entry->key);
		fputs("} 1\n", f);
	}
}

/* For the textfile collector of a node exporter. */
int report_prometheus(const struct report *r, FILE *f, bool colour, struct errmsg *e)
{
	struct health h;
	int status = report_health(&h, r, e);

	(void)colour;
	if (status == 0)
		put_alarms(f, &h);
	for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
		put_number(f, r->effects, k);
	put_significant(f, r->effects);
	if (status == 0)
		status = put_users(f, r, e);
	for (size_t k = 0; k < sizeof counts / sizeof *counts && status == 0; k++)
		put_count(f, r->study, &h, k);
	for (size_t k = 0; k < sizeof tests / sizeof *tests && status == 0; k++)
		put_p(f, r->study, &h, k);
	if (status == 0)
		status = put_mismatch(f, r, e);
	if (status == 0)
		put_log(f, r, &h);
	health_clear(&h);
	return status;
}

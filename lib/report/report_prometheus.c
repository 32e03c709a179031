#include "report/report.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

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

/* Begins a sample that has the label of an experiment: "botify_abtest_users{experiment=\"X\"" */
static void begin_sample(FILE *f, const char *name, const char *experiment)
{
	fprintf(f, "botify_abtest_%s{", name);
	put_label(f, "", "experiment", experiment);
}

/* What is not known is absent: NaN would be one more thing that an alert has to know about. */
static void put_number(FILE *f, double x)
{
	char text[NUMBER_SIZE] = "";

	fputs("} ", f);
	fwrite(text, 1, number_write(text, x), f);
	fputc('\n', f);
}

/* Numbers of an effect. All metrics are gauges: the next report may be about another log. */
static const struct {
	const char *name, *help;
	const char *column; /* of the table of effects */
} numbers[] = {
	{"effect_percent", "Difference of the means in percent of the mean of the control.", "effect"},
	{"effect_percent_lower", "Lower end of the interval of the effect.", "lower"},
	{"effect_percent_upper", "Upper end of the interval of the effect.", "upper"},
	{"p_value", "Two-sided p of the difference.", "p"},
	{"p_value_adjusted", "The same by --adjust, to which botify_abtest_significant belongs.", "p_adjusted"},
	{"control_mean", "Mean over the users of the control.", "control_mean"},
	{"treatment_mean", "Mean over the users of the treatment.", "treatment_mean"},
};

static void begin_effect(FILE *f, const char *name, const struct effect *x)
{
	begin_sample(f, name, x->experiment);
	put_label(f, ",", "treatment", x->treatment);
	put_label(f, ",", "metric", x->metric);
}

static void put_effects(FILE *f, const struct analysis *a, size_t k)
{
	size_t column = section_column(&a->effects, numbers[k].column);

	put_head(f, numbers[k].name, numbers[k].help);
	for (size_t i = 0; i < a->all.n; i++) {
		double x = section_cell(&a->effects, i, column).number;

		if (!isfinite(x))
			continue;
		begin_effect(f, numbers[k].name, &a->all.list[i]);
		put_number(f, x);
	}
}

static void put_significant(FILE *f, const struct effects *all)
{
	put_head(f, "significant", "1 where the interval excludes 0.");
	for (size_t i = 0; i < all->n; i++) {
		begin_effect(f, "significant", &all->list[i]);
		fprintf(f, "} %d\n", all->list[i].significant);
	}
}

static void put_users(FILE *f, const struct analysis *a)
{
	put_head(f, "users", "Users of an arm.");
	for (size_t i = 0; i < a->n; i++) {
		const struct analysis_experiment *x = &a->experiments[i];

		for (size_t k = 0; k < x->is->arms.n; k++) {
			begin_sample(f, "users", x->name);
			put_label(f, ",", "arm", analysis_arm(x, x->arms[k]));
			fprintf(f, "} %" PRIu64 "\n", x->is->summary.arms[x->arms[k]].users);
		}
	}
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

static void put_count(FILE *f, const struct analysis *a, size_t k)
{
	put_head(f, counts[k].key, counts[k].help);
	for (size_t i = 0; i < a->n; i++) {
		begin_sample(f, counts[k].key, a->experiments[i].name);
		fprintf(f, "} %" PRIu64 "\n", count_of(a->experiments[i].health, HEALTH_EXPERIMENT_N, counts[k].key));
	}
}

static void put_test(FILE *f, const struct analysis_experiment *x, size_t k)
{
	for (size_t i = 0; i < HEALTH_EXPERIMENT_N; i++) {
		const struct health_finding *found = &x->health[i];

		if (!found->entry->p_key || strcmp(found->entry->p_key, tests[k].key) != 0 || !isfinite(found->p))
			continue;
		begin_sample(f, tests[k].name, x->name);
		put_number(f, found->p);
	}
}

static void put_tests(FILE *f, const struct analysis *a, size_t k)
{
	put_head(f, tests[k].name, tests[k].help);
	for (size_t i = 0; i < a->n; i++)
		put_test(f, &a->experiments[i], k);
}

static void put_mismatch(FILE *f, const struct analysis *a)
{
	put_head(f, "srm_p_value", "p of the users of all arms, if they were split as planned.");
	for (size_t i = 0; i < a->n; i++) {
		if (!isfinite(a->experiments[i].sizes.p))
			continue;
		begin_sample(f, "srm_p_value", a->experiments[i].name);
		put_number(f, a->experiments[i].sizes.p);
	}
}

static void put_log(FILE *f, const struct analysis *a)
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
	fprintf(f, "botify_abtest_log_events %" PRIu64 "\n", a->study->events);
	put_head(f, "log_users", "Users of the log.");
	fprintf(f, "botify_abtest_log_users %zu\n", a->study->n_users);
	for (size_t i = 0; i < sizeof of_log / sizeof *of_log; i++) {
		struct humanized name = humanize("log_%s", of_log[i].key);

		put_head(f, name.text, of_log[i].help);
		fprintf(f, "botify_abtest_%s %" PRIu64 "\n", name.text, count_of(a->health, HEALTH_LOG_N, of_log[i].key));
	}
}

/* What the report has to begin with; no such family where there is nothing. */
static void put_alarms(FILE *f, const struct analysis *a)
{
	bool any = false;

	for (size_t i = 0; i < HEALTH_LOG_N; i++) {
		if (!a->health[i].loud)
			continue;
		if (!any)
			put_head(f, "alarm", "1: do not trust the effects for this finding.");
		any = true;
		put_label(f, "botify_abtest_alarm{", "finding", a->health[i].entry->key);
		fputs("} 1\n", f);
	}
}

/* For the textfile collector of a node exporter. */
int report_prometheus(const struct analysis *a, const struct report_style *style, FILE *f, struct errmsg *e)
{
	(void)style;
	(void)e;
	put_alarms(f, a);
	for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
		put_effects(f, a, k);
	put_significant(f, &a->all);
	put_users(f, a);
	for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
		put_count(f, a, k);
	for (size_t k = 0; k < sizeof tests / sizeof *tests; k++)
		put_tests(f, a, k);
	put_mismatch(f, a);
	put_log(f, a);
	return 0;
}

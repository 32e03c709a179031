#include "report/report.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "text/humanize.h"
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

/* The tests of findings, by their keys in JSON, in this order. */
static const char *const tests[] = {"attrition_p", "unfinished_p", "covariate_p"};

/* How many there are of a finding, by experiment. */
static void put_count(FILE *f, const struct analysis *a, size_t finding)
{
	const struct health_entry *entry = &health_table[HEALTH_LOG_N + finding];

	put_head(f, entry->key, entry->help);
	for (size_t i = 0; i < a->n; i++) {
		begin_sample(f, entry->key, a->experiments[i].name);
		fprintf(f, "} %" PRIu64 "\n", a->experiments[i].health[finding].count);
	}
}

static void put_test(FILE *f, const struct analysis *a, size_t finding)
{
	const struct health_entry *entry = &health_table[HEALTH_LOG_N + finding];
	struct humanized name = humanize("%s_value", entry->p_key);

	put_head(f, name.text, entry->p_help);
	for (size_t i = 0; i < a->n; i++) {
		double p = a->experiments[i].health[finding].p;

		if (!isfinite(p))
			continue;
		begin_sample(f, name.text, a->experiments[i].name);
		put_number(f, p);
	}
}

/* The test of this key. */
static void put_test_of(FILE *f, const struct analysis *a, const char *p_key)
{
	for (size_t i = 0; i < HEALTH_EXPERIMENT_N; i++) {
		const char *key = health_table[HEALTH_LOG_N + i].p_key;

		if (key && strcmp(key, p_key) == 0)
			put_test(f, a, i);
	}
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
	put_head(f, "log_events", "Events of the log.");
	fprintf(f, "botify_abtest_log_events %" PRIu64 "\n", a->study->events);
	put_head(f, "log_users", "Users of the log.");
	fprintf(f, "botify_abtest_log_users %zu\n", a->study->n_users);
	for (size_t i = 0; i < HEALTH_LOG_N; i++) {
		struct humanized name = humanize("log_%s", health_table[i].key);

		put_head(f, name.text, health_table[i].help);
		fprintf(f, "botify_abtest_%s %" PRIu64 "\n", name.text, a->health[i].count);
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
	for (size_t i = 0; i < HEALTH_EXPERIMENT_N; i++)
		put_count(f, a, i);
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		put_test_of(f, a, tests[i]);
	put_mismatch(f, a);
	put_log(f, a);
	return 0;
}

#include "report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "number.h"

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
			put_label(f, "botify_abtest_users{", "experiment", symbols_text(&s->names, i));
			put_label(f, ",", "arm", symbols_text(&x->arms, arms[j]));
			fprintf(f, "} %" PRIu64 "\n", x->summary.arms[arms[j]].users);
		}
		free(arms);
	}
	return 0;
}

/* The health of each experiment: counts in its summary. */
static const struct {
	const char *name, *help;
	size_t offset; /* of a uint64_t in struct metrics_summary */
} counts[] = {
	{"users_in_two_arms", "Users seen in more than one arm, left out.", offsetof(struct metrics_summary, two_arms)},
	{"unfinished_sessions", "Sessions without an end, left out.", offsetof(struct metrics_summary, unfinished)},
};

static void put_count(FILE *f, const struct study *s, size_t k)
{
	put_head(f, counts[k].name, counts[k].help);
	for (size_t i = 0; i < s->names.n; i++) {
		const struct study_experiment *x = &s->experiments[i];

		if (!x->wanted)
			continue;
		fprintf(f, "botify_abtest_%s{", counts[k].name);
		put_label(f, "", "experiment", symbols_text(&s->names, i));
		fprintf(f, "} %" PRIu64 "\n", *(const uint64_t *)((const char *)&x->summary + counts[k].offset));
	}
}

static void put_log(FILE *f, const struct report *r)
{
	const struct study *s = r->study;
	const struct {
		const char *name, *help;
		uint64_t n;
	} rows[] = {
		{"log_events", "Events of the log.", s->events},
		{"log_users", "Users of the log.", s->n_users},
		{"log_malformed_lines", "Lines that are no event, left out.", s->malformed},
		{"log_unread_files", "Files not read, or not to the end.", s->unread},
		{"log_out_of_order_events", "Events for which an earlier event of the same user has a later timestamp.", s->out_of_order},
		{"log_unfinished_sessions", "Sessions without an end.", s->unfinished},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		put_head(f, rows[i].name, rows[i].help);
		fprintf(f, "botify_abtest_%s %" PRIu64 "\n", rows[i].name, rows[i].n);
	}
}

/* For the textfile collector of a node exporter. */
int report_prometheus(const struct report *r, FILE *f, bool colour, struct errmsg *e)
{
	(void)colour;
	for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
		put_number(f, r->effects, k);
	put_significant(f, r->effects);
	if (put_users(f, r, e) < 0)
		return -1;
	for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
		put_count(f, r->study, k);
	put_log(f, r);
	return 0;
}

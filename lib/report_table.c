#include "report.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#include "table.h"

/* Room for a number as a person reads it. */
struct shown {
	char text[48];
};

__attribute__((format(printf, 1, 2))) static struct shown show(const char *format, ...)
{
	struct shown s;
	va_list ap;

	va_start(ap, format);
	vsnprintf(s.text, sizeof s.text, format, ap);
	va_end(ap);
	return s;
}

/* Four significant digits, and whole ones. */
static struct shown show_mean(double x)
{
	if (!isfinite(x))
		return show("-");
	if (fabs(x) < 999.5)
		return show("%#.4g", x);
	return fabs(x) < 1e9 ? show("%.0f", x) : show("%.3e", x);
}

static struct shown show_percent(double x)
{
	if (!isfinite(x))
		return show("-");
	return fabs(x) < 1e5 ? show("%+.2f%%", x) : show("%+.2e%%", x);
}

static struct shown show_interval(double lower, double upper)
{
	if (!isfinite(lower) || !isfinite(upper))
		return show("-");
	return fmax(fabs(lower), fabs(upper)) < 1e5 ? show("%.2f .. %.2f", lower, upper)
						      : show("%.2e .. %.2e", lower, upper);
}

/* Below 0.0001 only the size matters. */
static struct shown show_p(double p)
{
	if (!isfinite(p))
		return show("-");
	return p >= 0.0001 ? show("%.4f", p) : p > 0 ? show("%.0e", p) : show("<1e-300");
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void add_header(struct table *t, const struct effect *first)
{
	table_add(t, TABLE_BOLD, "metric");
	table_add(t, TABLE_BOLD, "%s", first->control);
	table_add(t, TABLE_BOLD, "%s", first->treatment);
	table_add(t, TABLE_BOLD, "effect");
	table_add(t, TABLE_BOLD, "%.10g %% interval", 100 - 100 * first->alpha);
	table_add(t, TABLE_BOLD, "users");
	table_add(t, TABLE_BOLD, "p");
}

static void add_effect(struct table *t, const struct effect *x)
{
	enum table_style verdict = !x->significant ? TABLE_PLAIN : x->difference * x->better > 0 ? TABLE_GREEN : TABLE_RED;

	table_add(t, TABLE_PLAIN, "%s", x->metric);
	table_add(t, TABLE_PLAIN, "%s", show_mean(x->control_mean).text);
	table_add(t, TABLE_PLAIN, "%s", show_mean(x->treatment_mean).text);
	table_add(t, verdict, "%s", show_percent(x->effect).text);
	table_add(t, verdict, "%s", show_interval(x->lower, x->upper).text);
	table_add(t, TABLE_PLAIN, "%" PRIu64, x->treatment_users);
	table_add(t, TABLE_PLAIN, "%s", show_p(x->p).text);
}

/* The effects of one experiment: a header for every arm, but the same columns throughout. */
static void add_effects(struct table *t, const struct report *r, const char *experiment)
{
	const struct effect *before = NULL;

	for (size_t i = 0; i < r->effects->n; i++) {
		const struct effect *x = &r->effects->list[i];

		/* names are borrowed from the study, where each stands once */
		if (x->experiment != experiment)
			continue;
		if (!before || before->treatment != x->treatment)
			add_header(t, x);
		add_effect(t, x);
		before = x;
	}
}

static char *heading(const struct study_experiment *x, const char *name, const uint32_t *arms)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	fprintf(f, "%s: ", name);
	for (size_t i = 0; i < x->arms.n; i++) {
		uint64_t users = x->summary.arms[arms[i]].users;

		fprintf(f, "%s%s%s %" PRIu64 " user%s", i > 0 ? ", " : "", symbols_text(&x->arms, arms[i]),
			i == 0 ? " (control)" : "", users, plural(users));
	}
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* Where nobody has a value the table says it already: that is a log without latencies. */
static void add_missing_values(struct table *t, const struct study_experiment *x, uint32_t arm)
{
	const struct metrics_arm *a = &x->summary.arms[arm];

	for (size_t i = 0; i < METRICS_N; i++)
		if (a->values[i].n > 0 && a->values[i].n < a->users)
			table_add(t, TABLE_YELLOW, "%s: %" PRIu64 " of the %" PRIu64 " user%s of %s have a value.",
				  metrics_table[i].name, a->values[i].n, a->users, plural(a->users),
				  symbols_text(&x->arms, arm));
}

/* What was found, a line for each thing of which there is any. */
static void add_findings(struct table *t, const struct health_finding *findings, size_t n)
{
	struct errmsg sentence;

	for (size_t i = 0; i < n; i++)
		if (findings[i].count > 0)
			table_add(t, findings[i].grave ? TABLE_RED : TABLE_YELLOW, "%s", health_say(&findings[i], &sentence));
}

static void add_experiment_health(struct table *t, const struct study_experiment *x, const uint32_t *arms,
				  const struct health_finding *findings)
{
	if (x->arms.n == 1)
		table_add(t, TABLE_YELLOW, "There is only one arm: nothing to compare.");
	for (size_t i = 0; i < x->arms.n; i++)
		add_missing_values(t, x, arms[i]);
	add_findings(t, findings, HEALTH_EXPERIMENT_N);
}

/* Unfinished sessions stand with the experiments that they are missing from. */
static void add_log_health(struct table *t, const struct study *s, const struct health *h)
{
	table_add(t, TABLE_PLAIN, "Log: %" PRIu64 " event%s of %" PRIu64 " user%s.", s->events, plural(s->events), (uint64_t)s->n_users,
		  plural(s->n_users));
	for (size_t i = 0; i < HEALTH_LOG_N; i++)
		if (!h->list[i].entry->usual)
			add_findings(t, &h->list[i], 1);
	table_add(t, TABLE_DIM, "Means over users; effect, interval in %% of the control's mean; latency in ms.");
}

static int write_experiment(const struct report *r, const struct health *h, size_t number, FILE *f, bool colour, struct errmsg *e)
{
	const struct study_experiment *x = &r->study->experiments[number];
	const char *name = symbols_text(&r->study->names, number);
	uint32_t *arms = effects_arms(x, r->control, e);
	char *head = arms ? heading(x, name, arms) : NULL;
	struct table top, effects, notes;
	int status = -1;

	table_init(&top, "l");
	table_init(&effects, "lrrrrrr");
	table_init(&notes, "l");
	if (head) {
		table_add(&top, TABLE_BOLD, "%s", head);
		add_effects(&effects, r, name);
		add_experiment_health(&notes, x, arms, health_of(h, (uint32_t)number));
		status = table_print(&top, f, colour) | table_print(&effects, f, colour) | table_print(&notes, f, colour);
		fputc('\n', f);
	}
	table_clear(&top);
	table_clear(&effects);
	table_clear(&notes);
	free(head);
	free(arms);
	return status < 0 ? errmsg_nomem(e) : 0;
}

int report_table(const struct report *r, FILE *f, bool colour, struct errmsg *e)
{
	struct health h;
	struct table log;
	int status = health_init(&h, r->study, r->split, e);

	for (size_t i = 0; status == 0 && i < r->study->names.n; i++)
		if (r->study->experiments[i].wanted)
			status = write_experiment(r, &h, i, f, colour, e);
	if (status == 0) {
		table_init(&log, "l");
		add_log_health(&log, r->study, &h);
		status = table_print(&log, f, colour) < 0 ? errmsg_nomem(e) : 0;
		table_clear(&log);
	}
	health_clear(&h);
	return status;
}

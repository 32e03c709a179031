/*
 * How often a report cries wolf: 2,000 logs of an experiment whose arms do the same (drawn_log.h), each taken event by
 * event as the command would, and reported on with the options that it would be given. How many logs had an alarm
 * must lie in the 99.9 % band of the binomial distribution with probability alpha; where a method promises "at most",
 * below its upper end. Output is TAP. Seeded, so a run is the same every time:
 *
 *     make test-stats           aa_logs [SEED]
 *
 * Nothing is corrected for the number of rows: chance alone fails one seed in forty.
 *
 * false_alarms.c asks the same of each function of lib/ alone. Here users come back between two looks, so that what is
 * known of them grows; theory has each user come once.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "band.h"
#include "base/errmsg.h"
#include "drawn_log.h"
#include "report/analysis.h"
#include "stats/stats.h"
#include "study/study.h"

/* Who looks every night looks first when each arm has about a hundred users: a sequential interval is not for fewer. */
enum { LOGS = 2000, LOOKS = 50, FIRST_LOOK = DRAWN_DAYS - LOOKS + 1, ROWS_MAX = 100 };

static const double alpha = 0.05;

static bool excludes_zero(double lower, double upper)
{
	return lower > 0 || upper < 0;
}

static double number_at(const struct section *s, size_t row, const char *key)
{
	return section_cell_of(s, row, key).number;
}

static const struct section *section_of(const struct analysis *a, const char *key)
{
	const struct section *s = analysis_section(a, key);

	drawn_need(s != NULL, "a section is not there");
	return s;
}

/* The effects of T1, in the order of the metrics, are the first of a report. */
static bool metric_differs(const struct analysis *a, size_t metric)
{
	return excludes_zero(a->all.list[metric].lower, a->all.list[metric].upper);
}

static bool anything_differs(const struct analysis *a, size_t part)
{
	bool found = false;

	(void)part;
	for (size_t i = 0; i < a->all.n; i++)
		found |= metric_differs(a, i);
	return found;
}

/* Each arm has all metrics, of which time is the first. */
static bool time_of_an_arm_differs(const struct analysis *a, size_t part)
{
	bool found = false;

	(void)part;
	for (size_t i = 0; i < a->all.n; i += METRICS_ALL_N)
		found |= metric_differs(a, i);
	return found;
}

static bool allocation_differs(const struct analysis *a, size_t part)
{
	(void)part;
	return number_at(section_of(a, "srm"), 0, "p") < alpha;
}

static bool metric_or_split_differs(const struct analysis *a, size_t part)
{
	return part < METRICS_ALL_N ? metric_differs(a, part) : allocation_differs(a, part);
}

static const char *metric_or_split(size_t part)
{
	return part < METRICS_ALL_N ? metrics_name(part) : "srm";
}

static const char *const quantile_names[] = {"0.5", "0.9"};

static const char *quantile_name(size_t part)
{
	return quantile_names[part];
}

/* The rows of the control come first, then those of T1. */
static bool quantile_differs(const struct analysis *a, size_t part)
{
	return number_at(section_of(a, "quantiles"), 2 + part, "p") < alpha;
}

static const char *day_name(size_t part)
{
	return part == 0 ? "all days" : "the last day that is told of alone";
}

/* The rows of T1 are the first half. Of a day alone with few users of an arm nothing is told. */
static bool day_differs(const struct analysis *a, size_t part)
{
	const struct section *s = section_of(a, "days");
	size_t last = section_rows(s) / 2 - 1;

	if (part == 0)
		return excludes_zero(number_at(s, last, "cumulative_lower"), number_at(s, last, "cumulative_upper"));
	while (last > 0 && isnan(number_at(s, last, "lower")))
		last--;
	return excludes_zero(number_at(s, last, "lower"), number_at(s, last, "upper"));
}

static const char *no_name(size_t part)
{
	(void)part;
	return "";
}

/* Takes sessions for independent, which no report does: those of a user are not. */
static bool sessions_differ(const struct analysis *a, size_t part)
{
	const struct study *s = a->study;
	struct moments times[DRAWN_ARMS] = {{0}};

	(void)part;
	for (size_t m = 0; m < s->n_participants; m++)
		for (size_t i = s->sessions.first[m]; i < s->sessions.first[m + 1]; i++)
			moments_add(&times[s->participants[m].did.arm], s->sessions.times[i]);
	return comparison_welch(&times[0], &times[1], alpha).significant;
}

/* What of a report is looked at: n parts of it. */
struct reading {
	size_t n;
	const char *(*name)(size_t part);
	bool (*alarms)(const struct analysis *a, size_t part);
};

static const struct reading metrics = {METRICS_ALL_N, metrics_name, metric_differs},
			    means = {METRICS_N, metrics_name, metric_differs}, /* ratio metrics are left alone */
			    metrics_and_split = {METRICS_ALL_N + 1, metric_or_split, metric_or_split_differs},
			    time_alone = {1, metrics_name, metric_differs},
			    any = {1, no_name, anything_differs},
			    time_of_any = {1, no_name, time_of_an_arm_differs},
			    quantiles = {2, quantile_name, quantile_differs},
			    days = {2, day_name, day_differs},
			    sessions = {1, no_name, sessions_differ};

enum when { ONCE, EVERY_NIGHT };
enum covariate_from { NOTHING, BEFORE, KNOWN };

static const struct method {
	const char *name;
	enum when when;
	const char *options[3][2];
	enum covariate_from covariate;
	const struct reading *reading;
	enum promise promise;
} methods[] = {
	{"no option", ONCE, {{NULL}}, NOTHING, &metrics_and_split, EQUAL},
	{"--lift fieller", ONCE, {{"lift", "fieller"}}, NOTHING, &metrics, EQUAL},
	{"--cap 99%", ONCE, {{"cap", "99%"}}, NOTHING, &means, EQUAL},
	{"--covariate-before", ONCE, {{NULL}}, BEFORE, &means, EQUAL},
	{"--covariate", ONCE, {{NULL}}, KNOWN, &means, EQUAL},
	{"--quantiles 0.5,0.9", ONCE, {{"quantiles", "0.5,0.9"}, {"sources", NULL}}, NOTHING, &quantiles, EQUAL},
	{"--days", ONCE, {{"days", NULL}}, NOTHING, &days, EQUAL},
	{"--adjust holm, any of 14", ONCE, {{"adjust", "holm"}}, NOTHING, &any, AT_MOST},
	{"--adjust bh, any of 14", ONCE, {{"adjust", "bh"}}, NOTHING, &any, AT_MOST},
	{"--adjust by, any of 14", ONCE, {{"adjust", "by"}}, NOTHING, &any, AT_MOST},
	{"--adjust holm --primary time, time of any arm",
	 ONCE,
	 {{"adjust", "holm"}, {"primary", "time"}},
	 NOTHING,
	 &time_of_any,
	 AT_MOST},
	{"--sequential, 50 looks",
	 EVERY_NIGHT,
	 {{"sequential", NULL}, {"tune", "600"}},
	 NOTHING,
	 &metrics_and_split,
	 AT_MOST},
	{"--sequential --covariate-before, 50 looks",
	 EVERY_NIGHT,
	 {{"sequential", NULL}, {"tune", "600"}},
	 BEFORE,
	 &means,
	 AT_MOST},
	{"--sequential --adjust holm, any of 14, 50 looks",
	 EVERY_NIGHT,
	 {{"sequential", NULL}, {"tune", "600"}, {"adjust", "holm"}},
	 NOTHING,
	 &any,
	 AT_MOST},
	{"any of 14: the reason for --adjust", ONCE, {{NULL}}, NOTHING, &any, MORE},
	{"50 looks: the reason for --sequential", EVERY_NIGHT, {{NULL}}, NOTHING, &time_alone, MORE},
	{"sessions taken as independent: the reason for the delta method", ONCE, {{NULL}}, NOTHING, &sessions, MORE},
};

enum { METHODS = sizeof methods / sizeof *methods };

/* What was found in all logs, or in one. */
struct tally {
	size_t alarms[ROWS_MAX]; /* a row for each part of each method, in their order */
	size_t effects, contradictions;
};

static struct analysis_options options_of(const struct method *m, const struct drawn_log *log)
{
	struct analysis_options o = analysis_defaults();
	struct errmsg e;

	for (size_t i = 0; i < 3 && m->options[i][0]; i++)
		drawn_need(analysis_set(&o, m->options[i][0], m->options[i][1], &e) == 0, e.text);
	drawn_need(analysis_check(&o, &e) == 0, e.text);
	o.effects.samples.adjust = m->covariate != NOTHING;
	o.effects.samples.file = m->covariate == KNOWN ? &log->known : NULL;
	return o;
}

/* Reads the log of the first days, for all methods that want it then. */
static void read_log(struct study *s, const struct drawn_log *log, int64_t until, enum when when)
{
	struct study_keep keep = {.before = true, .moment = log->begin};
	struct errmsg e;

	for (size_t i = 0; i < METHODS; i++) {
		struct analysis_options o = options_of(&methods[i], log);

		if (methods[i].when >= when)
			analysis_keep(&o, &keep);
	}
	study_init(s, STUDY_STREAM, NULL, 0);
	study_keep(s, &keep);
	for (size_t i = 0; i < log->n && log->events[i].timestamp < until; i++)
		drawn_need(study_add(s, &log->events[i], &e) == 0, "out of memory");
	drawn_need(study_end(s, &e) == 0, e.text);
}

/* Interval, p and verdict are to say the same. */
static void check_effects(const struct effects *all, struct tally *t)
{
	t->effects += all->n;
	for (size_t i = 0; i < all->n; i++) {
		const struct effect *x = &all->list[i];

		t->contradictions += x->significant != excludes_zero(x->lower, x->upper) ||
				     x->significant != (x->p_adjusted < alpha);
	}
}

/* Rows of one log are 0 or 1: an alarm on any night is one. */
static void judge(const struct method *m, const struct study *s, const struct drawn_log *log, size_t *rows,
		  struct tally *t)
{
	struct analysis_options o = options_of(m, log);
	struct analysis a;
	struct errmsg e;

	drawn_need(analysis_run(&a, s, &o, &e) == 0, e.text);
	check_effects(&a.all, t);
	for (size_t i = 0; i < m->reading->n; i++)
		rows[i] |= m->reading->alarms(&a, i);
	analysis_clear(&a);
}

static void look(const struct drawn_log *log, int night, size_t *rows, struct tally *t)
{
	enum when when = night == DRAWN_DAYS ? ONCE : EVERY_NIGHT;
	struct study s;

	read_log(&s, log, log->begin + night * (int64_t)DAY_MS, when);
	for (size_t i = 0; i < METHODS; rows += methods[i++].reading->n)
		if (methods[i].when >= when)
			judge(&methods[i], &s, log, rows, t);
	study_clear(&s);
}

static void try_log(struct drawn_log *log, uint64_t seed, uint32_t number, struct tally *t)
{
	size_t rows[ROWS_MAX] = {0};

	drawn_log_draw(log, seed, number);
	for (int night = FIRST_LOOK; night <= DRAWN_DAYS; night++)
		look(log, night, rows, t);
	for (size_t i = 0; i < ROWS_MAX; i++)
		t->alarms[i] += rows[i];
}

static bool print_all(const struct tally *t)
{
	bool ok = true;
	size_t row = 0;

	for (size_t i = 0; i < METHODS; i++)
		for (size_t k = 0; k < methods[i].reading->n; k++, row++)
			ok &= band_print(row + 1, methods[i].name, methods[i].reading->name(k), methods[i].promise,
					 t->alarms[row], LOGS, alpha);
	printf("%sok %zu - interval, p and verdict contradict each other: %zu of %zu, wanted 0\n",
	       t->contradictions ? "not " : "", row + 1, t->contradictions, t->effects);
	return ok && t->contradictions == 0;
}

int main(int argc, char **argv)
{
	uint64_t seed = band_seed("aa_logs", argc, argv);
	struct drawn_log log = {0};
	struct tally t = {.effects = 0};
	size_t n = 1;
	bool ok;

	for (size_t i = 0; i < METHODS; i++)
		n += methods[i].reading->n;
	drawn_need(n <= ROWS_MAX, "too many rows");
	printf("1..%zu\n", n);
	for (uint32_t i = 0; i < LOGS; i++)
		try_log(&log, seed, i, &t);
	ok = print_all(&t);
	drawn_log_clear(&log);
	return !ok;
}

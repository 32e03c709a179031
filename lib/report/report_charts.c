#include "report/report_charts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/html.h"
#include "render/svg.h"
#include "report/headline.h"
#include "report/period.h"
#include "text/humanize.h"

enum { BINS = 30 };

/* One experiment's days that have a place on the axis. */
struct timeline {
	const struct section *s;
	struct period_rows rows;
	struct period period;
	size_t skipped; /* the days before them */
	double *numbers; /* memory of all arrays */
	size_t used;
};

static const char *text(const struct timeline *t, size_t row, const char *key)
{
	return section_cell_of(t->s, row, key).text;
}

static const char *arm_name(const struct timeline *t, size_t arm)
{
	return humanize_name(text(t, t->rows.first + arm * t->rows.days, "treatment"));
}

/* The row of a day that has a place, of an arm. */
static size_t row_of(const struct timeline *t, size_t arm, size_t day)
{
	return t->rows.first + arm * t->rows.days + t->skipped + day;
}

/* The numbers of a column for one arm, in an array of the memory. */
static double *numbers(struct timeline *t, size_t arm, const char *key)
{
	double *array = t->numbers + t->used;
	size_t c = section_column(t->s, key);

	for (size_t i = 0; i < t->period.n; i++)
		array[i] = section_cell(t->s, row_of(t, arm, i), c).number;
	t->used += t->period.n;
	return array;
}

/* The axis is time: the first day is 1, and so is each from the one before it. */
static double *places(struct timeline *t)
{
	double *array = t->numbers + t->used;

	for (size_t i = 0; i < t->period.n; i++)
		array[i] = (double)(1 + period_day(t->s, row_of(t, 0, i)) - t->period.first);
	t->used += t->period.n;
	return array;
}

/* Days are counted on the axis; this says from when. */
static struct humanized day_label(const struct timeline *t)
{
	return humanize("day (1: %s)", text(t, row_of(t, 0, 0), "day"));
}

/*
 * Begins a figure, whose caption says which days have no place in it: "…; far off and not drawn: 1970-01-01,
 * 2100-01-01"
 */
static void begin_figure(const struct timeline *t, const char *caption, FILE *f)
{
	enum { NAMED = 3 };
	char all[256];
	size_t len = (size_t)snprintf(all, sizeof all, "%s", caption), named = 0;

	for (size_t i = 0; i < t->rows.days && named <= NAMED && len < sizeof all; i++) {
		size_t row = t->rows.first + i;

		if (period_holds(&t->period, period_day(t->s, row)))
			continue;
		len += (size_t)snprintf(
			all + len, sizeof all - len, "%s%s",
			named > 0 ? ", " : "; far off and not drawn: ", named < NAMED ? text(t, row, "day") : "…");
		named++;
	}
	html_figure(f, all);
}

static void put_means(struct timeline *t, const double *x, const char *control, struct svg_series *series, FILE *f)
{
	struct humanized day = day_label(t), metric = headline_label(text(t, t->rows.first, "metric"));
	struct svg_chart chart = {
		.title = "Means by arm until each day", .description = "The numbers are those of the table over time.",
		.x_label = day.text, .y_label = metric.text, .x = x, .n = t->period.n, .series = series,
		.n_series = t->rows.arms + 1, .whole = true,
	};

	series[0] = (struct svg_series){.name = control, .y = numbers(t, 0, "cumulative_control_mean")};
	for (size_t arm = 0; arm < t->rows.arms; arm++)
		series[arm + 1] = (struct svg_series){.name = arm_name(t, arm),
						      .y = numbers(t, arm, "cumulative_treatment_mean")};
	begin_figure(t, "Mean over users until each day, by arm", f);
	svg_lines(&chart, f);
	html_figure_end(f);
}

static void put_effects(struct timeline *t, const double *x, struct svg_series *series, FILE *f)
{
	struct humanized metric = humanize_words(text(t, t->rows.first, "metric"));
	struct humanized caption = humanize("Effect on %s until each day", metric.text);
	struct humanized day = day_label(t);
	struct svg_chart chart = {
		.title = "Effects until each day, with their intervals",
		.description = "The numbers are those of the table over time.", .x_label = day.text,
		.y_label = "effect in % of the control’s mean", .x = x, .n = t->period.n, .series = series,
		.n_series = t->rows.arms, .first = 1, .whole = true, .zero = true,
	};

	for (size_t arm = 0; arm < t->rows.arms; arm++)
		series[arm] = (struct svg_series){
			.name = arm_name(t, arm), .y = numbers(t, arm, "cumulative_effect"),
			.lower = numbers(t, arm, "cumulative_lower"), .upper = numbers(t, arm, "cumulative_upper"),
		};
	begin_figure(t, caption.text, f);
	svg_lines(&chart, f);
	html_figure_end(f);
}

/* Finds the days. Returns 0, or -1 where there is no memory. */
static int find_days(struct timeline *t, const char *experiment, struct errmsg *e)
{
	t->rows = period_rows_of(t->s, experiment);
	if (period_of_rows(&t->period, t->s, &t->rows, e) < 0)
		return -1;
	while (t->skipped < t->rows.days && !period_holds(&t->period, period_day(t->s, t->rows.first + t->skipped)))
		t->skipped++;
	return 0;
}

int report_charts_days(const struct analysis_experiment *experiment, FILE *f, struct errmsg *e)
{
	const struct section *s = analysis_section(experiment->of, "days");
	struct timeline t = {.s = s};
	struct svg_series *series;

	if (!s)
		return 0;
	if (find_days(&t, experiment->name, e) < 0)
		return -1;
	if (t.period.n < 2)
		return 0;
	/* the days, the control, and of each arm the mean, the effect and its bounds */
	t.numbers = calloc(t.period.n * (2 + 4 * t.rows.arms), sizeof *t.numbers);
	series = calloc(t.rows.arms + 1, sizeof *series);
	if (t.numbers && series) {
		const double *x = places(&t);

		put_means(&t, x, humanize_name(analysis_arm(experiment, experiment->arms[0])), series, f);
		put_effects(&t, x, series, f);
	}
	free(series);
	free(t.numbers);
	return t.numbers && series ? 0 : errmsg_nomem(e);
}

/* The largest time of a session that is drawn by itself: four times the mean. */
static double longest(const struct study_sessions *all)
{
	double most = 0, sum = 0;

	for (size_t i = 0; i < all->n; i++) {
		sum += all->times[i];
		most = all->times[i] > most ? all->times[i] : most;
	}
	return all->n > 0 ? fmin(most, 4 * sum / (double)all->n) : 0;
}

/* Counts the sessions of a participant in bins of a width; the last bin has what is longer, too. Returns how many. */
static size_t count_sessions(double *bins, const struct study_sessions *all, size_t participant, double width)
{
	for (size_t i = all->first[participant]; i < all->first[participant + 1]; i++) {
		double bin = floor(all->times[i] / width);

		bins[bin < BINS - 1 ? (size_t)bin : BINS - 1]++;
	}
	return all->first[participant + 1] - all->first[participant];
}

/* The sessions of each arm, by its number, as percents in BINS bins. */
static void fill_bins(double *bins, size_t *sessions, const struct study *s, uint32_t experiment, double width)
{
	size_t n_arms = s->experiments[experiment].arms.n;

	for (size_t i = 0; i < s->n_users; i++) {
		const struct study_participant *m = study_counted(s, i, experiment);

		if (m)
			sessions[m->did.arm] += count_sessions(bins + m->did.arm * BINS, &s->sessions,
							       (size_t)(m - s->participants), width);
	}
	for (size_t k = 0; k < n_arms * BINS; k++)
		if (sessions[k / BINS] > 0)
			bins[k] *= 100 / (double)sessions[k / BINS];
}

int report_charts_sessions(const struct analysis_experiment *x, FILE *f, struct errmsg *e)
{
	const struct study *s = x->of->study;
	size_t arms = x->is->arms.n;
	double width = longest(&s->sessions) / BINS, edges[BINS + 1];
	struct svg_series *series;
	size_t *sessions;
	double *bins;

	if (!s->keep.sessions || !(width > 0))
		return 0;
	series = calloc(arms, sizeof *series);
	bins = calloc(arms, BINS * sizeof *bins);
	sessions = calloc(arms, sizeof *sessions);
	for (size_t i = 0; i <= BINS; i++)
		edges[i] = (double)i * width;
	if (series && bins && sessions) {
		const struct svg_chart chart = {
			.title = "Time of a session, by arm", .description = "The last step holds all that are longer.",
			.x_label = "time of a session, tracks", .y_label = "% of sessions", .x = edges, .n = BINS,
			.series = series, .n_series = arms, .zero = true,
		};

		fill_bins(bins, sessions, s, x->number, width);
		for (size_t i = 0; i < arms; i++)
			series[i] = (struct svg_series){.name = humanize_name(analysis_arm(x, x->arms[i])),
							.y = bins + x->arms[i] * BINS};
		html_figure(f, "How long sessions are; the last step holds all that are longer");
		svg_steps(&chart, f);
		html_figure_end(f);
	}
	free(sessions);
	free(bins);
	free(series);
	return bins && series && sessions ? 0 : errmsg_nomem(e);
}

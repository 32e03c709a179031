#include "report/report_charts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/html.h"
#include "render/svg.h"
#include "report/headline.h"
#include "text/shown.h"

enum { BINS = 30 };

/* One experiment's rows of the section: `days` days for each of `arms` treatments. */
struct rows {
	const struct section *s;
	size_t first, days, arms;
	double *numbers; /* memory of all arrays */
	size_t used;
};

static const char *text(const struct rows *d, size_t row, const char *key)
{
	return d->s->cells[row * d->s->n_columns + section_column(d->s, key)].text;
}

/* Finds the rows, which stand together, arm after arm; every arm has the same days. */
static void find(struct rows *d, const char *experiment)
{
	size_t rows = section_rows(d->s), n = 0;

	while (d->first < rows && strcmp(text(d, d->first, "experiment"), experiment) != 0)
		d->first++;
	while (d->first + n < rows && strcmp(text(d, d->first + n, "experiment"), experiment) == 0) {
		d->arms += n == 0 || strcmp(text(d, d->first + n, "treatment"), text(d, d->first + n - 1, "treatment")) != 0;
		n++;
	}
	d->days = d->arms > 0 ? n / d->arms : 0;
}

/* The numbers of a column for one arm, in an array of the memory. */
static double *numbers(struct rows *d, size_t arm, const char *key)
{
	double *array = d->numbers + d->used;
	size_t c = section_column(d->s, key);

	for (size_t i = 0; i < d->days; i++)
		array[i] = d->s->cells[(d->first + arm * d->days + i) * d->s->n_columns + c].number;
	d->used += d->days;
	return array;
}

/* Days are counted on the axis; this says from when. */
static struct shown day_label(const struct rows *d)
{
	return shown("day (1: %s)", text(d, d->first, "day"));
}

static void put_means(struct rows *d, const double *x, const char *control, struct svg_series *series, FILE *f)
{
	struct shown day = day_label(d), metric = headline_label(text(d, d->first, "metric"));
	struct svg_chart chart = {
		.title = "Means by arm until each day", .description = "The numbers are those of the table over time.",
		.x_label = day.text, .y_label = metric.text, .x = x, .n = d->days, .series = series,
		.n_series = d->arms + 1, .whole = true,
	};

	series[0] = (struct svg_series){.name = control, .y = numbers(d, 0, "cumulative_control_mean")};
	for (size_t arm = 0; arm < d->arms; arm++)
		series[arm + 1] = (struct svg_series){.name = shown_name(text(d, d->first + arm * d->days, "treatment")),
						      .y = numbers(d, arm, "cumulative_treatment_mean")};
	html_figure(f, "Mean over users until each day, by arm");
	svg_lines(&chart, f);
	html_figure_end(f);
}

static void put_effects(struct rows *d, const double *x, struct svg_series *series, FILE *f)
{
	struct shown day = day_label(d), caption = shown("Effect on %s until each day", shown_words(text(d, d->first, "metric")).text);
	struct svg_chart chart = {
		.title = "Effects until each day, with their intervals", .description = "The numbers are those of the table over time.",
		.x_label = day.text, .y_label = "effect in % of the control’s mean", .x = x, .n = d->days, .series = series,
		.n_series = d->arms, .first = 1, .whole = true, .zero = true,
	};

	for (size_t arm = 0; arm < d->arms; arm++)
		series[arm] = (struct svg_series){
			.name = shown_name(text(d, d->first + arm * d->days, "treatment")), .y = numbers(d, arm, "cumulative_effect"),
			.lower = numbers(d, arm, "cumulative_lower"), .upper = numbers(d, arm, "cumulative_upper"),
		};
	html_figure(f, caption.text);
	svg_lines(&chart, f);
	html_figure_end(f);
}

int report_charts_days(const struct section *s, const char *experiment, const char *control, FILE *f, struct errmsg *e)
{
	struct rows d = {.s = s};
	struct svg_series *series;

	if (!s)
		return 0;
	find(&d, experiment);
	if (d.days < 2)
		return 0;
	/* the days, the control, and of each arm the mean, the effect and its bounds */
	d.numbers = calloc(d.days * (2 + 4 * d.arms), sizeof *d.numbers);
	series = calloc(d.arms + 1, sizeof *series);
	if (d.numbers && series) {
		double *x = d.numbers;

		for (size_t i = 0; i < d.days; i++)
			x[i] = (double)(i + 1);
		d.used = d.days;
		put_means(&d, x, control, series, f);
		put_effects(&d, x, series, f);
	}
	free(series);
	free(d.numbers);
	return d.numbers && series ? 0 : errmsg_nomem(e);
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

/* Counts the sessions of a member in bins of a width; the last bin has what is longer, too. Returns how many. */
static size_t count(double *bins, const struct study_sessions *all, size_t member, double width)
{
	for (size_t i = all->first[member]; i < all->first[member + 1]; i++) {
		double bin = floor(all->times[i] / width);

		bins[bin < BINS - 1 ? (size_t)bin : BINS - 1]++;
	}
	return all->first[member + 1] - all->first[member];
}

/* The sessions of each arm, by its number, as percents in BINS bins. */
static void fill(double *bins, size_t *sessions, const struct study *s, uint32_t experiment, double width)
{
	size_t n_arms = s->experiments[experiment].arms.n;

	for (size_t i = 0; i < s->n_users; i++) {
		const struct study_member *m = study_counted(s, i, experiment);

		if (m)
			sessions[m->did.arm] += count(bins + m->did.arm * BINS, &s->sessions, (size_t)(m - s->members), width);
	}
	for (size_t k = 0; k < n_arms * BINS; k++)
		if (sessions[k / BINS] > 0)
			bins[k] *= 100 / (double)sessions[k / BINS];
}

int report_charts_sessions(const struct study *s, size_t experiment, const uint32_t *arms, FILE *f, struct errmsg *e)
{
	const struct study_experiment *x = &s->experiments[experiment];
	double width = longest(&s->sessions) / BINS, edges[BINS + 1];
	struct svg_series *series;
	size_t *sessions;
	double *bins;

	if (!s->keep.sessions || !(width > 0))
		return 0;
	series = calloc(x->arms.n, sizeof *series);
	bins = calloc(x->arms.n, BINS * sizeof *bins);
	sessions = calloc(x->arms.n, sizeof *sessions);
	for (size_t i = 0; i <= BINS; i++)
		edges[i] = (double)i * width;
	if (series && bins && sessions) {
		const struct svg_chart chart = {
			.title = "Time of a session, by arm", .description = "The last step holds all that are longer.",
			.x_label = "time of a session, tracks", .y_label = "% of sessions", .x = edges, .n = BINS, .series = series,
			.n_series = x->arms.n, .zero = true,
		};

		fill(bins, sessions, s, (uint32_t)experiment, width);
		for (size_t i = 0; i < x->arms.n; i++)
			series[i] = (struct svg_series){.name = shown_name(symbols_text(&x->arms, arms[i])), .y = bins + arms[i] * BINS};
		html_figure(f, "How long sessions are; the last step holds all that are longer");
		svg_steps(&chart, f);
		html_figure_end(f);
	}
	free(sessions);
	free(bins);
	free(series);
	return bins && series && sessions ? 0 : errmsg_nomem(e);
}

#include "samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "cuped.h"
#include "joint.h"
#include "ratio.h"
#include "winsor.h"

const char *samples_name(size_t metric)
{
	return metric < METRICS_N ? metrics_table[metric].name : metrics_ratios[metric - METRICS_N].name;
}

const char *samples_unit(size_t metric)
{
	return metric < METRICS_N ? metrics_table[metric].unit : metrics_ratios[metric - METRICS_N].unit;
}

size_t samples_find(const char *metric)
{
	size_t i = 0;

	while (i < SAMPLES_N && strcmp(samples_name(i), metric) != 0)
		i++;
	return i;
}

/* The samples as they are, without any option. */
static void take_plain(struct samples *s, const struct study *study, uint32_t experiment)
{
	const struct metrics_summary *summary = &study->experiments[experiment].summary;

	for (size_t k = 0; k < METRICS_N; k++)
		for (size_t arm = 0; arm < s->n_arms; arm++)
			s->metrics[k].arms[arm] = summary->arms[arm].values[k];
}

/* The sums of one ratio metric, user by user. */
static int take_ratio(struct samples *s, size_t k, const struct study *study, uint32_t experiment)
{
	const struct metrics_ratio *metric = &metrics_ratios[k];
	struct joint *arms = calloc(s->n_arms + 1, sizeof *arms);

	if (!arms)
		return -1;
	for (size_t i = 0; i < study->n_users; i++) {
		const struct study_member *m = study_counted(study, i, experiment);

		if (m)
			joint_add(&arms[m->did.arm], metric->denominator(&m->did), metric->numerator(&m->did));
	}
	for (size_t arm = 0; arm < s->n_arms; arm++)
		s->metrics[METRICS_N + k].arms[arm] = ratio_sample(&arms[arm]);
	free(arms);
	return 0;
}

/* Caps the values of a metric in place, those of all users together. */
static int cap(struct samples_metric *metric, double *values, size_t n, double quantile, struct errmsg *e)
{
	struct winsor_arm all = {.values = values};
	double *known = malloc((n + 1) * sizeof *known);
	int status = -1;

	/* users who have no value are no part of it */
	for (size_t i = 0; known && i < n; i++)
		if (!isnan(values[i]))
			known[all.n++] = values[i];
	all.values = known;
	if (known)
		status = winsor(&all, 1, quantile, &metric->threshold, e);
	for (size_t i = 0; status == 0 && i < n; i++)
		if (values[i] > metric->threshold)
			values[i] = metric->threshold;
	free(known);
	return known ? status : errmsg_nomem(e);
}

/* The samples of values that are in columns. */
static void gather(struct samples_metric *metric, const double *values, const struct columns *c)
{
	for (size_t arm = 0; arm < c->n_arms; arm++)
		metric->arms[arm] = (struct stats){0};
	for (size_t i = 0; i < c->n; i++)
		if (!isnan(values[i]))
			stats_add(&metric->arms[c->arms[i]], values[i]);
}

/* places[arm] is the place of the arm among those of the experiment in the order of their names. */
static int adjust(struct samples_metric *metric, const double *values, const double *covariates, const struct columns *c,
		  const uint32_t *places, struct errmsg *e)
{
	struct cuped_arm *arms = calloc(c->n_arms + 1, sizeof *arms);
	struct cuped fit;

	if (!arms)
		return errmsg_nomem(e);
	for (size_t i = 0; i < c->n; i++) {
		struct cuped_arm *arm = &arms[places[c->arms[i]]];

		if (isnan(values[i]))
			continue;
		if (isnan(covariates[i]))
			stats_add(&arm->unseen, values[i]);
		else
			joint_add(&arm->seen, covariates[i], values[i]);
	}
	fit = cuped_fit(arms, c->n_arms);
	metric->theta = fit.theta;
	metric->removed = fit.removed;
	for (size_t arm = 0; arm < c->n_arms; arm++)
		metric->arms[arm] = cuped_sample(&fit, &arms[places[arm]]);
	free(arms);
	return 0;
}

/*
 * The number of an arm is that of its first event, which parts of a log do not know; the last bit of a sum over arms must
 * not depend on it. Returns a new array, the place of each arm in the order of names, or NULL where there is no memory.
 */
static uint32_t *places_of(const struct symbols *arms)
{
	uint32_t *sorted = symbols_sorted(arms), *places = calloc(arms->n + 1, sizeof *places);

	for (size_t i = 0; sorted && places && i < arms->n; i++)
		places[sorted[i]] = (uint32_t)i;
	if (!sorted) {
		free(places);
		places = NULL;
	}
	free(sorted);
	return places;
}

/* Takes the samples again, with what the options ask for. */
static int take_with_options(struct samples *s, const struct study *study, uint32_t experiment,
			     const struct samples_options *o, struct errmsg *e)
{
	struct columns c;
	int status = columns_init(&c, study, experiment, o->file, e);
	uint32_t *places = places_of(&study->experiments[experiment].arms);

	if (status == 0 && !places)
		status = errmsg_nomem(e);
	for (size_t k = 0; k < METRICS_N && status == 0; k++) {
		struct samples_metric *metric = &s->metrics[k];

		if (o->cap > 0)
			status = cap(metric, c.values[k], c.n, o->cap, e);
		if (status == 0 && o->adjust && c.covariates[k])
			status = adjust(metric, c.values[k], c.covariates[k], &c, places, e);
		else
			gather(metric, c.values[k], &c);
	}
	free(places);
	columns_clear(&c);
	return status;
}

int samples_init(struct samples *s, const struct study *study, uint32_t experiment, const struct samples_options *options,
		 struct errmsg *e)
{
	int status = 0;

	*s = (struct samples){.n_arms = study->experiments[experiment].arms.n};
	s->memory = calloc(SAMPLES_N * (s->n_arms + 1), sizeof *s->memory);
	if (!s->memory)
		return errmsg_nomem(e);
	for (size_t k = 0; k < SAMPLES_N; k++)
		s->metrics[k] = (struct samples_metric){
			.name = samples_name(k),
			.better = k < METRICS_N ? metrics_table[k].better : metrics_ratios[k - METRICS_N].better,
			.method = k < METRICS_N ? "mean" : "ratio",
			.threshold = NAN, .theta = NAN, .removed = NAN,
			.arms = s->memory + k * s->n_arms,
		};
	for (size_t k = 0; k < METRICS_RATIOS_N && status == 0; k++)
		status = take_ratio(s, k, study, experiment);
	if (status < 0)
		return errmsg_nomem(e);
	if (options->cap > 0 || options->adjust)
		return take_with_options(s, study, experiment, options, e);
	take_plain(s, study, experiment);
	return 0;
}

void samples_clear(struct samples *s)
{
	free(s->memory);
	*s = (struct samples){0};
}

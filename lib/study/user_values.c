#include "study/user_values.h"

#include <stdlib.h>

#include "stats/quantile.h"

/* How many arrays of covariates there are: none where what users did before is part of the effect. */
static size_t count_covariates(const struct study *s, uint32_t experiment, const struct covariate *file)
{
	if (file)
		return 1;
	return s->keep.before && s->experiments[experiment].early == 0 ? METRICS_N : 0;
}

/* Cuts the next array from the memory. */
static double *next_array(const struct user_values *v, size_t *used)
{
	return v->memory + v->n * (*used)++;
}

static int make_arrays(struct user_values *v, size_t covariates)
{
	size_t used = 0;
	size_t arrays = METRICS_ALL_N + METRICS_RATIOS_N + covariates;

	v->ids = calloc(v->n + 1, sizeof *v->ids);
	v->arms = calloc(v->n + 1, sizeof *v->arms);
	v->participants = calloc(v->n + 1, sizeof *v->participants);
	v->memory = calloc(v->n + 1, arrays * sizeof *v->memory);
	if (!v->ids || !v->arms || !v->participants || !v->memory)
		return -1;
	for (size_t k = 0; k < METRICS_ALL_N; k++) {
		v->values[k] = next_array(v, &used);
		v->thresholds[k] = NAN;
	}
	for (size_t k = METRICS_N; k < METRICS_ALL_N; k++)
		v->denominators[k] = next_array(v, &used);
	for (size_t k = 0; k < METRICS_N && covariates > 0; k++)
		v->covariates[k] = k < covariates ? next_array(v, &used) : v->covariates[0];
	return 0;
}

/* Of a user at a place in the study's users. */
static void set_covariates(struct user_values *v, size_t i, const struct study *s, size_t user,
			   const struct covariate *file)
{
	const struct study_participant *before = s->keep.before ? study_participant(s, user, STUDY_BEFORE) : NULL;

	if (file) {
		v->covariates[0][i] = covariate_of(file, v->ids[i]);
		return;
	}
	for (size_t k = 0; k < METRICS_N && v->covariates[k]; k++)
		v->covariates[k][i] = before && before->did.sessions > 0 ? metrics_table[k].value(&before->did) : NAN;
}

static void set_user(struct user_values *v, size_t i, const struct study *s, const struct study_participant *m)
{
	v->arms[i] = m->did.arm;
	v->participants[i] = (uint32_t)(m - s->participants);
	for (size_t k = 0; k < METRICS_ALL_N; k++)
		user_values_set(v, k, i, &m->did);
}

int user_values_init(struct user_values *v, const struct study *s, uint32_t experiment, const struct covariate *file,
		     struct errmsg *e)
{
	size_t k = 0;

	*v = (struct user_values){0};
	for (size_t i = 0; i < s->n_users; i++)
		v->n += study_counted(s, i, experiment) != NULL;
	if (make_arrays(v, count_covariates(s, experiment, file)) < 0)
		return errmsg_nomem(e);
	for (size_t i = 0; i < s->n_users; i++) {
		const struct study_participant *m = study_counted(s, i, experiment);

		if (!m)
			continue;
		v->ids[k] = s->ids[i].key;
		set_user(v, k, s, m);
		set_covariates(v, k++, s, s->ids[i].value - 1, file);
	}
	return 0;
}

void user_values_clear(struct user_values *v)
{
	free(v->ids);
	free(v->arms);
	free(v->participants);
	free(v->memory);
	*v = (struct user_values){0};
}

void user_values_set(struct user_values *v, size_t metric, size_t i, const struct metrics_user *did)
{
	const struct metrics_ratio *ratio = metric < METRICS_N ? NULL : &metrics_ratios[metric - METRICS_N];

	if (ratio)
		v->denominators[metric][i] = ratio->denominator(did);
	if (did->sessions == 0)
		v->values[metric][i] = NAN;
	else
		v->values[metric][i] = ratio ? ratio->numerator(did) : metrics_table[metric].value(did);
}

int user_values_cap(struct user_values *v, size_t metric, double quantile, struct errmsg *e)
{
	double *values = v->values[metric], *sorted, threshold;
	size_t n = 0;

	if (quantile == 0 || v->denominators[metric])
		return 0;
	sorted = malloc((v->n + 1) * sizeof *sorted);
	if (!sorted)
		return errmsg_nomem(e);
	for (size_t i = 0; i < v->n; i++)
		if (user_values_counts(v, metric, i))
			sorted[n++] = values[i];
	quantile_sort(sorted, n);
	threshold = v->thresholds[metric] = quantile_sorted(sorted, n, quantile);
	free(sorted);
	for (size_t i = 0; i < v->n; i++)
		if (values[i] > threshold)
			values[i] = threshold;
	return 0;
}

#include "study/user_values.h"

#include <math.h>
#include <stdlib.h>

/* Cuts the next array from the memory of the columns. */
static double *next_array(const struct user_values *c, size_t *used)
{
	return c->numbers + c->n * (*used)++;
}

/* How many arrays of covariates there are: none where what users did before is part of the effect. */
static size_t count_covariates(const struct study *s, uint32_t experiment, const struct covariate *file)
{
	if (file)
		return 1;
	return s->keep.before && s->experiments[experiment].early == 0 ? METRICS_N : 0;
}

static int make_room(struct user_values *c, size_t covariates)
{
	size_t used = 0;
	size_t arrays = METRICS_N + 2 * METRICS_RATIOS_N + covariates;

	c->ids = calloc(c->n + 1, sizeof *c->ids);
	c->arms = calloc(c->n + 1, sizeof *c->arms);
	c->participants = calloc(c->n + 1, sizeof *c->participants);
	c->numbers = calloc(c->n + 1, arrays * sizeof *c->numbers);
	if (!c->ids || !c->arms || !c->participants || !c->numbers)
		return -1;
	for (size_t i = 0; i < METRICS_N; i++)
		c->values[i] = next_array(c, &used);
	for (size_t i = 0; i < METRICS_RATIOS_N; i++) {
		c->numerators[i] = next_array(c, &used);
		c->denominators[i] = next_array(c, &used);
	}
	for (size_t i = 0; i < METRICS_N && covariates > 0; i++)
		c->covariates[i] = i < covariates ? next_array(c, &used) : c->covariates[0];
	return 0;
}

/* The covariates of the user at place i of the columns. */
static void fill_covariates(struct user_values *c, size_t i, const struct study *s, size_t user, const struct covariate *file)
{
	const struct study_participant *before = s->keep.before ? study_participant(s, user, STUDY_BEFORE) : NULL;

	if (file) {
		c->covariates[0][i] = covariate_of(file, c->ids[i]);
		return;
	}
	for (size_t k = 0; k < METRICS_N && c->covariates[k]; k++)
		c->covariates[k][i] = before && before->did.sessions > 0 ? metrics_table[k].value(&before->did) : NAN;
}

static void fill(struct user_values *c, size_t i, const struct study *s, const struct study_participant *m)
{
	c->arms[i] = m->did.arm;
	c->participants[i] = (uint32_t)(m - s->participants);
	for (size_t k = 0; k < METRICS_N; k++)
		c->values[k][i] = metrics_table[k].value(&m->did);
	for (size_t k = 0; k < METRICS_RATIOS_N; k++) {
		c->numerators[k][i] = metrics_ratios[k].numerator(&m->did);
		c->denominators[k][i] = metrics_ratios[k].denominator(&m->did);
	}
}

int user_values_init(struct user_values *c, const struct study *s, uint32_t experiment, const struct covariate *file, struct errmsg *e)
{
	size_t k = 0;

	*c = (struct user_values){.n_arms = s->experiments[experiment].arms.n};
	for (size_t i = 0; i < s->n_users; i++)
		c->n += study_counted(s, i, experiment) != NULL;
	if (make_room(c, count_covariates(s, experiment, file)) < 0)
		return errmsg_nomem(e);
	for (size_t i = 0; i < s->n_users; i++) {
		const struct study_participant *m = study_counted(s, i, experiment);

		if (!m)
			continue;
		c->ids[k] = s->ids[i].key;
		fill(c, k, s, m);
		fill_covariates(c, k++, s, s->ids[i].value - 1, file);
	}
	return 0;
}

void user_values_clear(struct user_values *c)
{
	free(c->ids);
	free(c->arms);
	free(c->participants);
	free(c->numbers);
	*c = (struct user_values){0};
}

#include "study/arm_samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/comoments.h"
#include "stats/ratio.h"

int arm_samples_init(struct arm_samples *s, size_t n_arms, const struct intern *names, struct errmsg *e)
{
	*s = (struct arm_samples){.n_arms = n_arms};
	s->memory = calloc(METRICS_ALL_N * (n_arms + 1), sizeof *s->memory);
	s->places = names ? intern_places(names) : calloc(n_arms + 1, sizeof *s->places);
	s->sums = calloc(n_arms + 1, sizeof *s->sums);
	if (!s->memory || !s->places || !s->sums)
		return errmsg_nomem(e);
	for (size_t i = 0; !names && i < n_arms; i++)
		s->places[i] = (uint32_t)i;
	for (size_t k = 0; k < METRICS_ALL_N; k++)
		s->metrics[k] = (struct arm_samples_metric){
			.name = metrics_name(k), .better = metrics_better(k), .method = metrics_method(k),
			.threshold = NAN, .theta = NAN, .removed = NAN,
			.arms = s->memory + k * n_arms,
		};
	return 0;
}

void arm_samples_clear(struct arm_samples *s)
{
	free(s->memory);
	free(s->places);
	free(s->sums);
	*s = (struct arm_samples){0};
}

/* Adds up the users of each arm: pairs with what explains their values, where there is that, and values alone. */
static void sum_up(struct arm_samples *s, const struct user_values *v, size_t metric, const double *x)
{
	memset(s->sums, 0, s->n_arms * sizeof *s->sums);
	for (size_t i = 0; i < v->n; i++) {
		struct cuped_arm *arm;

		if (!user_values_counts(v, metric, i))
			continue;
		arm = &s->sums[s->places[v->arms[i]]];
		if (x && !isnan(x[i]))
			comoments_add(&arm->seen, x[i], v->values[metric][i]);
		else
			moments_add(&arm->unseen, v->values[metric][i]);
	}
}

void arm_samples_take(struct arm_samples *s, const struct user_values *v, size_t metric, bool adjust)
{
	const double *denominators = v->denominators[metric], *covariates = adjust ? v->covariates[metric] : NULL;
	struct cuped fit = {.theta = NAN, .removed = NAN};
	struct arm_samples_metric *m = &s->metrics[metric];

	sum_up(s, v, metric, denominators ? denominators : covariates);
	if (covariates)
		fit = cuped_fit(s->sums, s->n_arms);
	for (size_t i = 0; i < s->n_arms; i++) {
		const struct cuped_arm *arm = &s->sums[s->places[i]];

		m->arms[i] = denominators ? ratio_sample(&arm->seen) :
			     covariates ? cuped_sample(&fit, arm) : arm->unseen;
	}
	m->threshold = v->thresholds[metric];
	m->theta = fit.theta;
	m->removed = fit.removed;
}

/* Where nothing is asked for, the study has summed up already. */
static void copy_summary(struct arm_samples *s, const struct metrics_summary *summary)
{
	for (size_t arm = 0; arm < s->n_arms; arm++) {
		for (size_t k = 0; k < METRICS_N; k++)
			s->metrics[k].arms[arm] = summary->arms[arm].values[k];
		for (size_t k = 0; k < METRICS_RATIOS_N; k++)
			s->metrics[METRICS_N + k].arms[arm] = ratio_sample(&summary->arms[arm].ratios[k]);
	}
}

static int take_all(struct arm_samples *s, const struct study *study, uint32_t experiment,
		    const struct arm_samples_options *o, struct errmsg *e)
{
	struct user_values values;
	int status = user_values_init(&values, study, experiment, o->file, e);

	for (size_t k = 0; status == 0 && k < METRICS_ALL_N; k++) {
		status = user_values_cap(&values, k, o->cap, e);
		if (status == 0)
			arm_samples_take(s, &values, k, o->adjust);
	}
	user_values_clear(&values);
	return status;
}

int arm_samples_of(struct arm_samples *s, const struct study *study, uint32_t experiment,
		   const struct arm_samples_options *o, struct errmsg *e)
{
	const struct study_experiment *x = &study->experiments[experiment];

	if (arm_samples_init(s, x->arms.n, &x->arms, e) < 0)
		return -1;
	if (o->cap > 0 || o->adjust)
		return take_all(s, study, experiment, o, e);
	copy_summary(s, &x->summary);
	return 0;
}

#include "study/arm_samples.h"

#include <math.h>
#include <stdlib.h>

#include "stats/ratio.h"

struct sampler_users arm_samples_users(const struct user_values *c, size_t metric, const struct arm_samples_options *o)
{
	size_t ratio = metric - METRICS_N;

	if (metric >= METRICS_N)
		return (struct sampler_users){
			.n = c->n, .arms = c->arms, .values = c->numerators[ratio], .denominators = c->denominators[ratio],
		};
	return (struct sampler_users){
		.n = c->n, .arms = c->arms, .values = c->values[metric], .covariates = o->adjust ? c->covariates[metric] : NULL,
	};
}

/* Where nothing is asked for, the study has summed up already. */
static void take_plain(struct arm_samples *s, const struct metrics_summary *summary)
{
	for (size_t arm = 0; arm < s->n_arms; arm++) {
		for (size_t k = 0; k < METRICS_N; k++)
			s->metrics[k].arms[arm] = summary->arms[arm].values[k];
		for (size_t k = 0; k < METRICS_RATIOS_N; k++)
			s->metrics[METRICS_N + k].arms[arm] = ratio_sample(&summary->arms[arm].ratios[k]);
	}
}

/* Takes the samples of the users in the columns, whose values are capped. */
static int take_users(struct arm_samples *s, const struct user_values *c, struct sampler *sampler, const struct arm_samples_options *o,
		      struct errmsg *e)
{
	for (size_t k = 0; k < METRICS_ALL_N; k++) {
		const struct sampler_users users = arm_samples_users(c, k, o);
		struct arm_samples_metric *metric = &s->metrics[k];
		struct cuped fit;

		if (sampler_cap(&users, o->cap, &metric->threshold, e) < 0)
			return -1;
		fit = sampler_take(sampler, &users, metric->arms);
		metric->theta = fit.theta;
		metric->removed = fit.removed;
	}
	return 0;
}

static int take(struct arm_samples *s, const struct study *study, uint32_t experiment, const struct arm_samples_options *o,
		struct errmsg *e)
{
	struct user_values columns = {0};
	struct sampler sampler = {0};
	int status = user_values_init(&columns, study, experiment, o->file, e);

	if (status == 0)
		status = sampler_init(&sampler, s->n_arms, &study->experiments[experiment].arms, e);
	if (status == 0)
		status = take_users(s, &columns, &sampler, o, e);
	sampler_clear(&sampler);
	user_values_clear(&columns);
	return status;
}

int arm_samples_init(struct arm_samples *s, const struct study *study, uint32_t experiment, const struct arm_samples_options *options,
		 struct errmsg *e)
{
	*s = (struct arm_samples){.n_arms = study->experiments[experiment].arms.n};
	s->memory = calloc(METRICS_ALL_N * (s->n_arms + 1), sizeof *s->memory);
	if (!s->memory)
		return errmsg_nomem(e);
	for (size_t k = 0; k < METRICS_ALL_N; k++)
		s->metrics[k] = (struct arm_samples_metric){
			.name = metrics_name(k),
			.better = metrics_better(k),
			.method = metrics_method(k),
			.threshold = NAN, .theta = NAN, .removed = NAN,
			.arms = s->memory + k * s->n_arms,
		};
	if (options->cap > 0 || options->adjust)
		return take(s, study, experiment, options, e);
	take_plain(s, &study->experiments[experiment].summary);
	return 0;
}

void arm_samples_clear(struct arm_samples *s)
{
	free(s->memory);
	*s = (struct arm_samples){0};
}

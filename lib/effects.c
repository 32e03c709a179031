#include "effects.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "stats.h"

struct arm_name {
	const char *text;
	uint32_t number;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct arm_name *)a)->text, ((const struct arm_name *)b)->text);
}

/* The place of the control in arms[0 .. n), which are in order. n where there is none of that name. */
static size_t find_control(const struct arm_name *arms, size_t n, const char *control)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(arms[i].text, control ? control : "C") == 0)
			return i;
	return control ? n : 0;
}

uint32_t *effects_arms(const struct study_experiment *x, const char *control, struct errmsg *e)
{
	size_t n = x->arms.n, first, k = 1;
	struct arm_name *arms = malloc((n + 1) * sizeof *arms);
	uint32_t *numbers = malloc((n + 1) * sizeof *numbers);

	if (!arms || !numbers) {
		errmsg_nomem(e);
		goto fail;
	}
	for (size_t i = 0; i < n; i++)
		arms[i] = (struct arm_name){.text = symbols_text(&x->arms, i), .number = (uint32_t)i};
	qsort(arms, n, sizeof *arms, by_name);
	first = find_control(arms, n, control);
	if (n > 0 && first == n) {
		symbols_list(&x->arms, e);
		errmsg_prefix(e, "no arm '%s'", control);
		goto fail;
	}
	for (size_t i = 0; i < n; i++)
		numbers[i == first ? 0 : k++] = arms[i].number;
	free(arms);
	return numbers;
fail:
	free(arms);
	free(numbers);
	return NULL;
}

/* 100 part / whole, and NaN rather than infinity. */
static double percent(double part, double whole)
{
	double x = 100 * (part / whole);

	return isfinite(x) ? x : NAN;
}

static struct effect compare(const struct stats *control, const struct stats *treatment, double alpha)
{
	struct stats_welch w = stats_welch(control, treatment, alpha);
	/* a negative mean turns the interval round */
	bool turned = control->mean < 0;

	return (struct effect){
		.control_users = control->n, .treatment_users = treatment->n,
		.control_mean = stats_mean(control), .treatment_mean = stats_mean(treatment),
		.control_sd = stats_sd(control), .treatment_sd = stats_sd(treatment),
		.difference = w.difference, .difference_lower = w.lower, .difference_upper = w.upper,
		.effect = percent(w.difference, control->mean),
		.lower = percent(turned ? w.upper : w.lower, control->mean),
		.upper = percent(turned ? w.lower : w.upper, control->mean),
		.t = w.t, .df = w.df, .p = w.p, .alpha = alpha, .significant = w.significant,
	};
}

static int add_arm(struct effects *all, const struct study *s, size_t x, const uint32_t *pair, double alpha)
{
	const struct study_experiment *experiment = &s->experiments[x];
	const struct metrics_arm *control = &experiment->summary.arms[pair[0]];
	const struct metrics_arm *treatment = &experiment->summary.arms[pair[1]];
	struct effect *list = grow(all->list, &all->cap, all->n + METRICS_N, sizeof *list);

	if (!list)
		return -1;
	all->list = list;
	for (size_t i = 0; i < METRICS_N; i++) {
		struct effect effect = compare(&control->values[i], &treatment->values[i], alpha);

		effect.experiment = symbols_text(&s->names, x);
		effect.control = symbols_text(&experiment->arms, pair[0]);
		effect.treatment = symbols_text(&experiment->arms, pair[1]);
		effect.metric = metrics_table[i].name;
		effect.better = metrics_table[i].better;
		list[all->n++] = effect;
	}
	return 0;
}

int effects_of(struct effects *all, const struct study *s, const char *control, double alpha, struct errmsg *e)
{
	*all = (struct effects){0};
	for (size_t x = 0; x < s->names.n; x++) {
		const struct study_experiment *experiment = &s->experiments[x];
		uint32_t *arms;
		int status = 0;

		if (!experiment->wanted)
			continue;
		arms = effects_arms(experiment, control, e);
		if (!arms)
			return errmsg_prefix(e, "experiment '%s'", symbols_text(&s->names, x));
		for (size_t i = 1; i < experiment->arms.n && status == 0; i++)
			status = add_arm(all, s, x, (uint32_t[]){arms[0], arms[i]}, alpha);
		free(arms);
		if (status < 0)
			return errmsg_nomem(e);
	}
	return 0;
}

void effects_clear(struct effects *all)
{
	free(all->list);
	*all = (struct effects){0};
}

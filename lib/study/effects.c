#include "study/effects.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "stats/sequential.h"
#include "text/humanize.h"

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
		arms[i] = (struct arm_name){.text = intern_text(&x->arms, i), .number = (uint32_t)i};
	qsort(arms, n, sizeof *arms, by_name);
	first = find_control(arms, n, control);
	if (n > 0 && first == n) {
		humanize_list(&x->arms, e);
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

struct comparison effects_compare(const struct moments *control, const struct moments *treatment,
				   const struct effects_options *o)
{
	if (o->sequential)
		return sequential_welch(control, treatment, o->tune, o->alpha);
	return comparison_welch(control, treatment, o->alpha);
}

struct lift effects_lift(const struct moments *control, const struct moments *treatment, const struct comparison *w,
			 const struct effects_options *o)
{
	return o->fieller ? lift_fieller(control, treatment, w) : lift_difference(control, w);
}

/* Draws the interval of a comparison anew, for its adjusted p. */
static void rejudge(struct comparison *w, const struct moments *control, const struct moments *treatment,
		    const struct adjusted *a, const struct effects_options *o)
{
	if (isnan(a->level))
		return;
	if (o->sequential)
		comparison_rejudge(w, sequential_welch_half_width(control, treatment, o->tune, o->alpha, a->level),
				   a->p < o->alpha);
	else
		adjust_welch(w, a, o->alpha);
}

static struct effect effect_of(const struct comparison *w, const struct arm_samples_metric *metric,
			       const uint32_t *pair, const struct adjusted *a, const struct effects_options *o)
{
	const struct moments *control = &metric->arms[pair[0]], *treatment = &metric->arms[pair[1]];
	struct lift lift = effects_lift(control, treatment, w, o);

	return (struct effect){
		.metric = metric->name, .better = metric->better, .method = metric->method,
		.control_users = control->n, .treatment_users = treatment->n,
		.control_mean = moments_mean(control), .treatment_mean = moments_mean(treatment),
		.control_sd = moments_sd(control), .treatment_sd = moments_sd(treatment),
		.effect = lift.percent, .lower = lift.lower, .upper = lift.upper,
		.difference = w->difference, .difference_lower = w->lower, .difference_upper = w->upper,
		.t = w->t, .df = w->df, .p = w->p, .p_adjusted = a->p, .alpha = o->alpha, .significant = w->significant,
		.cap = metric->threshold, .theta = metric->theta, .variance_removed = metric->removed,
	};
}

/* The comparisons of one experiment: for each arm, in the order of the report, each metric. */
struct comparisons {
	struct comparison *w;
	struct adjusted *adjusted;
	size_t n;
};

static void comparisons_clear(struct comparisons *c)
{
	free(c->w);
	free(c->adjusted);
}

static bool is_primary(size_t comparison, const struct effects_options *o)
{
	return o->primary && strcmp(o->primary, metrics_name(comparison % METRICS_ALL_N)) == 0;
}

/* Adjusts one of the two families: the comparisons of the primary metric, or all others. */
static int adjust_family(struct comparisons *c, bool primary, const struct effects_options *o, struct errmsg *e)
{
	double *p = calloc(c->n + 1, sizeof *p);
	struct adjusted *out = calloc(c->n + 1, sizeof *out);
	int status = p && out ? 0 : errmsg_nomem(e);

	for (size_t i = 0; status == 0 && i < c->n; i++)
		p[i] = is_primary(i, o) == primary ? c->w[i].p : NAN;
	if (status == 0)
		status = adjust(o->adjust, p, c->n, o->alpha, out, e);
	for (size_t i = 0; status == 0 && i < c->n; i++)
		if (is_primary(i, o) == primary)
			c->adjusted[i] = out[i];
	free(p);
	free(out);
	return status;
}

static int comparisons_init(struct comparisons *c, const struct arm_samples *s, const uint32_t *arms,
			    const struct effects_options *o, struct errmsg *e)
{
	size_t n = (s->n_arms - 1) * METRICS_ALL_N;

	*c = (struct comparisons){
		.n = n, .w = calloc(n + 1, sizeof *c->w), .adjusted = calloc(n + 1, sizeof *c->adjusted)};
	if (!c->w || !c->adjusted)
		return errmsg_nomem(e);
	for (size_t i = 0; i < n; i++) {
		const struct arm_samples_metric *metric = &s->metrics[i % METRICS_ALL_N];

		c->w[i] = effects_compare(&metric->arms[arms[0]], &metric->arms[arms[1 + i / METRICS_ALL_N]], o);
	}
	return adjust_family(c, false, o, e) < 0 || adjust_family(c, true, o, e) < 0 ? -1 : 0;
}

static int add_comparisons(struct effects *all, const struct study *s, size_t x, const struct arm_samples *samples,
			   const uint32_t *arms, struct comparisons *c, const struct effects_options *o)
{
	const struct study_experiment *experiment = &s->experiments[x];
	struct effect *list = grow(all->list, &all->cap, all->n + c->n, sizeof *list);

	if (!list)
		return -1;
	all->list = list;
	for (size_t i = 0; i < c->n; i++) {
		const struct arm_samples_metric *metric = &samples->metrics[i % METRICS_ALL_N];
		const uint32_t pair[] = {arms[0], arms[1 + i / METRICS_ALL_N]};
		struct effect *effect = &list[all->n++];

		if (o->adjust != ADJUST_NONE)
			rejudge(&c->w[i], &metric->arms[pair[0]], &metric->arms[pair[1]], &c->adjusted[i], o);
		*effect = effect_of(&c->w[i], metric, pair, &c->adjusted[i], o);
		effect->experiment = intern_text(&s->names, x);
		effect->control = intern_text(&experiment->arms, pair[0]);
		effect->treatment = intern_text(&experiment->arms, pair[1]);
	}
	return 0;
}

int effects_add(struct effects *all, const struct study *s, uint32_t experiment, const uint32_t *arms,
		const struct arm_samples *samples, const struct effects_options *o, struct errmsg *e)
{
	struct comparisons comparisons;
	int status = comparisons_init(&comparisons, samples, arms, o, e);

	if (status == 0 && add_comparisons(all, s, experiment, samples, arms, &comparisons, o) < 0)
		status = errmsg_nomem(e);
	comparisons_clear(&comparisons);
	return status;
}

void effects_clear(struct effects *all)
{
	free(all->list);
	*all = (struct effects){0};
}

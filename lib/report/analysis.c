#include "report/analysis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/analysis_sections.h"

void analysis_keep(const struct analysis_options *o, struct study_keep *keep)
{
	keep->days = keep->days || o->days;
	keep->sessions = keep->sessions || o->n_quantiles > 0;
	keep->recommendations = keep->recommendations || o->sources;
}

/* Lists the experiments that are wanted, with their arms in order. */
static int list_experiments(struct analysis *a, struct errmsg *e)
{
	const struct study *s = a->study;

	a->experiments = calloc(s->names.n + 1, sizeof *a->experiments);
	if (!a->experiments)
		return errmsg_nomem(e);
	for (size_t i = 0; i < s->names.n; i++) {
		struct analysis_experiment *x = &a->experiments[a->n];

		if (!s->experiments[i].wanted)
			continue;
		*x = (struct analysis_experiment){.of = a, .is = &s->experiments[i], .number = (uint32_t)i,
						  .name = intern_text(&s->names, i)};
		a->n++;
		x->planned = allocation_of(a->options->allocation, slice_of(x->name));
		x->arms = effects_arms(x->is, a->options->effects.control, e);
		if (!x->arms)
			return errmsg_prefix(e, "experiment '%s'", x->name);
	}
	return 0;
}

static int test_balance(struct analysis_experiment *x, struct errmsg *e)
{
	const struct effects_options *o = &x->of->options->effects;

	for (size_t i = 0; i < BALANCE_N; i++)
		x->balance.p[i] = NAN;
	if (!o->samples.adjust)
		return 0;
	return balance_of(&x->balance, x->of->study, x->number, o->samples.file, o->sequential ? o->tune : 0, o->alpha,
			  e);
}

static int check_health(struct analysis_experiment *x, struct errmsg *e)
{
	const struct health_subject subject = {.experiment = x->is, .planned = x->planned,
					       .options = &x->of->options->effects, .balance = &x->balance};

	return health_of_experiment(x->health, &subject, e);
}

static int add_effects(struct analysis *a, struct analysis_experiment *x, struct errmsg *e)
{
	const struct effects_options *o = &a->options->effects;
	size_t before = a->all.n;

	if (x->is->arms.n < 2)
		return 0;
	if (arm_samples_of(&x->samples, a->study, x->number, &o->samples, e) < 0 ||
	    effects_add(&a->all, a->study, x->number, x->arms, &x->samples, o, e) < 0)
		return -1;
	x->n_effects = a->all.n - before;
	return 0;
}

static int analyse_experiments(struct analysis *a, struct errmsg *e)
{
	const struct effect *next;

	for (size_t i = 0; i < a->n; i++) {
		struct analysis_experiment *x = &a->experiments[i];

		if (arm_sizes_init(&x->sizes, x->is, x->arms, x->planned, a->options->effects.sequential, e) < 0 ||
		    test_balance(x, e) < 0 || check_health(x, e) < 0 || add_effects(a, x, e) < 0)
			return -1;
	}
	/* now that the list has stopped growing */
	next = a->all.list;
	for (size_t i = 0; next && i < a->n; i++) {
		a->experiments[i].effects = next;
		next += a->experiments[i].n_effects;
	}
	return 0;
}

static int add_sections(struct analysis *a, struct errmsg *e)
{
	const struct analysis_options *o = a->options;
	int status = 0;

	analysis_srm(&a->sections[a->n_sections++], a);
	if (o->with_power)
		analysis_power(&a->sections[a->n_sections++], a);
	if (o->n_quantiles > 0)
		status = analysis_quantiles(&a->sections[a->n_sections++], a, e);
	if (status == 0 && o->days)
		status = analysis_days(&a->sections[a->n_sections++], a, e);
	if (status == 0 && o->sources)
		status = analysis_sources(&a->sections[a->n_sections++], a, e);
	if (status == 0 && o->aa > 0)
		status = analysis_aa(&a->sections[a->n_sections++], a, e);
	/* a cell that is missing is not for those who read them to find */
	for (size_t i = 0; status == 0 && i < a->n_sections; i++)
		status = a->sections[i].failed ? errmsg_nomem(e) : 0;
	return status;
}

int analysis_run(struct analysis *a, const struct study *s, const struct analysis_options *o, struct errmsg *e)
{
	*a = (struct analysis){.study = s, .options = o};
	if (health_of_log(a->health, s, e) < 0 || list_experiments(a, e) < 0 || analyse_experiments(a, e) < 0)
		return -1;
	analysis_effects(&a->effects, &a->all);
	return add_sections(a, e) < 0 ? -1 : findings_of(&a->findings, a, e);
}

void analysis_clear(struct analysis *a)
{
	for (size_t i = 0; i < a->n; i++) {
		free(a->experiments[i].arms);
		arm_sizes_clear(&a->experiments[i].sizes);
		arm_samples_clear(&a->experiments[i].samples);
		health_clear(a->experiments[i].health, HEALTH_EXPERIMENT_N);
	}
	free(a->experiments);
	health_clear(a->health, HEALTH_LOG_N);
	effects_clear(&a->all);
	for (size_t i = 0; i < a->n_sections; i++)
		section_clear(&a->sections[i]);
	findings_clear(&a->findings);
	*a = (struct analysis){0};
}

const char *analysis_arm(const struct analysis_experiment *x, uint32_t arm)
{
	return intern_text(&x->is->arms, arm);
}

const struct section *analysis_section(const struct analysis *a, const char *key)
{
	for (size_t i = 0; i < a->n_sections; i++)
		if (strcmp(a->sections[i].key, key) == 0)
			return &a->sections[i];
	return NULL;
}

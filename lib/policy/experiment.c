#include "policy/experiment.h"

#include <stdlib.h>

#include "text/ndjson.h"

static void experiment_clear(struct experiment *x)
{
	for (size_t i = 0; x->arms && i < x->n_arms; i++)
		policy_clear(&x->arms[i].policy);
	free(x->arms);
}

void experiments_clear(struct experiments *x)
{
	for (size_t i = 0; i < x->n; i++)
		experiment_clear(&x->list[i]);
	free(x->list);
	plan_clear(&x->plan);
	*x = (struct experiments){0};
}

static int parse_arms(struct experiment *x, const struct plan_experiment *plan, struct errmsg *e)
{
	x->arms = calloc(x->n_arms, sizeof *x->arms);
	if (!x->arms)
		return errmsg_nomem(e);
	for (size_t i = 0; i < x->n_arms; i++) {
		x->arms[i].name = intern_text(&plan->arms, i);
		if (plan->policies && policy_parse(&x->arms[i].policy, plan->policies[i], e) < 0)
			return errmsg_prefix(e, "arm '%s'", x->arms[i].name);
	}
	return 0;
}

static int parse_plan(struct experiments *x, struct errmsg *e)
{
	x->list = calloc(x->plan.names.n, sizeof *x->list);
	if (!x->list)
		return errmsg_nomem(e);
	while (x->n < x->plan.names.n) {
		const struct plan_experiment *plan = &x->plan.list[x->n];
		struct experiment *new = &x->list[x->n];

		*new = (struct experiment){.name = intern_text(&x->plan.names, x->n), .assignment = &plan->assignment,
					   .has_policies = plan->policies != NULL, .n_arms = plan->arms.n};
		x->n++;
		if (parse_arms(new, plan, e) < 0)
			return errmsg_prefix(e, "experiment '%s'", new->name);
	}
	return 0;
}

int experiments_load(struct experiments *x, const char *path, struct errmsg *e)
{
	*x = (struct experiments){0};
	if (plan_load(&x->plan, path, e) < 0)
		return -1;
	if (parse_plan(x, e) == 0)
		return 0;
	experiments_clear(x);
	return errmsg_prefix(e, "%s", ndjson_name(path));
}

bool experiments_read(const struct experiments *x, enum table_kind kind)
{
	for (size_t i = 0; i < x->n; i++)
		for (size_t j = 0; x->list[i].has_policies && j < x->list[i].n_arms; j++)
			if (policy_reads(&x->list[i].arms[j].policy, kind))
				return true;
	return false;
}

int experiments_bind(struct experiments *x, const struct tables *t, struct errmsg *e)
{
	for (size_t i = 0; i < x->n; i++)
		for (size_t j = 0; x->list[i].has_policies && j < x->list[i].n_arms; j++) {
			struct arm *arm = &x->list[i].arms[j];

			if (policy_bind(&arm->policy, t, e) < 0)
				return errmsg_prefix(e, "experiment '%s': arm '%s'", x->list[i].name, arm->name);
		}
	return 0;
}

const struct experiment *experiments_serving(const struct experiments *x)
{
	for (size_t i = x->n; i-- > 0;)
		if (x->list[i].has_policies)
			return &x->list[i];
	return NULL;
}

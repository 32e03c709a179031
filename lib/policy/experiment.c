#include "policy/experiment.h"

#include <stdlib.h>
#include <string.h>

#include "text/ndjson.h"

static void experiment_clear(struct experiment *x)
{
	for (size_t i = 0; x->arms && i < x->n_arms; i++) {
		free(x->arms[i].name);
		policy_clear(&x->arms[i].policy);
	}
	free(x->arms);
	free(x->name);
	*x = (struct experiment){0};
}

void experiments_clear(struct experiments *x)
{
	for (size_t i = 0; i < x->n; i++)
		experiment_clear(&x->list[i]);
	free(x->list);
	*x = (struct experiments){0};
}

/* An arm without a policy has policy NULL. */
static int add_arm(struct experiment *x, const char *name, const char *policy, struct errmsg *e)
{
	for (size_t i = 0; i < x->n_arms; i++)
		if (strcmp(x->arms[i].name, name) == 0)
			return errmsg_set(e, "arm '%s' twice", name);
	if (policy && policy_parse(&x->arms[x->n_arms].policy, policy, e) < 0)
		return errmsg_prefix(e, "arm '%s'", name);
	x->arms[x->n_arms].name = strdup(name);
	if (!x->arms[x->n_arms++].name)
		return errmsg_nomem(e);
	return 0;
}

static int read_names(struct experiment *x, const json_t *arms, struct errmsg *e)
{
	for (size_t i = 0; i < json_array_size(arms); i++) {
		const char *name = json_string_value(json_array_get(arms, i));

		if (!name)
			return errmsg_set(e, "the name of an arm is no string");
		if (add_arm(x, name, NULL, e) < 0)
			return -1;
	}
	return 0;
}

static int read_policies(struct experiment *x, json_t *arms, struct errmsg *e)
{
	const char *name;
	const json_t *policy;

	x->has_policies = true;
	json_object_foreach(arms, name, policy) {
		if (!json_is_string(policy))
			return errmsg_set(e, "the policy of arm '%s' is no string", name);
		if (add_arm(x, name, json_string_value(policy), e) < 0)
			return -1;
	}
	return 0;
}

static int read_arms(struct experiment *x, json_t *arms, struct errmsg *e)
{
	size_t n = json_is_array(arms) ? json_array_size(arms) : json_object_size(arms);

	if (arms && !json_is_array(arms) && !json_is_object(arms))
		return errmsg_set(e, "\"arms\" is neither an array of names nor an object of policies");
	if (n == 0)
		return errmsg_set(e, "it has no arms");
	x->arms = calloc(n, sizeof *x->arms);
	if (!x->arms)
		return errmsg_nomem(e);
	return json_is_array(arms) ? read_names(x, arms, e) : read_policies(x, arms, e);
}

static int read_experiment(struct experiments *x, const json_t *object, struct errmsg *e)
{
	const char *name = json_string_value(json_object_get(object, "name"));
	struct experiment *new = &x->list[x->n];

	if (!name || !*name)
		return errmsg_set(e, "experiment %zu has no name", x->n + 1);
	for (size_t i = 0; i < x->n; i++)
		if (strcmp(x->list[i].name, name) == 0)
			return errmsg_set(e, "experiment '%s' twice", name);
	new->name = strdup(name);
	x->n++;
	if (!new->name)
		return errmsg_nomem(e);
	if (read_arms(new, json_object_get(object, "arms"), e) < 0)
		return errmsg_prefix(e, "experiment '%s'", name);
	new->assignment = assignment_of(name, new->n_arms);
	return 0;
}

static int read_experiments(struct experiments *x, const json_t *document, struct errmsg *e)
{
	const json_t *list = json_object_get(document, "experiments");
	size_t n = json_array_size(list);

	if (n == 0)
		return errmsg_set(e, "no \"experiments\", an array of at least one");
	x->list = calloc(n, sizeof *x->list);
	if (!x->list)
		return errmsg_nomem(e);
	for (size_t i = 0; i < n; i++)
		if (read_experiment(x, json_array_get(list, i), e) < 0)
			return -1;
	return 0;
}

int experiments_load(struct experiments *x, const char *path, struct errmsg *e)
{
	json_t *document = ndjson_load(path, e);
	int status = 0;

	*x = (struct experiments){0};
	if (!document)
		return -1;
	if (read_experiments(x, document, e) < 0) {
		status = errmsg_prefix(e, "%s", ndjson_name(path));
		experiments_clear(x);
	}
	json_decref(document);
	return status;
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

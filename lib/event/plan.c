#include "event/plan.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "text/json_keys.h"
#include "text/ndjson.h"

/* A comment is for people. */
static const char *const document_keys[] = {"experiments", "comment", NULL};
static const char *const experiment_keys[] = {"name", "arms", "weights", "comment", NULL};

static void experiment_clear(struct plan_experiment *x)
{
	for (size_t i = 0; x->policies && i < x->arms.n; i++)
		free(x->policies[i]);
	free(x->policies);
	free(x->weights);
	intern_clear(&x->arms);
	assignment_clear(&x->assignment);
}

void plan_clear(struct plan *p)
{
	for (size_t i = 0; i < p->names.n; i++)
		experiment_clear(&p->list[i]);
	free(p->list);
	intern_clear(&p->names);
	*p = (struct plan){0};
}

/* Adds a name that must be new; `what` says whose it is. */
static int add_name(struct intern *names, const char *what, const char *name, struct errmsg *e)
{
	size_t n = names->n;
	uint32_t number = intern_add(names, slice_of(name), INTERN_NONE);

	if (number == INTERN_NONE)
		return errmsg_nomem(e);
	return number == n ? 0 : errmsg_set(e, "%s '%s' twice", what, name);
}

static int read_names(struct plan_experiment *x, const json_t *arms, struct errmsg *e)
{
	for (size_t i = 0; i < json_array_size(arms); i++) {
		const char *name = json_string_value(json_array_get(arms, i));

		if (!name)
			return errmsg_set(e, "the name of an arm is not a string");
		if (add_name(&x->arms, "arm", name, e) < 0)
			return -1;
	}
	return 0;
}

static int read_policies(struct plan_experiment *x, json_t *arms, struct errmsg *e)
{
	const char *name;
	const json_t *policy;

	x->policies = calloc(json_object_size(arms), sizeof *x->policies);
	if (!x->policies)
		return errmsg_nomem(e);
	json_object_foreach(arms, name, policy) {
		if (!json_is_string(policy))
			return errmsg_set(e, "the policy of arm '%s' is not a string", name);
		if (add_name(&x->arms, "arm", name, e) < 0)
			return -1;
		x->policies[x->arms.n - 1] = strdup(json_string_value(policy));
		if (!x->policies[x->arms.n - 1])
			return errmsg_nomem(e);
	}
	return 0;
}

static int read_arms(struct plan_experiment *x, json_t *arms, struct errmsg *e)
{
	size_t n = json_is_array(arms) ? json_array_size(arms) : json_object_size(arms);

	if (arms && !json_is_array(arms) && !json_is_object(arms))
		return errmsg_set(e, "\"arms\" is neither an array of names nor an object of policies");
	if (n == 0)
		return errmsg_set(e, "it has no arms");
	x->weights = calloc(n, sizeof *x->weights);
	if (!x->weights)
		return errmsg_nomem(e);
	for (size_t i = 0; i < n; i++)
		x->weights[i] = 1;
	return json_is_array(arms) ? read_names(x, arms, e) : read_policies(x, arms, e);
}

static int set_weight(struct plan_experiment *x, size_t arm, const json_t *value, struct errmsg *e)
{
	const char *name = intern_text(&x->arms, arm);
	double weight = json_number_value(value);

	if (!value)
		return errmsg_set(e, "arm '%s' has no weight", name);
	if (!json_is_number(value) || !(weight >= 0 && weight <= 1e12))
		return errmsg_set(e, "the weight of arm '%s' is not a number from 0 to 1e12", name);
	x->weights[arm] = weight;
	return 0;
}

/* An object has one for each arm by its name, an array in the order of the arms. */
static int read_weights(struct plan_experiment *x, json_t *weights, struct errmsg *e)
{
	bool by_name = json_is_object(weights);
	size_t n = x->arms.n;
	const char *name;
	const json_t *value;

	if (!by_name && !json_is_array(weights))
		return errmsg_set(e, "\"weights\" is neither an object of numbers by arm nor an array of numbers");
	if (!by_name && json_array_size(weights) != n)
		return errmsg_set(e, "\"weights\" is not as long as \"arms\" (%zu and %zu)",
				  json_array_size(weights), n);
	json_object_foreach(weights, name, value)
		if (intern_find(&x->arms, slice_of(name)) == INTERN_NONE)
			return errmsg_set(e, "\"weights\" names '%s', which is not an arm", name);
	for (size_t i = 0; i < n; i++) {
		value = by_name ? json_object_get(weights, intern_text(&x->arms, i)) : json_array_get(weights, i);
		if (set_weight(x, i, value, e) < 0)
			return -1;
	}
	return 0;
}

static int weigh_arms(struct plan_experiment *x, const char *name, struct errmsg *e)
{
	size_t at_fault;

	x->assignment = assignment_of(name, x->arms.n);
	switch (assignment_weigh(&x->assignment, x->weights, &at_fault)) {
	case ASSIGNMENT_WEIGHED: return 0;
	case ASSIGNMENT_ALL_ZERO: return errmsg_set(e, "no arm has a weight above 0");
	case ASSIGNMENT_TOO_SMALL:
		return errmsg_set(e, "the weight of arm '%s' is too small: it gets not one of %d users",
				  intern_text(&x->arms, at_fault), ASSIGNMENT_SLOTS);
	default: return errmsg_nomem(e);
	}
}

/* Reads all of an experiment but its name. */
static int read_parts(struct plan_experiment *x, const char *name, const json_t *object, struct errmsg *e)
{
	json_t *weights = json_object_get(object, "weights");

	if (json_keys_check(object, experiment_keys, e) < 0 || read_arms(x, json_object_get(object, "arms"), e) < 0 ||
	    (weights && read_weights(x, weights, e) < 0))
		return -1;
	return weigh_arms(x, name, e);
}

static int read_experiment(struct plan *p, const json_t *object, struct errmsg *e)
{
	const char *name = json_string_value(json_object_get(object, "name"));

	if (!name || !*name)
		return errmsg_set(e, "experiment %zu has no name", p->names.n + 1);
	if (add_name(&p->names, "experiment", name, e) < 0)
		return -1;
	if (read_parts(&p->list[p->names.n - 1], name, object, e) < 0)
		return errmsg_prefix(e, "experiment '%s'", name);
	return 0;
}

static int read_experiments(struct plan *p, const json_t *document, struct errmsg *e)
{
	const json_t *list = json_object_get(document, "experiments");
	size_t n = json_array_size(list);

	if (json_keys_check(document, document_keys, e) < 0)
		return -1;
	if (n == 0)
		return errmsg_set(e, "no \"experiments\", an array of at least one");
	p->list = calloc(n, sizeof *p->list);
	if (!p->list)
		return errmsg_nomem(e);
	for (size_t i = 0; i < n; i++)
		if (read_experiment(p, json_array_get(list, i), e) < 0)
			return -1;
	return 0;
}

int plan_load(struct plan *p, const char *path, struct errmsg *e)
{
	json_t *document = ndjson_load(path, e);
	int status = 0;

	*p = (struct plan){0};
	if (!document)
		return -1;
	if (read_experiments(p, document, e) < 0) {
		status = errmsg_prefix(e, "%s", ndjson_name(path));
		plan_clear(p);
	}
	json_decref(document);
	return status;
}

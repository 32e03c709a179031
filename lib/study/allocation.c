#include "study/allocation.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "event/plan.h"
#include "text/humanize.h"
#include "text/json_parse.h"
#include "text/number.h"

void allocation_clear(struct allocation *s)
{
	for (size_t i = 0; s->list && i < s->experiments.n; i++)
		allocation_clear(&s->list[i]);
	free(s->list);
	intern_clear(&s->experiments);
	intern_clear(&s->arms);
	free(s->weights);
	*s = (struct allocation){0};
}

/* Adds an arm; `said` is its weight as it was given. A weight that is lost in a sum of weights is a mistake. */
static int add_arm(struct allocation *s, const char *what, struct slice arm, double weight, const char *said,
		   struct errmsg *e)
{
	double *weights = grow(s->weights, &s->cap, s->arms.n + 1, sizeof *weights);

	if (!weights)
		return errmsg_nomem(e);
	s->weights = weights;
	if (!(weight == 0 || (weight >= 1e-12 && weight <= 1e12)))
		return errmsg_set(e, "%s: the weight of arm '%.*s' must be a number, 0 or above, not '%s'", what,
				  (int)arm.len, arm.text, said);
	if (intern_find(&s->arms, arm) != INTERN_NONE)
		return errmsg_set(e, "%s: arm '%.*s' has two weights", what, (int)arm.len, arm.text);
	weights[s->arms.n] = weight;
	return intern_add(&s->arms, arm, INTERN_NONE) == INTERN_NONE ? errmsg_nomem(e) : 0;
}

/* Adds the arm NAME=WEIGHT, whose text is taken apart. */
static int add_item(struct allocation *s, const char *what, char *text, struct errmsg *e)
{
	char *sign = strchr(text, '=');
	struct errmsg ignored;
	double weight;

	if (!sign || sign == text)
		return errmsg_set(e, "%s takes weights as C=2,T1=1, not '%s'", what, text);
	*sign = '\0';
	if (number_parse(what, sign + 1, 0, 1e12, &weight, &ignored) < 0)
		weight = NAN;
	return add_arm(s, what, slice_of(text), weight, sign + 1, e);
}

static int parse_list(struct allocation *s, const char *what, const char *text, struct errmsg *e)
{
	char *copy = strdup(text), *rest = copy, *item;
	int status = copy ? 0 : errmsg_nomem(e);

	while (status == 0 && (item = strsep(&rest, ",")))
		status = add_item(s, what, item, e);
	free(copy);
	return status;
}

static int add_json_arm(struct allocation *s, const char *what, const char *name, const json_t *value, struct errmsg *e)
{
	char said[64];
	size_t len = json_dumpb(value, said, sizeof said - 1, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(6));

	said[len < sizeof said ? len : 0] = '\0';
	return add_arm(s, what, slice_of(name), json_is_number(value) ? json_number_value(value) : NAN, said, e);
}

static int parse_object(struct allocation *s, const char *what, const char *text, struct errmsg *e)
{
	json_error_t reason;
	bool no_memory = false;
	json_t *object = json_parse(text, strlen(text), JSON_REJECT_DUPLICATES, &reason, &no_memory), *value;
	const char *name;
	int status = 0;

	if (no_memory)
		return errmsg_nomem(e);
	if (!json_is_object(object))
		status = errmsg_set(e, "%s is not an object of weights, as {\"C\":2,\"T1\":1}: %s", what, reason.text);
	json_object_foreach(object, name, value)
		if (status == 0)
			status = add_json_arm(s, what, name, value, e);
	json_decref(object);
	return status;
}

int allocation_parse(struct allocation *s, const char *what, const char *text, struct errmsg *e)
{
	int status;

	*s = (struct allocation){0};
	status = text[strspn(text, " \t\n")] == '{' ? parse_object(s, what, text, e) : parse_list(s, what, text, e);
	for (size_t i = 0; status == 0 && i < s->arms.n; i++)
		if (s->weights[i] > 0)
			return 0;
	return status < 0 ? -1 : errmsg_set(e, "%s: no arm has a weight above 0", what);
}

bool allocation_is_path(const char *text)
{
	return *text && text[strspn(text, " \t\n")] != '{' && !strchr(text, '=');
}

/* Takes the arms of an experiment, whose weights have been checked. Returns 0, or -1 where there is no memory. */
static int copy_weights(struct allocation *s, const struct plan_experiment *x)
{
	s->weights = calloc(x->arms.n, sizeof *s->weights);
	if (!s->weights)
		return -1;
	memcpy(s->weights, x->weights, x->arms.n * sizeof *s->weights);
	for (size_t i = 0; i < x->arms.n; i++)
		if (intern_add(&s->arms, slice_of(intern_text(&x->arms, i)), INTERN_NONE) == INTERN_NONE)
			return -1;
	return 0;
}

static int copy_plan(struct allocation *s, const struct plan *p)
{
	s->list = calloc(p->names.n, sizeof *s->list);
	for (size_t i = 0; s->list && i < p->names.n; i++) {
		struct slice name = slice_of(intern_text(&p->names, i));

		if (intern_add(&s->experiments, name, INTERN_NONE) == INTERN_NONE ||
		    copy_weights(&s->list[i], &p->list[i]) < 0)
			return -1;
	}
	return s->list ? 0 : -1;
}

int allocation_load(struct allocation *s, const char *path, struct errmsg *e)
{
	struct plan plan;
	int status;

	*s = (struct allocation){0};
	if (plan_load(&plan, path, e) < 0)
		return -1;
	status = copy_plan(s, &plan) < 0 ? errmsg_nomem(e) : 0;
	plan_clear(&plan);
	return status;
}

bool allocation_has(const struct allocation *s, struct slice experiment)
{
	return s->experiments.n == 0 || intern_find(&s->experiments, experiment) != INTERN_NONE;
}

const struct allocation *allocation_of(const struct allocation *s, struct slice experiment)
{
	static const struct allocation none;
	uint32_t number;

	if (!s || s->experiments.n == 0)
		return s;
	number = intern_find(&s->experiments, experiment);
	return number == INTERN_NONE ? &none : &s->list[number];
}

double allocation_weight(const struct allocation *s, struct slice arm)
{
	uint32_t number;

	if (!s || s->arms.n == 0)
		return 1;
	number = intern_find(&s->arms, arm);
	return number == INTERN_NONE ? 0 : s->weights[number];
}

bool allocation_leaves_out(const struct allocation *s, struct slice arm)
{
	uint32_t number = s ? intern_find(&s->arms, arm) : INTERN_NONE;

	return number != INTERN_NONE && s->weights[number] == 0;
}

static bool has_name(const struct intern *names, const struct interned *name)
{
	return intern_find(names, (struct slice){.text = name->text, .len = name->len}) != INTERN_NONE;
}

static bool leaves_out(const struct allocation *s, const struct interned *name)
{
	return allocation_leaves_out(s, (struct slice){.text = name->text, .len = name->len});
}

/* Adds a name to those that are listed. Returns whether there was room for it. */
static bool list_name(struct errmsg *names, const struct interned *name)
{
	const char *text = humanize_name(name->text), *comma = *names->text ? ", " : "";
	size_t whole = strlen(names->text) + strlen(comma) + strlen(text);

	errmsg_set(names, "%s%s%s", names->text, comma, text);
	return strlen(names->text) == whole;
}

/* How many of `some` are not among `others`, those that `s` leaves out aside. */
static size_t count_without(const struct intern *some, const struct intern *others, const struct allocation *s)
{
	size_t n = 0;

	for (size_t i = 0; i < some->n; i++)
		n += !has_name(others, &some->list[i]) && !leaves_out(s, &some->list[i]);
	return n;
}

size_t allocation_missing(const struct allocation *s, const struct intern *arms, struct errmsg *names)
{
	bool room = true;

	errmsg_set(names, "%s", "");
	for (size_t i = 0; i < s->arms.n && room; i++) {
		const struct interned *arm = &s->arms.list[i];

		room = has_name(arms, arm) || leaves_out(s, arm) || list_name(names, arm);
	}
	return count_without(&s->arms, arms, s);
}

/*
 * The next name after `previous`, bytewise, of those in `some` that are not among `others`; the first where `previous`
 * is NULL. NULL where there is none.
 */
static const struct interned *next_without(const struct intern *some, const struct intern *others,
					   const struct interned *previous)
{
	const struct interned *next = NULL;

	for (size_t i = 0; i < some->n; i++) {
		const struct interned *name = &some->list[i];

		if ((!previous || intern_compare(name, previous) > 0) && (!next || intern_compare(name, next) < 0) &&
		    !has_name(others, name))
			next = name;
	}
	return next;
}

/*
 * A log and its parts have the arms in different orders. Sorting them would take memory, and only some dozens have
 * room.
 */
size_t allocation_unplanned(const struct allocation *s, const struct intern *arms, struct errmsg *names)
{
	const struct interned *name = NULL;

	errmsg_set(names, "%s", "");
	if (s->arms.n == 0)
		return 0;
	do
		name = next_without(arms, &s->arms, name);
	while (name && list_name(names, name));
	return count_without(arms, &s->arms, s);
}

#include "study/split.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "text/number.h"
#include "text/shown.h"

void split_clear(struct split *s)
{
	symbols_clear(&s->arms);
	free(s->weights);
	*s = (struct split){0};
}

/* Adds an arm; `said` is its weight as it was given. A weight that is lost in a sum of weights is a mistake. */
static int add(struct split *s, const char *what, struct slice arm, double weight, const char *said, struct errmsg *e)
{
	double *weights = grow(s->weights, &s->cap, s->arms.n + 1, sizeof *weights);

	if (!weights)
		return errmsg_nomem(e);
	s->weights = weights;
	if (!(weight == 0 || (weight >= 1e-12 && weight <= 1e12)))
		return errmsg_set(e, "%s: the weight of arm '%.*s' must be a number, 0 or above, not '%s'", what, (int)arm.len,
				  arm.text, said);
	if (symbols_find(&s->arms, arm) != SYMBOLS_NONE)
		return errmsg_set(e, "%s: arm '%.*s' has two weights", what, (int)arm.len, arm.text);
	weights[s->arms.n] = weight;
	return symbols_intern(&s->arms, arm, SYMBOLS_NONE) == SYMBOLS_NONE ? errmsg_nomem(e) : 0;
}

/* Adds the arm NAME=WEIGHT, whose text is taken apart. */
static int add_item(struct split *s, const char *what, char *text, struct errmsg *e)
{
	char *sign = strchr(text, '=');
	struct errmsg ignored;
	double weight;

	if (!sign || sign == text)
		return errmsg_set(e, "%s takes weights as C=2,T1=1, not '%s'", what, text);
	*sign = '\0';
	if (number_parse(what, sign + 1, 0, 1e12, &weight, &ignored) < 0)
		weight = NAN;
	return add(s, what, slice_of(text), weight, sign + 1, e);
}

static int parse_list(struct split *s, const char *what, const char *text, struct errmsg *e)
{
	char *copy = strdup(text), *rest = copy, *item;
	int status = copy ? 0 : errmsg_nomem(e);

	while (status == 0 && (item = strsep(&rest, ",")))
		status = add_item(s, what, item, e);
	free(copy);
	return status;
}

static int add_member(struct split *s, const char *what, const char *name, const json_t *value, struct errmsg *e)
{
	char *said = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(6));
	int status = said ? add(s, what, slice_of(name), json_is_number(value) ? json_number_value(value) : NAN, said, e)
			  : errmsg_nomem(e);

	free(said);
	return status;
}

static int parse_object(struct split *s, const char *what, const char *text, struct errmsg *e)
{
	json_error_t reason;
	json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, &reason), *value;
	const char *name;
	int status = 0;

	if (!json_is_object(object))
		status = errmsg_set(e, "%s is not an object of weights, as {\"C\":2,\"T1\":1}: %s", what, reason.text);
	json_object_foreach(object, name, value)
		if (status == 0)
			status = add_member(s, what, name, value, e);
	json_decref(object);
	return status;
}

int split_parse(struct split *s, const char *what, const char *text, struct errmsg *e)
{
	int status;

	*s = (struct split){0};
	status = text[strspn(text, " \t\n")] == '{' ? parse_object(s, what, text, e) : parse_list(s, what, text, e);
	for (size_t i = 0; status == 0 && i < s->arms.n; i++)
		if (s->weights[i] > 0)
			return 0;
	return status < 0 ? -1 : errmsg_set(e, "%s: no arm has a weight above 0", what);
}

double split_weight(const struct split *s, struct slice arm)
{
	uint32_t number;

	if (!s || s->arms.n == 0)
		return 1;
	number = symbols_find(&s->arms, arm);
	return number == SYMBOLS_NONE ? 0 : s->weights[number];
}

bool split_leaves_out(const struct split *s, struct slice arm)
{
	uint32_t number = s ? symbols_find(&s->arms, arm) : SYMBOLS_NONE;

	return number != SYMBOLS_NONE && s->weights[number] == 0;
}

/*
 * How many of `some` are not in `others`, and their names: in this order, or where it is NULL, in theirs. Those that `s`
 * leaves out are passed over.
 */
static size_t list_without(const struct symbols *some, const struct symbols *others, const struct split *s,
			   const uint32_t *order, struct errmsg *names)
{
	size_t n = 0;

	errmsg_set(names, "%s", "");
	for (size_t i = 0; i < some->n; i++) {
		const struct symbol *one = &some->list[order ? order[i] : i];
		struct slice name = {.text = one->text, .len = one->len};

		if (symbols_find(others, name) == SYMBOLS_NONE && !split_leaves_out(s, name))
			errmsg_set(names, "%s%s%s", names->text, n++ > 0 ? ", " : "", shown_name(name.text));
	}
	return n;
}

size_t split_missing(const struct split *s, const struct symbols *arms, struct errmsg *names)
{
	return list_without(&s->arms, arms, s, NULL, names);
}

size_t split_unplanned(const struct split *s, const struct symbols *arms, struct errmsg *names)
{
	uint32_t *order;
	size_t n;

	errmsg_set(names, "%s", "");
	if (s->arms.n == 0)
		return 0;
	/* a log and its parts have them in different orders; without memory, any will do */
	order = symbols_sorted(arms);
	n = list_without(arms, &s->arms, s, order, names);
	free(order);
	return n;
}

#include "study/split.h"

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

/* Adds the arm NAME=WEIGHT, whose text is taken apart. */
static int add(struct split *s, const char *what, char *text, struct errmsg *e)
{
	double *weights = grow(s->weights, &s->cap, s->arms.n + 1, sizeof *weights), weight;
	char *sign = strchr(text, '=');
	struct errmsg ignored;

	if (!weights)
		return errmsg_nomem(e);
	s->weights = weights;
	if (!sign || sign == text)
		return errmsg_set(e, "%s takes weights as C=2,T1=1, not '%s'", what, text);
	*sign = '\0';
	if (number_parse(what, sign + 1, 0, 1e12, &weight, &ignored) < 0 || weight < 1e-12)
		return errmsg_set(e, "%s: the weight of arm '%s' is to be a number above 0, not '%s'", what, text, sign + 1);
	if (symbols_find(&s->arms, slice_of(text)) != SYMBOLS_NONE)
		return errmsg_set(e, "%s: arm '%s' has two weights", what, text);
	weights[s->arms.n] = weight;
	return symbols_intern(&s->arms, slice_of(text), SYMBOLS_NONE) == SYMBOLS_NONE ? errmsg_nomem(e) : 0;
}

int split_parse(struct split *s, const char *what, const char *text, struct errmsg *e)
{
	char *copy = strdup(text), *rest = copy, *item;
	int status = copy ? 0 : errmsg_nomem(e);

	*s = (struct split){0};
	while (status == 0 && (item = strsep(&rest, ",")))
		status = add(s, what, item, e);
	free(copy);
	return status;
}

double split_weight(const struct split *s, struct slice arm)
{
	uint32_t number;

	if (!s || s->arms.n == 0)
		return 1;
	number = symbols_find(&s->arms, arm);
	return number == SYMBOLS_NONE ? 0 : s->weights[number];
}

/* How many of `some` are not in `others`, and their names: in this order, or where it is NULL, in theirs. */
static size_t list_without(const struct symbols *some, const struct symbols *others, const uint32_t *order, struct errmsg *names)
{
	size_t n = 0;

	errmsg_set(names, "%s", "");
	for (size_t i = 0; i < some->n; i++) {
		const struct symbol *one = &some->list[order ? order[i] : i];
		struct slice name = {.text = one->text, .len = one->len};

		if (symbols_find(others, name) == SYMBOLS_NONE)
			errmsg_set(names, "%s%s%s", names->text, n++ > 0 ? ", " : "", shown_name(name.text));
	}
	return n;
}

size_t split_missing(const struct split *s, const struct symbols *arms, struct errmsg *names)
{
	return list_without(&s->arms, arms, NULL, names);
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
	n = list_without(arms, &s->arms, order, names);
	free(order);
	return n;
}

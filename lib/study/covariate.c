#include "study/covariate.h"

#include <stdlib.h>

#include "base/grow.h"
#include "text/ndjson.h"

void covariate_clear(struct covariate *c)
{
	idmap_clear(&c->index);
	free(c->values);
	*c = (struct covariate){0};
}

static int add_value(struct covariate *c, uint32_t user, double value, struct errmsg *e)
{
	double *values = grow(c->values, &c->cap, c->n + 1, sizeof *values);
	uint32_t *place;

	if (!values)
		return errmsg_nomem(e);
	c->values = values;
	if (idmap_get(&c->index, user, IDMAP_NONE) != IDMAP_NONE)
		return errmsg_set(e, "user %u has a value already", user);
	place = idmap_at(&c->index, user);
	if (!place)
		return errmsg_nomem(e);
	*place = (uint32_t)c->n;
	values[c->n++] = value;
	return 0;
}

static int read_line(const struct ndjson_line *line, void *ctx, struct errmsg *e)
{
	const json_t *value = json_object_get(line->object, "value");
	uint32_t user;

	if (ndjson_id(json_object_get(line->object, "user"), "user", &user, e) < 0)
		return -1;
	if (!value)
		return errmsg_set(e, "\"value\" is missing");
	if (!json_is_number(value))
		return errmsg_set(e, "\"value\" is not a number");
	if (!(fabs(json_number_value(value)) <= COVARIATE_MAX))
		return errmsg_set(e, "\"value\" is not a number from %g to %g", -COVARIATE_MAX, COVARIATE_MAX);
	return add_value(ctx, user, json_number_value(value), e);
}

int covariate_load(struct covariate *c, const char *path, struct errmsg *e)
{
	*c = (struct covariate){0};
	return ndjson_each(path, read_line, c, e);
}

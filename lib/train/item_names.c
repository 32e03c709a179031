#include "train/item_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/lines.h"
#include "text/columns.h"

void item_names_clear(struct item_names *n)
{
	intern_clear(&n->names);
	free(n->of);
	*n = (struct item_names){0};
}

static int set_name(struct item_names *n, size_t item, const char *name, struct errmsg *e)
{
	uint32_t number = intern_add(&n->names, slice_of(name), 0);

	if (number == INTERN_NONE)
		return errmsg_nomem(e);
	if (n->of[item] != INTERN_NONE && n->of[item] != number)
		return errmsg_set(e, "another name of this item; it was '%.100s'", item_names_get(n, item));
	n->unnamed -= n->of[item] == INTERN_NONE;
	n->of[item] = number;
	return 0;
}

static int take_line(struct item_names *n, const struct plays *p, struct columns *c, const struct lines *l,
		     struct errmsg *e)
{
	size_t item;

	if (columns_split(c, l->text, l->len, e) < 0)
		return -1;
	if (c->n < 2 || (c->n > 2 && c->separator == ','))
		return errmsg_set(e, "%zu column%s; two are wanted, separated by a tab or a comma: item, name", c->n,
				  c->n == 1 ? "" : "s");
	item = plays_find(p, c->field[0]);
	return item == p->n_items || !*c->field[1] ? 0 : set_name(n, item, c->field[1], e);
}

int item_names_load(struct item_names *n, const char *path, const struct plays *p, struct errmsg *e)
{
	struct columns columns = {0};
	struct lines l;
	enum lines_status s;
	int status = 0;

	*n = (struct item_names){.of = malloc((p->n_items + 1) * sizeof *n->of), .unnamed = p->n_items};
	if (!n->of)
		return errmsg_nomem(e);
	memset(n->of, 0xff, p->n_items * sizeof *n->of);
	if (lines_open(&l, path, e) < 0)
		return -1;
	while (status == 0 && (s = lines_next(&l, e)) != LINES_END) {
		if (s == LINES_LINE && lines_blank(&l))
			continue;
		status = s == LINES_LINE ? take_line(n, p, &columns, &l, e) : -1;
		if (status < 0 && s == LINES_LINE)
			errmsg_prefix(e, "%s:%lu", l.name, l.number);
	}
	lines_clear(&l);
	columns_clear(&columns);
	return status;
}

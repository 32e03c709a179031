#include "world/plays.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/lines.h"
#include "text/columns.h"
#include "text/ndjson.h"
#include "text/number.h"

#define COUNT_MAX 1e15

struct reader {
	struct plays *plays;
	struct columns columns;
	bool begun, objects; /* whether a line has been seen; whether it was an object */
};

void plays_clear(struct plays *p)
{
	free(p->list);
	free(p->user_first);
	free(p->item_ids);
	free(p->names);
	free(p->numbers);
	intern_clear(&p->users);
	intern_clear(&p->items);
	*p = (struct plays){0};
}

const char *plays_item(const struct plays *p, size_t item)
{
	return intern_text(&p->items, p->names[item]);
}

size_t plays_find(const struct plays *p, const char *name)
{
	uint32_t place = intern_find(&p->items, slice_of(name));

	return place == INTERN_NONE ? p->n_items : p->numbers[place];
}

bool plays_is_id(const char *text, uint32_t *id)
{
	uint64_t n = 0;
	size_t i = 0;

	for (; text[i] >= '0' && text[i] <= '9' && i < 10; i++)
		n = n * 10 + (uint64_t)(text[i] - '0');
	*id = (uint32_t)n;
	return i > 0 && text[i] == '\0' && n <= NUMBER_ID_MAX && !(text[0] == '0' && i > 1);
}

static int add_play(struct plays *p, const char *user, const char *item, double count, struct errmsg *e)
{
	uint32_t u = intern_add(&p->users, slice_of(user), p->n > 0 ? p->list[p->n - 1].user : 0);
	uint32_t i = intern_add(&p->items, slice_of(item), 0);
	struct play *list = grow(p->list, &p->cap, p->n + 1, sizeof *list);

	if (list)
		p->list = list;
	if (!list || u == INTERN_NONE || i == INTERN_NONE)
		return errmsg_nomem(e);
	list[p->n++] = (struct play){.user = u, .item = i, .count = count};
	return 0;
}

static int check_count(double count, struct errmsg *e)
{
	if (count < 0)
		return errmsg_set(e, "the count %g is negative", count);
	if (count == 0)
		return errmsg_set(e, "the count is 0; leave out what was not played");
	if (!(count <= COUNT_MAX))
		return errmsg_set(e, "the count %g is too large", count);
	return 0;
}

/* A heading has words where plays have a count. */
static bool is_heading(const struct columns *c)
{
	return c->n == 3 && *c->field[2] && !strchr("0123456789+-.", *c->field[2]) &&
	       !(plays_is_id(c->field[0], &(uint32_t){0}) && plays_is_id(c->field[1], &(uint32_t){0}));
}

static int take_columns(struct reader *r, const struct lines *l, bool first, struct errmsg *e)
{
	const struct columns *c = &r->columns;
	double count;

	if (columns_split(&r->columns, l->text, l->len, e) < 0)
		return -1;
	if (first && is_heading(c))
		return 0;
	if (c->n != 3)
		return errmsg_set(e, "%zu column%s; three are wanted, separated by tabs or commas: user, item, count",
				  c->n, c->n == 1 ? "" : "s");
	for (size_t i = 0; i < 3; i++)
		if (!*c->field[i])
			return errmsg_set(e, "the %s is missing", (const char *[]){"user", "item", "count"}[i]);
	if (number_parse("", c->field[2], -HUGE_VAL, HUGE_VAL, &count, e) < 0)
		return errmsg_set(e, "the count '%.50s' is not a number", c->field[2]);
	return check_count(count, e) < 0 ? -1 : add_play(r->plays, c->field[0], c->field[1], count, e);
}

/* The value of that of some keys which an object has; it must have exactly one of them. NULL with the reason. */
static const json_t *find_one(const json_t *o, const char *const keys[], struct errmsg *e)
{
	const char *found = NULL;

	for (size_t i = 0; keys[i]; i++) {
		if (!json_object_get(o, keys[i]))
			continue;
		if (found) {
			errmsg_set(e, "both \"%s\" and \"%s\"; which is meant?", found, keys[i]);
			return NULL;
		}
		found = keys[i];
	}
	if (!found) {
		errmsg_set(e, "\"%s\" is missing", keys[0]);
		for (size_t i = 1; keys[i]; i++)
			errmsg_append(e, ", and so is \"%s\"", keys[i]);
	}
	return found ? json_object_get(o, found) : NULL;
}

enum { WHOLE_SIZE = 24 };

/* The text of a user or an item, which may be a whole number, at `whole` then. NULL with the reason. */
static const char *text_of(const json_t *value, const char *what, char whole[WHOLE_SIZE], struct errmsg *e)
{
	const char *text = json_string_value(value);
	int64_t n;

	if (text && *text && strlen(text) == json_string_length(value))
		return text;
	if (ndjson_whole(value, &n)) {
		snprintf(whole, WHOLE_SIZE, "%" PRId64, n);
		return whole;
	}
	errmsg_set(e, "the %s is neither a whole number nor text", what);
	return NULL;
}

static int take_object(struct plays *p, const json_t *o, struct errmsg *e)
{
	const json_t *user = find_one(o, (const char *[]){"user", NULL}, e);
	const json_t *item = user ? find_one(o, (const char *[]){"item", "track", "artist", NULL}, e) : NULL;
	const json_t *count = item ? find_one(o, (const char *[]){"count", "plays", NULL}, e) : NULL;
	char numbers[2][WHOLE_SIZE];
	const char *texts[2];

	if (!count)
		return -1;
	texts[0] = text_of(user, "user", numbers[0], e);
	texts[1] = texts[0] ? text_of(item, "item", numbers[1], e) : NULL;
	if (!texts[1])
		return -1;
	if (!json_is_number(count))
		return errmsg_set(e, "the count is not a number");
	if (check_count(json_number_value(count), e) < 0)
		return -1;
	return add_play(p, texts[0], texts[1], json_number_value(count), e);
}

static bool begins_object(const struct lines *l)
{
	size_t i = 0;

	while (i < l->len && (l->text[i] == ' ' || l->text[i] == '\t'))
		i++;
	return i < l->len && l->text[i] == '{';
}

static int take_line(struct reader *r, const struct lines *l, struct errmsg *e)
{
	bool first = !r->begun;
	json_t *o;
	int status;

	if (lines_blank(l))
		return 0;
	if (first)
		r->objects = begins_object(l);
	r->begun = true;
	if (!r->objects)
		return take_columns(r, l, first, e);
	o = ndjson_parse(l->text, l->len, e);
	status = o ? take_object(r->plays, o, e) : -1;
	json_decref(o);
	return status;
}

static int read_lines(struct plays *p, const char *path, struct errmsg *e)
{
	struct reader r = {.plays = p};
	struct lines l;
	enum lines_status s;
	int status = 0;

	if (lines_open(&l, path, e) < 0)
		return -1;
	while (status == 0 && (s = lines_next(&l, e)) != LINES_END) {
		status = s == LINES_LINE ? take_line(&r, &l, e) : -1;
		if (status < 0 && s == LINES_LINE)
			errmsg_prefix(e, "%s:%lu", l.name, l.number);
	}
	if (status == 0 && p->n == 0)
		status = errmsg_set(e, "%s: there are no plays in it", l.name);
	lines_clear(&l);
	columns_clear(&r.columns);
	return status;
}

struct numbered {
	uint32_t id, name;
};

static int compare_ids(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int allocate_items(struct plays *p)
{
	p->n_items = p->items.n;
	p->item_ids = calloc(p->n_items, sizeof *p->item_ids);
	p->names = calloc(p->n_items, sizeof *p->names);
	p->numbers = calloc(p->n_items, sizeof *p->numbers);
	return p->item_ids && p->names && p->numbers ? 0 : -1;
}

/* Numbers the items; so far they are their places in p->items. */
static int number_items(struct plays *p)
{
	struct numbered *all = calloc(p->items.n, sizeof *all);

	if (!all || allocate_items(p) < 0) {
		free(all);
		return -1;
	}
	p->has_ids = true;
	for (size_t i = 0; i < p->n_items; i++) {
		all[i].name = (uint32_t)i;
		p->has_ids = plays_is_id(intern_text(&p->items, i), &all[i].id) && p->has_ids;
	}
	if (p->has_ids)
		qsort(all, p->n_items, sizeof *all, compare_ids);
	for (size_t i = 0; i < p->n_items; i++) {
		p->item_ids[i] = p->has_ids ? all[i].id : (uint32_t)i;
		p->names[i] = all[i].name;
		p->numbers[all[i].name] = (uint32_t)i;
	}
	for (size_t i = 0; i < p->n; i++)
		p->list[i].item = p->numbers[p->list[i].item];
	free(all);
	return 0;
}

/* The count is compared too, so that sums do not depend on how qsort orders what is equal. */
static int compare_plays(const void *a, const void *b)
{
	const struct play *x = a, *y = b;

	if (x->user != y->user)
		return x->user < y->user ? -1 : 1;
	if (x->item != y->item)
		return x->item < y->item ? -1 : 1;
	return (x->count > y->count) - (x->count < y->count);
}

static int sort_plays(struct plays *p)
{
	size_t kept = 0;

	p->n_users = p->users.n;
	p->user_first = calloc(p->n_users + 1, sizeof *p->user_first);
	if (!p->user_first)
		return -1;
	qsort(p->list, p->n, sizeof *p->list, compare_plays);
	for (size_t i = 0; i < p->n; i++) {
		const struct play *last = kept > 0 ? &p->list[kept - 1] : NULL;

		if (last && last->user == p->list[i].user && last->item == p->list[i].item)
			p->list[kept - 1].count += p->list[i].count;
		else
			p->list[kept++] = p->list[i];
	}
	p->repeated = p->n - kept;
	p->n = kept;
	for (size_t i = 0; i < kept; i++)
		p->user_first[p->list[i].user + 1] = i + 1;
	return 0;
}

int plays_load(struct plays *p, const char *path, struct errmsg *e)
{
	*p = (struct plays){0};
	if (read_lines(p, path, e) < 0)
		return -1;
	return number_items(p) < 0 || sort_plays(p) < 0 ? errmsg_nomem(e) : 0;
}

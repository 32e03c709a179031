#include "rank/rankers.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/grow.h"
#include "base/lines.h"
#include "policy/session_play.h"
#include "text/ndjson.h"

void rankers_clear(struct rankers *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->list[i].name);
	free(r->list);
	free(r->plan);
	tables_clear(&r->tables);
	*r = (struct rankers){0};
}

/* The kind of table whose lines are like this one. */
static enum table_kind kind_of_line(const struct lines *l)
{
	size_t blanks = 0;
	struct errmsg ignored;
	json_t *object;
	enum table_kind kind = TABLE_NONE;

	while (blanks < l->len && strchr(" \t", l->text[blanks]))
		blanks++;
	if (blanks < l->len && l->text[blanks] == '[')
		return TABLE_TOP;
	object = ndjson_parse(l->text, l->len, &ignored);
	if (object && !json_object_get(object, "message")) {
		if (json_object_get(object, "tracks"))
			kind = TABLE_USER_TRACKS;
		else if (json_object_get(object, "recommendations") || json_object_get(object, "artist"))
			kind = TABLE_SIMILAR;
	}
	json_decref(object);
	return kind;
}

static int guess_directory(const char *path, enum table_kind *kind, struct errmsg *e)
{
	char *model;

	if (asprintf(&model, "%s/model.json", path) < 0)
		return errmsg_nomem(e);
	*kind = access(model, F_OK) == 0 ? TABLE_SESSION : TABLE_NONE;
	free(model);
	return 0;
}

int rankers_guess(const char *path, enum table_kind *kind, struct errmsg *e)
{
	struct stat st;
	struct lines lines;
	enum lines_status s;

	*kind = TABLE_NONE;
	if (stat(path, &st) < 0 || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		return 0;
	if (S_ISDIR(st.st_mode))
		return guess_directory(path, kind, e);
	if (lines_open(&lines, path, e) < 0)
		return -1;
	while ((s = lines_next(&lines, e)) == LINES_LINE && lines_blank(&lines))
		;
	if (s == LINES_LINE)
		*kind = kind_of_line(&lines);
	lines_clear(&lines);
	return 0;
}

/* The name of FILE, of so many bytes. */
static const char *name_of_file(const char *path, size_t *len)
{
	const char *slash;
	size_t end = strlen(path);

	while (end > 1 && path[end - 1] == '/') /* a directory */
		end--;
	slash = memrchr(path, '/', end);
	path = slash ? slash + 1 : path;
	*len = strcspn(path, "./");
	if (*len == 0)
		*len = strcspn(path, "/");
	return path;
}

/* Adds a table whose name has so many bytes. */
static int add_named(struct rankers *r, enum table_kind kind, const char *path, const char *name, size_t len,
		     struct errmsg *e)
{
	struct ranker *list = grow(r->list, &r->cap, r->n + 1, sizeof *list);

	if (!list)
		return errmsg_nomem(e);
	r->list = list;
	list[r->n] = (struct ranker){.kind = kind, .path = path, .name = strndup(name, len)};
	if (!list[r->n].name)
		return errmsg_nomem(e);
	r->n++;
	return 0;
}

int rankers_add_name(struct rankers *r, const char *name, struct errmsg *e)
{
	return add_named(r, TABLE_NONE, NULL, name, strlen(name), e);
}

int rankers_add(struct rankers *r, enum table_kind kind, const char *spec, struct errmsg *e)
{
	size_t len = strcspn(spec, "=/");
	bool named = spec[len] == '=' && len > 0;
	const char *path = named ? spec + len + 1 : spec, *name = named ? spec : name_of_file(spec, &len);

	if (add_named(r, kind, path, name, len, e) < 0)
		return -1;
	name = r->list[r->n - 1].name;
	for (size_t i = 0; i + 1 < r->n; i++)
		if (strcmp(r->list[i].name, name) == 0)
			return errmsg_set(e, "%s and %s are both called '%s'; name one, as in other=%s",
					  r->list[i].path, path, name, path);
	return 0;
}

struct ids {
	uint32_t *list; /* n of them */
	size_t n, cap;
};

static int add_id(struct ids *ids, const json_t *value, const char *what, struct errmsg *e)
{
	uint32_t *list = grow(ids->list, &ids->cap, ids->n + 1, sizeof *list);

	if (!list)
		return errmsg_nomem(e);
	ids->list = list;
	if (ndjson_id(value, what, &list[ids->n], e) < 0)
		return -1;
	ids->n++;
	return 0;
}

static int add_array(struct ids *ids, const json_t *array, const char *what, struct errmsg *e)
{
	for (size_t i = 0; i < json_array_size(array); i++)
		if (add_id(ids, json_array_get(array, i), what, e) < 0)
			return -1;
	return 0;
}

static int add_line(const struct ndjson_line *line, void *ctx, struct errmsg *e)
{
	static const char *const lists[] = {"tracks", "recommendations"}, *const keys[] = {"track", "item_id"};

	for (size_t i = 0; i < 2; i++) {
		const json_t *key = json_object_get(line->object, keys[i]);

		if ((key && add_id(ctx, key, keys[i], e) < 0) ||
		    add_array(ctx, json_object_get(line->object, lists[i]), lists[i], e) < 0)
			return -1;
	}
	return 0;
}

static int add_table(struct ids *ids, const struct ranker *r, struct errmsg *e)
{
	json_t *array;
	int status;

	struct stat st;

	if (r->kind == TABLE_SESSION)
		return errmsg_set(e, "%s is a session model, which needs the catalog too (--tracks FILE)", r->path);
	/* it is read once for the tracks that there are, and once more */
	if (strcmp(r->path, "-") == 0 || (stat(r->path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		return errmsg_set(e, "%s can be read but once, and needs the catalog too (--tracks FILE)",
				  ndjson_name(r->path));
	if (r->kind != TABLE_TOP)
		return ndjson_each(r->path, add_line, ids, e);
	array = ndjson_load(r->path, e);
	if (!array)
		return -1;
	status = add_array(ids, array, "top", e);
	json_decref(array);
	return status < 0 ? errmsg_prefix(e, "%s", ndjson_name(r->path)) : 0;
}

static int make_catalog(struct rankers *r, struct errmsg *e)
{
	struct ids ids = {0};
	int status = 0;

	for (size_t i = 0; i < r->n && status == 0; i++)
		status = add_table(&ids, &r->list[i], e);
	if (status == 0 && ids.n == 0)
		status = errmsg_set(e, "%s: no track in it", r->list[0].path);
	if (status == 0)
		status = catalog_make(&r->tables.catalog, ids.list, ids.n, e);
	free(ids.list);
	return status;
}

/* A table of botify-recommend goes by its place here: names may be anything. */
static int load_table(struct rankers *r, size_t i, struct errmsg *e)
{
	char *spec;
	int status;

	if (asprintf(&spec, "%zu=%s", i, r->list[i].path) < 0)
		return errmsg_nomem(e);
	status = tables_load(&r->tables, r->list[i].kind, spec, e);
	free(spec);
	return status;
}

int rankers_load(struct rankers *r, const char *tracks, size_t depth, struct errmsg *e)
{
	if ((tracks ? tables_load_catalog(&r->tables, tracks, e) : make_catalog(r, e)) < 0)
		return -1;
	for (size_t i = 0; i < r->n; i++)
		if (load_table(r, i, e) < 0)
			return -1;
	r->depth = depth < r->tables.catalog.n_tracks ? depth : r->tables.catalog.n_tracks;
	r->plan = malloc((r->depth + 1) * sizeof *r->plan);
	if (!r->plan)
		return errmsg_nomem(e);
	for (size_t i = 0; i < r->n; i++) {
		struct table *t = &r->tables.list[i];

		r->list[i].table = t;
		r->list[i].top = (struct span){t->top.tracks, t->top.n};
		if (t->kind == TABLE_SESSION && session_player_prepare(t->player, r->depth + 1) < 0)
			return errmsg_nomem(e);
	}
	return 0;
}

static bool follows(const struct ranker *r)
{
	return r->kind == TABLE_SIMILAR || r->kind == TABLE_SESSION;
}

bool rankers_follow(const struct rankers *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (follows(&r->list[i]))
			return true;
	return false;
}

int rankers_check(const struct rankers *r, enum query_unit unit, struct errmsg *e)
{
	for (size_t i = 0; i < r->n && unit == QUERY_USER; i++)
		if (follows(&r->list[i]))
			return errmsg_set(e, "%s ranks by the tracks of a session: --query user is not for it",
					  r->list[i].path);
	return 0;
}

static int rank_session(struct rankers *r, const struct table *t, const struct query *q, struct span *ranking,
			struct errmsg *e)
{
	uint32_t first = catalog_find(&r->tables.catalog, q->first);
	ptrdiff_t n;

	if (first == CATALOG_NONE)
		return 0;
	n = session_player_plan(t->player, q->user, first, r->plan, r->depth);
	if (n < 0)
		return errmsg_nomem(e);
	*ranking = (struct span){r->plan, (size_t)n};
	return 0;
}

int rankers_rank(struct rankers *r, size_t which, enum query_unit unit, const struct query *q, struct span *ranking,
		 struct errmsg *e)
{
	const struct table *t = r->list[which].table;
	uint32_t before = unit == QUERY_LISTEN ? q->before : q->first;

	*ranking = (struct span){0};
	if (t->kind == TABLE_TOP)
		*ranking = r->list[which].top;
	else if (t->kind == TABLE_USER_TRACKS)
		*ranking = candidate_lists_get(&t->lists, q->user);
	else if (t->kind == TABLE_SIMILAR && (before = catalog_find(&r->tables.catalog, before)) != CATALOG_NONE)
		*ranking = candidate_lists_get(&t->lists, before);
	else if (t->kind == TABLE_SESSION)
		return rank_session(r, t, q, ranking, e);
	return 0;
}

#include "policy/tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "policy/candidate_lists_draft.h"
#include "policy/session_play.h"
#include "text/ndjson.h"
#include "world/trackset.h"

static int load_similar(struct table *table, const char *path, const struct catalog *c, struct errmsg *e)
{
	return candidate_lists_load(&table->lists, path, CANDIDATE_LISTS_SIMILAR, c, e);
}

static int load_user_tracks(struct table *table, const char *path, const struct catalog *c, struct errmsg *e)
{
	return candidate_lists_load(&table->lists, path, CANDIDATE_LISTS_USER_TRACKS, c, e);
}

static int fill_top(struct top *top, const json_t *array, const struct catalog *c, struct errmsg *e)
{
	struct trackset set = {0};
	int status = -1;

	top->n = json_array_size(array);
	top->tracks = malloc((top->n + 1) * sizeof *top->tracks);
	top->place = malloc(c->n_tracks * sizeof *top->place);
	if (!json_is_array(array))
		errmsg_set(e, "not a JSON array of track ids");
	else if (!top->tracks || !top->place || trackset_init(&set, c) < 0)
		errmsg_nomem(e);
	else
		status = trackset_read(&set, array, "top", top->tracks, e);
	trackset_clear(&set);
	if (status < 0)
		return -1;
	memset(top->place, 0xff, c->n_tracks * sizeof *top->place);
	for (uint32_t i = 0; i < top->n; i++)
		top->place[top->tracks[i]] = i;
	return 0;
}

static int load_top(struct table *table, const char *path, const struct catalog *c, struct errmsg *e)
{
	json_t *array = ndjson_load(path, e);
	int status;

	if (!array)
		return -1;
	status = fill_top(&table->top, array, c, e);
	json_decref(array);
	return status < 0 ? errmsg_prefix(e, "%s", ndjson_name(path)) : 0;
}

static int load_session(struct table *table, const char *path, const struct catalog *c, struct errmsg *e)
{
	table->player = session_player_load(path, c, e);
	return table->player ? 0 : -1;
}

static const struct kind {
	const char *one, *many, *option;
	const char *source; /* as in a policy, before the name of a table */
	int (*load)(struct table *table, const char *path, const struct catalog *c, struct errmsg *e);
} kinds[TABLE_KINDS] = {
	[TABLE_SIMILAR] = {"table of similar tracks", "tables of similar tracks", "--similar", "similar", load_similar},
	[TABLE_USER_TRACKS] = {"table of users' tracks", "tables of users' tracks", "--user-tracks", "collaborative",
			       load_user_tracks},
	[TABLE_TOP] = {"popularity table", "popularity tables", "--top", "toppop:100", load_top},
	[TABLE_SESSION] = {"session model", "session models", "--session", "session", load_session},
};

int tables_load_catalog(struct tables *t, const char *path, struct errmsg *e)
{
	*t = (struct tables){0};
	return catalog_load(&t->catalog, path, e);
}

static void clear_table(struct table *table)
{
	free(table->name);
	candidate_lists_clear(&table->lists);
	free(table->top.tracks);
	free(table->top.place);
	session_player_free(table->player);
}

/* A new table after the others, which does not count yet. NULL where there is no memory. */
static struct table *next_table(struct tables *t, enum table_kind kind, const char *name, size_t len)
{
	struct table *list = grow(t->list, &t->cap, t->n + 1, sizeof *list), *table;

	if (!list)
		return NULL;
	t->list = list;
	table = &list[t->n];
	*table = (struct table){.kind = kind, .name = strndup(name, len)};
	return table->name ? table : NULL;
}

void tables_clear(struct tables *t)
{
	for (size_t i = 0; i < t->n; i++)
		clear_table(&t->list[i]);
	free(t->list);
	catalog_clear(&t->catalog); /* last: tables, and the threads of some, look at it */
	*t = (struct tables){0};
}

static const struct table *find_name(const struct tables *t, enum table_kind kind, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->list[i].kind == kind && strcmp(t->list[i].name, name) == 0)
			return &t->list[i];
	return NULL;
}

/* How many bytes of NAME=FILE are the name; 0 where there is none. */
static size_t name_length(const char *spec)
{
	size_t len = strcspn(spec, "=/");

	return spec[len] == '=' ? len : 0;
}

/* Makes a table of the lists that stood in the catalog. */
static int add_similar(struct tables *t, struct candidate_lists_draft *d, const char *path, struct errmsg *e)
{
	struct table *table = next_table(t, TABLE_SIMILAR, "", 0);

	if (!table)
		return errmsg_nomem(e);
	if (candidate_lists_draft_end(d, &table->lists, path, &t->catalog, e) == 0)
		return t->n++, 0;
	clear_table(table);
	return -1;
}

int tables_load_catalog_and_similar(struct tables *t, const char *path, struct errmsg *e)
{
	struct candidate_lists_draft d = {0};
	int status;

	*t = (struct tables){0};
	status = catalog_load_each(&t->catalog, path, candidate_lists_draft_read, &d, e);
	if (status == 0 && d.n > 0)
		status = add_similar(t, &d, path, e);
	candidate_lists_draft_clear(&d);
	return status;
}

int tables_load(struct tables *t, enum table_kind kind, const char *spec, struct errmsg *e)
{
	size_t len = name_length(spec);
	const char *path = spec[len] == '=' ? spec + len + 1 : spec;
	struct table *table = next_table(t, kind, spec, len);

	if (!table)
		return errmsg_nomem(e);
	if (find_name(t, kind, table->name))
		errmsg_set(e, "%s: a second %s %s%s", ndjson_name(path), kinds[kind].one,
			   *table->name ? "named " : "without a name", table->name);
	else if (kinds[kind].load(table, path, &t->catalog, e) == 0)
		return t->n++, 0;
	clear_table(table);
	return -1;
}

int tables_workers(struct tables *t, size_t n)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->list[i].player && session_player_workers(t->list[i].player, n) < 0)
			return -1;
	return 0;
}

const struct table *tables_find(const struct tables *t, enum table_kind kind, const char *name, struct errmsg *e)
{
	const struct table *found = find_name(t, kind, name), *first = NULL;
	const struct kind *k = &kinds[kind];
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		if (t->list[i].kind == kind && n++ == 0)
			first = &t->list[i];
	if (!found && !*name && n == 1)
		found = first;
	if (found)
		return found;
	if (n == 0)
		errmsg_set(e, "it needs a %s (%s)", k->one, k->option);
	else if (*name)
		errmsg_set(e, "there is no %s '%s' (%s %s=FILE)", k->one, name, k->option, name);
	else
		errmsg_set(e, "there are %zu %s; name one, as in %s:%s", n, k->many, k->source, first->name);
	return NULL;
}

#include "policy/tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "text/ndjson.h"
#include "world/trackset.h"

int tables_load_catalog(struct tables *t, const char *path, struct errmsg *e)
{
	*t = (struct tables){0};
	return catalog_load(&t->catalog, path, e);
}

static void top_clear(struct top *top)
{
	free(top->name);
	free(top->tracks);
	free(top->place);
}

void tables_clear(struct tables *t)
{
	catalog_clear(&t->catalog);
	lists_clear(&t->similar);
	lists_clear(&t->user_tracks);
	for (size_t i = 0; i < t->n_tops; i++) {
		top_clear(&t->tops[i]);
	}
	free(t->tops);
	*t = (struct tables){0};
}

int tables_load_similar(struct tables *t, const char *path, struct errmsg *e)
{
	if (lists_load(&t->similar, path, LISTS_SIMILAR, &t->catalog, e) < 0)
		return -1;
	t->has_similar = true;
	return 0;
}

int tables_load_user_tracks(struct tables *t, const char *path, struct errmsg *e)
{
	if (lists_load(&t->user_tracks, path, LISTS_USER_TRACKS, &t->catalog, e) < 0)
		return -1;
	t->has_user_tracks = true;
	return 0;
}

static int fill_top(struct top *top, const json_t *array, const struct catalog *c, struct errmsg *e)
{
	struct trackset set = {0};
	int status = -1;

	top->n = json_array_size(array);
	top->tracks = malloc((top->n + 1) * sizeof *top->tracks);
	top->place = malloc(c->n_tracks * sizeof *top->place);
	if (!json_is_array(array))
		errmsg_set(e, "no JSON array of track ids");
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

static int read_top(struct top *top, const char *path, const struct catalog *c, struct errmsg *e)
{
	json_t *array = ndjson_load(path, e);
	int status;

	if (!array)
		return -1;
	status = fill_top(top, array, c, e);
	json_decref(array);
	return status < 0 ? errmsg_prefix(e, "%s", ndjson_name(path)) : 0;
}

static const struct top *find_top(const struct tables *t, const char *name)
{
	for (size_t i = 0; i < t->n_tops; i++)
		if (strcmp(t->tops[i].name, name) == 0)
			return &t->tops[i];
	return NULL;
}

int tables_load_top(struct tables *t, const char *spec, struct errmsg *e)
{
	const char *equals = strchr(spec, '='), *path = equals ? equals + 1 : spec;
	struct top *tops = grow(t->tops, &t->tops_cap, t->n_tops + 1, sizeof *tops), *top;

	if (!tops)
		return errmsg_nomem(e);
	t->tops = tops;
	top = &tops[t->n_tops];
	*top = (struct top){.name = strndup(spec, equals ? (size_t)(equals - spec) : 0)};
	if (!top->name)
		errmsg_nomem(e);
	else if (find_top(t, top->name))
		errmsg_set(e, "%s: a second popularity table %s%s", ndjson_name(path), *top->name ? "named " : "without a name",
			   top->name);
	else if (read_top(top, path, &t->catalog, e) == 0)
		return t->n_tops++, 0;
	top_clear(top);
	return -1;
}

const struct top *tables_top(const struct tables *t, const char *name, struct errmsg *e)
{
	const struct top *top = find_top(t, name);

	if (!top && !*name && t->n_tops == 1)
		top = &t->tops[0];
	if (top)
		return top;
	if (t->n_tops == 0)
		errmsg_set(e, "it needs a popularity table (--top)");
	else if (*name)
		errmsg_set(e, "there is no popularity table '%s' (--top %s=FILE)", name, name);
	else
		errmsg_set(e, "there are %zu popularity tables; name one, as in toppop:100:%s", t->n_tops, t->tops[0].name);
	return NULL;
}

#include "tables.h"

#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "ndjson.h"
#include "trackset.h"

int tables_load_catalog(struct tables *t, const char *path, struct errmsg *e)
{
	*t = (struct tables){0};
	return catalog_load(&t->catalog, path, e);
}

void tables_clear(struct tables *t)
{
	catalog_clear(&t->catalog);
	lists_clear(&t->similar);
	lists_clear(&t->user_tracks);
	for (size_t i = 0; i < t->n_tops; i++) {
		free(t->tops[i].name);
		free(t->tops[i].tracks);
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

/* Reads the tracks of a popularity table; new. */
static uint32_t *read_top(const struct tables *t, const char *path, size_t *n, struct errmsg *e)
{
	json_t *array = ndjson_load(path, e);
	struct trackset set = {0};
	uint32_t *tracks = NULL;

	if (!array)
		return NULL;
	*n = json_array_size(array);
	if (!json_is_array(array)) {
		errmsg_set(e, "%s: no JSON array of track ids", path);
		goto out;
	}
	tracks = malloc((*n + 1) * sizeof *tracks);
	if (!tracks || trackset_init(&set, &t->catalog) < 0) {
		errmsg_nomem(e);
		goto fail;
	}
	if (trackset_read(&set, array, "top", tracks, e) < 0) {
		errmsg_prefix(e, "%s", path);
		goto fail;
	}
	goto out;
fail:
	free(tracks);
	tracks = NULL;
out:
	trackset_clear(&set);
	json_decref(array);
	return tracks;
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
	struct top *tops = grow(t->tops, &t->tops_cap, t->n_tops + 1, sizeof *tops);
	struct top top = {.name = strndup(spec, equals ? (size_t)(equals - spec) : 0)};

	if (tops)
		t->tops = tops;
	if (!tops || !top.name)
		errmsg_nomem(e);
	else if (find_top(t, top.name))
		errmsg_set(e, "%s: a second popularity table %s%s", path, *top.name ? "named " : "without a name", top.name);
	else
		top.tracks = read_top(t, path, &top.n, e);
	if (!top.tracks) {
		free(top.name);
		return -1;
	}
	t->tops[t->n_tops++] = top;
	return 0;
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

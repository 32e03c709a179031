#include "world/trackset.h"

#include <stdlib.h>

#include "text/ndjson.h"

int trackset_init(struct trackset *s, const struct catalog *c)
{
	*s = (struct trackset){.catalog = c, .stamp = calloc(c->n_tracks, sizeof *s->stamp)};
	return s->stamp ? 0 : -1;
}

void trackset_clear(struct trackset *s)
{
	free(s->stamp);
	*s = (struct trackset){0};
}

/* Finds the track of an id that this array names. */
static int find_track(struct trackset *s, uint32_t id, const char *what, uint32_t *track, struct errmsg *e)
{
	uint32_t index = catalog_find(s->catalog, id);

	if (index == CATALOG_NONE)
		return errmsg_set(e, "\"%s\" names track %u, which is not in the catalog", what, id);
	if (s->stamp[index] == s->arrays)
		return errmsg_set(e, "\"%s\" names track %u twice", what, id);
	s->stamp[index] = s->arrays;
	*track = index;
	return 0;
}

int trackset_read(struct trackset *s, const json_t *array, const char *what, uint32_t *tracks, struct errmsg *e)
{
	size_t n = json_array_size(array);
	uint32_t id;

	s->arrays++;
	for (size_t i = 0; i < n; i++)
		if (ndjson_id(json_array_get(array, i), what, &id, e) < 0 || find_track(s, id, what, &tracks[i], e) < 0)
			return -1;
	return 0;
}

int trackset_find(struct trackset *s, uint32_t *tracks, size_t n, const char *what, struct errmsg *e)
{
	s->arrays++;
	for (size_t i = 0; i < n; i++)
		if (find_track(s, tracks[i], what, &tracks[i], e) < 0)
			return -1;
	return 0;
}

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

int trackset_read(struct trackset *s, const json_t *array, const char *what, uint32_t *tracks, struct errmsg *e)
{
	size_t n = json_array_size(array);

	s->arrays++;
	for (size_t i = 0; i < n; i++) {
		uint32_t id, track;

		if (ndjson_id(json_array_get(array, i), what, &id, e) < 0)
			return -1;
		track = catalog_find(s->catalog, id);
		if (track == CATALOG_NONE)
			return errmsg_set(e, "\"%s\" names track %u, which is not in the catalog", what, id);
		if (s->stamp[track] == s->arrays)
			return errmsg_set(e, "\"%s\" names track %u twice", what, id);
		s->stamp[track] = s->arrays;
		tracks[i] = track;
	}
	return 0;
}

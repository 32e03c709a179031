#include "policy/candidate_lists_draft.h"

#include <stdlib.h>

#include "base/grow.h"
#include "text/ndjson.h"
#include "world/trackset.h"

static const char recommendations[] = "recommendations";

void candidate_lists_draft_clear(struct candidate_lists_draft *d)
{
	free(d->rows);
	free(d->items);
	*d = (struct candidate_lists_draft){0};
}

static int add_items(struct candidate_lists_draft *d, const json_t *array, struct errmsg *e)
{
	size_t n = json_array_size(array);
	uint32_t *items = grow(d->items, &d->items_cap, d->n_items + n, sizeof *items);

	if (!items)
		return errmsg_nomem(e);
	d->items = items;
	for (size_t i = 0; i < n; i++)
		if (ndjson_id(json_array_get(array, i), recommendations, &items[d->n_items + i], e) < 0)
			return -1;
	d->n_items += n;
	return 0;
}

int candidate_lists_draft_read(const struct ndjson_line *line, void *draft, struct errmsg *e)
{
	struct candidate_lists_draft *d = draft;
	const json_t *array = json_object_get(line->object, recommendations);
	struct candidate_lists_draft_row *rows;
	uint32_t track;

	if (!array || json_is_null(array))
		return 0;
	if (!json_is_array(array))
		return errmsg_set(e, "\"%s\" is not an array of track ids", recommendations);
	rows = grow(d->rows, &d->rows_cap, d->n + 1, sizeof *rows);
	if (!rows)
		return errmsg_nomem(e);
	d->rows = rows;
	if (ndjson_id(json_object_get(line->object, "track"), "track", &track, e) < 0 || add_items(d, array, e) < 0)
		return -1;
	rows[d->n++] = (struct candidate_lists_draft_row){.line = line->number, .track = track, .end = d->n_items};
	return 0;
}

int candidate_lists_draft_end(struct candidate_lists_draft *d, struct candidate_lists *l, const char *path,
			      const struct catalog *c, struct errmsg *e)
{
	struct trackset seen;
	size_t first = 0;
	int status = 0;

	*l = (struct candidate_lists){.items = d->items, .items_cap = d->items_cap};
	d->items = NULL;
	if (trackset_init(&seen, c) < 0)
		return errmsg_nomem(e);
	for (size_t i = 0; i < d->n && status == 0; i++) {
		const struct candidate_lists_draft_row *row = &d->rows[i];

		if (trackset_find(&seen, l->items + first, row->end - first, recommendations, e) < 0) {
			status = errmsg_prefix(e, "%s:%lu", ndjson_name(path), row->line);
			break;
		}
		l->n_items = first = row->end;
		status = candidate_lists_add_row(l, catalog_find(c, row->track)) < 0 ? errmsg_nomem(e) : 0;
	}
	trackset_clear(&seen);
	return status;
}

#include "policy/candidate_lists.h"

#include <stdlib.h>

#include "base/grow.h"
#include "text/ndjson.h"
#include "text/scan.h"
#include "world/trackset.h"

void candidate_lists_clear(struct candidate_lists *l)
{
	id_index_clear(&l->rows);
	free(l->ends);
	free(l->items);
	*l = (struct candidate_lists){0};
}

struct span candidate_lists_get(const struct candidate_lists *l, uint32_t key)
{
	uint32_t row = id_index_get(&l->rows, key), first;

	if (row == 0)
		return (struct span){0};
	first = row == 1 ? 0 : l->ends[row - 2];
	return (struct span){.tracks = l->items + first, .n = l->ends[row - 1] - first};
}

struct loading {
	struct candidate_lists *lists;
	const struct catalog *catalog;
	enum candidate_lists_kind kind;
	struct trackset seen; /* in this list */
};

/* The key of a line, as the table is looked up by. */
static int read_key(const struct loading *ld, json_t *object, uint32_t *key, struct errmsg *e)
{
	const char *what = "user";
	uint32_t id;

	if (ld->kind == CANDIDATE_LISTS_SIMILAR)
		what = json_object_get(object, "item_id") && !json_object_get(object, "track") ? "item_id" : "track";
	if (ndjson_id(json_object_get(object, what), what, &id, e) < 0)
		return -1;
	*key = ld->kind == CANDIDATE_LISTS_SIMILAR ? catalog_find(ld->catalog, id) : id;
	if (*key == CATALOG_NONE)
		return errmsg_set(e, "track %u is not in the catalog", id);
	if (id_index_get(&ld->lists->rows, *key) > 0)
		return errmsg_set(e, "a second list for %s %u", what, id);
	return 0;
}

int candidate_lists_add_row(struct candidate_lists *l, uint32_t key)
{
	uint32_t *ends = grow(l->ends, &l->ends_cap, l->n + 1, sizeof *ends), *row;

	if (!ends)
		return -1;
	l->ends = ends;
	row = id_index_at(&l->rows, key);
	if (!row || l->n_items >= UINT32_MAX)
		return -1;
	ends[l->n] = (uint32_t)l->n_items;
	*row = (uint32_t)++l->n;
	return 0;
}

static int read_line(const struct ndjson_line *line, void *ctx, struct errmsg *e)
{
	struct loading *ld = ctx;
	struct candidate_lists *l = ld->lists;
	const char *what = ld->kind == CANDIDATE_LISTS_SIMILAR ? "recommendations" : "tracks";
	const json_t *array = json_object_get(line->object, what);
	size_t n = json_array_size(array);
	uint32_t key, *items;

	if (json_is_null(array) || (!array && ld->kind == CANDIDATE_LISTS_SIMILAR))
		return 0;
	if (read_key(ld, line->object, &key, e) < 0)
		return -1;
	if (!json_is_array(array))
		return errmsg_set(e, "\"%s\" is %s", what, array ? "not an array of track ids" : "missing");
	items = grow(l->items, &l->items_cap, l->n_items + n, sizeof *items);
	if (!items)
		return errmsg_nomem(e);
	l->items = items;
	if (trackset_read(&ld->seen, array, what, items + l->n_items, e) < 0)
		return -1;
	l->n_items += n;
	return candidate_lists_add_row(l, key) < 0 ? errmsg_nomem(e) : 0;
}

/* What a line of the usual form says; its items stand after those of the lists before it. */
struct scanned {
	struct candidate_lists *lists;
	enum candidate_lists_kind kind;
	uint32_t key, item_id; /* ids; CATALOG_NONE: not there */
	size_t end;	       /* of its items */
	bool has_list;
};

static bool scan_value_of(struct scan *s, struct slice key, void *ctx)
{
	struct scanned *row = ctx;
	bool similar = row->kind == CANDIDATE_LISTS_SIMILAR;

	if (slice_equal(key, similar ? SCAN_WORD("track") : SCAN_WORD("user")))
		return scan_id(s, &row->key);
	if (similar && slice_equal(key, SCAN_WORD("item_id")))
		return scan_id(s, &row->item_id);
	if (!slice_equal(key, similar ? SCAN_WORD("recommendations") : SCAN_WORD("tracks")))
		return scan_skip(s);
	row->has_list = true;
	return scan_ids(s, &row->lists->items, &row->end, &row->lists->items_cap);
}

/* Takes a line by the quick means; see read_line. */
static bool scan_line(const char *text, size_t len, unsigned long number, void *ctx)
{
	struct loading *ld = ctx;
	struct candidate_lists *l = ld->lists;
	struct scanned row = {.lists = l, .kind = ld->kind, .key = CATALOG_NONE, .item_id = CATALOG_NONE,
			      .end = l->n_items};
	struct errmsg ignored;
	size_t n, before = l->n_items;

	(void)number;
	if (!scan_object(text, len, scan_value_of, &row))
		return false;
	if (!row.has_list)
		return ld->kind == CANDIDATE_LISTS_SIMILAR;
	if (row.key == CATALOG_NONE)
		row.key = row.item_id;
	if (ld->kind == CANDIDATE_LISTS_SIMILAR && row.key != CATALOG_NONE)
		row.key = catalog_find(ld->catalog, row.key);
	n = row.end - before;
	if (row.key == CATALOG_NONE || id_index_get(&l->rows, row.key) > 0 ||
	    (n > 0 && trackset_find(&ld->seen, l->items + before, n, "", &ignored) < 0))
		return false;
	l->n_items = row.end;
	if (candidate_lists_add_row(l, row.key) < 0)
		l->n_items = before;
	return l->n_items == row.end;
}

int candidate_lists_load(struct candidate_lists *l, const char *path, enum candidate_lists_kind kind,
			 const struct catalog *c, struct errmsg *e)
{
	struct loading ld = {.lists = l, .catalog = c, .kind = kind};
	int status;

	*l = (struct candidate_lists){0};
	if (trackset_init(&ld.seen, c) < 0)
		return errmsg_nomem(e);
	status = ndjson_each_quick(path, scan_line, read_line, &ld, e);
	trackset_clear(&ld.seen);
	if (status == 0 && l->n == 0)
		status = errmsg_set(e, "%s: no line has \"%s\"", ndjson_name(path),
				    kind == CANDIDATE_LISTS_SIMILAR ? "recommendations" : "tracks");
	if (status < 0)
		candidate_lists_clear(l);
	return status;
}

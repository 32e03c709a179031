/*
 * tables: what policies draw candidates from: the catalog, and whatever tables were loaded beside it.
 */
#ifndef BOTIFY_TABLES_H
#define BOTIFY_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "policy/lists.h"
#include "world/catalog.h"

/* A popularity table: tracks, best first. */
struct top {
	char *name; /* "" for the one without a name */
	uint32_t *tracks;
	uint32_t *place; /* by track: where it stands in the table; UINT32_MAX where it does not */
	size_t n;
};

struct tables {
	struct catalog catalog;
	struct lists similar, user_tracks;
	bool has_similar, has_user_tracks;
	struct top *tops;
	size_t n_tops, tops_cap;
};

/* Loads the catalog; there is nothing else yet. Returns 0, or -1 with file, line and reason. */
int tables_load_catalog(struct tables *t, const char *path, struct errmsg *e);
void tables_clear(struct tables *t);

/* Each loads one more table, which may name no track that the catalog does not have. Returns 0, or -1 with the reason. */
int tables_load_similar(struct tables *t, const char *path, struct errmsg *e);
int tables_load_user_tracks(struct tables *t, const char *path, struct errmsg *e);

/* `spec` is FILE or NAME=FILE, as --top takes it: a JSON array of track ids, best first. A name twice is an error. */
int tables_load_top(struct tables *t, const char *spec, struct errmsg *e);

/*
 * The popularity table of that name, borrowed; NULL and the reason where there is none. The empty name is the table
 * without a name, or the only one that there is.
 */
const struct top *tables_top(const struct tables *t, const char *name, struct errmsg *e);

#endif

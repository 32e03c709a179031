/*
 * tables: what policies draw candidates from: the catalog, and whatever tables were loaded beside it.
 *
 * There may be several tables of a kind, told apart by name; one of each kind may have none.
 */
#ifndef BOTIFY_TABLES_H
#define BOTIFY_TABLES_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "policy/candidate_lists.h"
#include "world/catalog.h"

enum table_kind {
	TABLE_SIMILAR,	   /* of each track, tracks like it */
	TABLE_USER_TRACKS, /* of each user, tracks that they may like */
	TABLE_TOP,	   /* popular tracks, best first */
	TABLE_SESSION,	   /* a session model, which is a directory */
	TABLE_KINDS,
	TABLE_NONE = TABLE_KINDS /* of a source that needs no table */
};

/* A popularity table: tracks, best first. */
struct top {
	uint32_t *tracks;
	uint32_t *place; /* by track: where it stands in the table; UINT32_MAX where it does not */
	size_t n;
};

struct table {
	enum table_kind kind;
	char *name;	    /* "" for the one without a name */
	struct candidate_lists lists; /* TABLE_SIMILAR, TABLE_USER_TRACKS */
	struct top top;	    /* TABLE_TOP */
	struct session_player *player; /* TABLE_SESSION */
};

struct tables {
	struct catalog catalog;
	struct table *list; /* in the order in which they were loaded */
	size_t n, cap;
};

/* Loads the catalog; there is nothing else yet. Returns 0, or -1 with file, line and reason. */
int tables_load_catalog(struct tables *t, const char *path, struct errmsg *e);
void tables_clear(struct tables *t);

/*
 * The same where similar tracks are wanted and no table of them is given: the recommendations in the lines of the
 * catalog, if there are any, are the one that has no name. A list there that is not one of tracks of the catalog is
 * an error.
 */
int tables_load_catalog_and_similar(struct tables *t, const char *path, struct errmsg *e);

/*
 * Loads one more table, whose tracks must all be in the catalog. `spec` is FILE or NAME=FILE, as the
 * options take it; a "/" before the "=" makes it a FILE. A name twice in a kind is an error. Returns 0, or -1 with
 * the reason.
 */
int tables_load(struct tables *t, enum table_kind kind, const char *spec, struct errmsg *e);

/*
 * Says that up to n threads, at most PARALLEL_THREADS_MAX, will ask policies at once, each with a number of its own
 * below that (policy_request.worker), for users of its own. One may where nothing is said. To be called after all is
 * loaded, and before policies are bound. Returns 0, or -1 where there is no memory.
 */
int tables_workers(struct tables *t, size_t n);

/*
 * The table of that kind and name, borrowed, valid until another one is loaded; NULL and the reason where there is
 * none. The empty name is the table without a name, or the only one that there is.
 */
const struct table *tables_find(const struct tables *t, enum table_kind kind, const char *name, struct errmsg *e);

#endif

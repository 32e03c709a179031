/*
 * rankers: tables, as what ranks tracks for a query: a top for everybody, a list for the user, a list for the track
 * before, the plan of a session model for the user and the first track.
 */
#ifndef BOTIFY_RANKERS_H
#define BOTIFY_RANKERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "policy/tables.h"
#include "rank/queries.h"

/* A table that was asked for. */
struct ranker {
	enum table_kind kind;
	const char *path;  /* borrowed */
	char *name;	   /* new */
	const struct table *table;
	struct span top;   /* of a top: the whole of it, which ranks for each query */
};

/* Zero-initialise. */
struct rankers {
	struct ranker *list; /* n of them */
	size_t n, cap;
	struct tables tables;

	/* private */
	uint32_t *plan;	/* room for `depth` tracks */
	size_t depth;
};

void rankers_clear(struct rankers *r);

/*
 * What kind of table a file is, by how it begins, or the directory of a model: TABLE_NONE where it seems to be a log,
 * or can be read but once. Returns 0; or -1 with the reason: it is a file, and cannot be read.
 */
int rankers_guess(const char *path, enum table_kind *kind, struct errmsg *e);

/*
 * Adds a table: FILE, whose name is that of the file up to its first dot, or NAME=FILE. A second table of a name is
 * refused, of whatever kind they are. Returns 0, or -1 with the reason.
 */
int rankers_add(struct rankers *r, enum table_kind kind, const char *spec, struct errmsg *e);

/* Adds one that has a name and nothing else, for parts of evaluations. Returns 0, or -1 with the reason. */
int rankers_add_name(struct rankers *r, const char *name, struct errmsg *e);

/*
 * Loads them, with the catalog at `tracks`; or NULL: that of all tracks that they name (a session model cannot do
 * without, nor can what is read but once). Lists are asked for `depth` deep, at most. Returns 0, or -1 with the reason.
 */
int rankers_load(struct rankers *r, const char *tracks, size_t depth, struct errmsg *e);

/* Whether a table can rank for queries of this kind: tables of tracks, and session models, not for users. */
int rankers_check(const struct rankers *r, enum query_unit unit, struct errmsg *e);

/* Whether a table ranks by what the session has played. */
bool rankers_follow(const struct rankers *r);

/*
 * The ranking for a query, as indices of the catalog, valid until the next call: of no tracks where the table has
 * none. Returns 0, or -1 where there is no memory.
 */
int rankers_rank(struct rankers *r, size_t which, enum query_unit unit, const struct query *q, struct span *ranking,
		 struct errmsg *e);

#endif

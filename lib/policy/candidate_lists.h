/*
 * candidate_lists: a table of lists of tracks, by track or by user.
 *
 * The items of all lists lie in one array, list after list, as indices of the catalog.
 */
#ifndef BOTIFY_CANDIDATE_LISTS_H
#define BOTIFY_CANDIDATE_LISTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/id_index.h"
#include "world/catalog.h"

/* Some tracks, borrowed. */
struct span {
	const uint32_t *tracks; /* indices in the catalog */
	size_t n;
};

struct candidate_lists {
	struct id_index rows; /* plus 1, by key */
	uint32_t *ends;	   /* where row i ends in items; it starts where row i-1 ends */
	uint32_t *items;
	size_t n, ends_cap, n_items, items_cap;
};

enum candidate_lists_kind {
	/* {"track":0,"recommendations":[…]}, or "item_id" for "track"; the key is a track's index */
	CANDIDATE_LISTS_SIMILAR,
	/* {"user":0,"tracks":[…]}; the key is a user's id */
	CANDIDATE_LISTS_USER_TRACKS
};

/*
 * Reads a table. Of similar lists, a line that has no "recommendations" is passed over, because a catalog serves as
 * such a table too; and so is one whose list is null, of either kind. That no line has any is an error. A key twice,
 * a track that the catalog does not have, or that a list names twice, are errors. Returns 0, or -1 with file, line
 * and reason. Free with candidate_lists_clear.
 */
int candidate_lists_load(struct candidate_lists *l, const char *path, enum candidate_lists_kind kind,
			 const struct catalog *c, struct errmsg *e);
void candidate_lists_clear(struct candidate_lists *l);

/*
 * For candidate_lists_draft.c: the items after those of the last list are those of this new key. Returns 0, or -1: no
 * memory.
 */
int candidate_lists_add_row(struct candidate_lists *l, uint32_t key);

/* The list of a key; an empty one where there is none. */
struct span candidate_lists_get(const struct candidate_lists *l, uint32_t key);

#endif

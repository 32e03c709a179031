/*
 * candidate_lists_draft (private to lib/policy): similar tracks that stand in the lines of a catalog, as they are
 * while it is read: ids, because the tracks that they name may come later.
 */
#ifndef BOTIFY_CANDIDATE_LISTS_DRAFT_H
#define BOTIFY_CANDIDATE_LISTS_DRAFT_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "policy/candidate_lists.h"
#include "world/catalog.h"

struct ndjson_line;

/* The line that a list stands in, the track that it belongs to, and where it ends in the items. */
struct candidate_lists_draft_row {
	unsigned long line;
	uint32_t track;
	size_t end;
};

/* Zero-initialise; free with candidate_lists_draft_clear. */
struct candidate_lists_draft {
	struct candidate_lists_draft_row *rows;
	uint32_t *items; /* list after list */
	size_t n, rows_cap, n_items, items_cap;
};

void candidate_lists_draft_clear(struct candidate_lists_draft *d);

/* Takes the list of a line of the catalog, if it has one; for catalog_load_each. */
int candidate_lists_draft_read(const struct ndjson_line *line, void *draft, struct errmsg *e);

/*
 * Makes a table of the lists, once the catalog is known; the items of the draft are used up. Returns 0, or -1 with
 * the reason and the line of the file at `path`: a list names an unknown track, or one twice. Free `l` with
 * candidate_lists_clear in either case.
 */
int candidate_lists_draft_end(struct candidate_lists_draft *d, struct candidate_lists *l, const char *path,
			      const struct catalog *c, struct errmsg *e);

#endif

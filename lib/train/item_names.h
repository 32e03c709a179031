/*
 * item_names: what people call the items of a file of plays.
 */
#ifndef BOTIFY_ITEM_NAMES_H
#define BOTIFY_ITEM_NAMES_H

#include "base/errmsg.h"
#include "base/intern.h"
#include "world/plays.h"

/* Zero-initialise. */
struct item_names {
	struct intern names;
	uint32_t *of;	/* of each item, a number in `names`, or INTERN_NONE */
	size_t unnamed; /* items without a name */
};

/*
 * Reads a file of columns (columns.h), "-" for standard input: item, name; further columns that tabs separate are
 * passed over, and so are items that are not in the plays, a heading among them. An item twice with two names is an
 * error. Returns 0, or -1 with file, line and reason. Free with item_names_clear in either case.
 */
int item_names_load(struct item_names *n, const char *path, const struct plays *p, struct errmsg *e);
void item_names_clear(struct item_names *n);

/* The name of an item, or NULL. */
static inline const char *item_names_get(const struct item_names *n, size_t item)
{
	return n->of && n->of[item] != INTERN_NONE ? intern_text(&n->names, n->of[item]) : NULL;
}

#endif

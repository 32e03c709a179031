/*
 * plays: who played what how often, as services export it: a file of users, items (tracks, or artists) and counts.
 *
 * A line has three columns, which tabs or commas separate (columns.h); the first may be a heading. Or lines are
 * objects: {"user":…,"item":…,"count":…}, with "track" or "artist" for "item", and "plays" for "count". Which it is
 * is told by the first line. Users and items are any text. A count is a number above 0. Lines of the same user and item
 * are added up.
 *
 * Where all items are non-negative integers below 2^31, they are ids: items are numbered in their ascending order.
 * Else they are numbered in the order in which they first appear, and the number is the id. Users are numbered as they
 * appear.
 */
#ifndef BOTIFY_PLAYS_H
#define BOTIFY_PLAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/intern.h"

struct play {
	uint32_t user, item;
	double count;
};

struct plays {
	struct play *list; /* n, by user and, of a user, by item */
	size_t n, cap;
	size_t *user_first; /* n_users + 1: user u has the plays user_first[u] .. user_first[u + 1] - 1 */
	size_t n_users, n_items;
	uint32_t *item_ids; /* n_items, ascending */
	bool has_ids;	    /* they are those of the file */
	size_t repeated;    /* lines of a user and an item that had been there before */

	/* private */
	struct intern users, items;
	uint32_t *names;   /* n_items: the place of an item in `items` */
	uint32_t *numbers; /* the other way round */
};

/*
 * Reads a file; "-" is standard input. One without a line is an error, too. Returns 0, or -1 with file, line and
 * reason. Free with plays_clear in either case.
 */
int plays_load(struct plays *p, const char *path, struct errmsg *e);
void plays_clear(struct plays *p);

/* What the file calls an item. */
const char *plays_item(const struct plays *p, size_t item);

/* The item that the file calls so, or n_items. */
size_t plays_find(const struct plays *p, const char *name);

/* Whether a text is a non-negative integer below 2^31, as it is written without leading zeros; and which. */
bool plays_is_id(const char *text, uint32_t *id);

#endif

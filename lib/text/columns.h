/*
 * columns: lines of text in columns that tabs or commas separate.
 *
 * Spaces around a field are not part of it. Between commas a field may stand in double quotes, as in RFC 4180: commas
 * are part of it then, and two double quotes stand for one; it ends on its line.
 */
#ifndef BOTIFY_COLUMNS_H
#define BOTIFY_COLUMNS_H

#include <stddef.h>

#include "base/errmsg.h"

enum { COLUMNS_MAX = 8 };

/* Zero-initialise; free with columns_clear. */
struct columns {
	char separator;		 /* 0: a tab, where the next line has one, or else a comma */
	char *field[COLUMNS_MAX]; /* NUL-terminated; valid until the next call */
	size_t n;		 /* fields of the line, of which the first COLUMNS_MAX are here */

	/* private */
	char *buf;
	size_t cap;
};

/*
 * Splits a line. Returns 0, or -1 with the reason: a NUL byte, bytes that are not UTF-8, quotes that do not end.
 */
int columns_split(struct columns *c, const char *text, size_t len, struct errmsg *e);
void columns_clear(struct columns *c);

#endif

/*
 * bad_lines: how many lines of a log may be something else than events before a run counts as failed.
 */
#ifndef BOTIFY_BAD_LINES_H
#define BOTIFY_BAD_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/errmsg.h"

/* So many lines, or so many of a hundred that are not blank. A zeroed struct allows none. */
struct bad_lines {
	uint64_t lines;
	double percent;
};

/* What became of the lines of a log, and of its files. */
struct log_count {
	uint64_t events, bad; /* lines */
	uint64_t unread;      /* files that could not be read, or not to the end */
};

/* Parses "7" or "0.1%". Returns 0; or -1 with the reason, which begins with `what`. */
int bad_lines_parse(struct bad_lines *b, const char *what, const char *text, struct errmsg *e);

/* Whether so much may be. Files that were not read never may, and neither may a log of bad lines alone. */
bool bad_lines_allow(const struct bad_lines *b, const struct log_count *count);

#endif

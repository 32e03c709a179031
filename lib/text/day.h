/*
 * day: days of the calendar, in UTC, to and from text.
 */
#ifndef BOTIFY_DAY_H
#define BOTIFY_DAY_H

#include <stdint.h>

#include "base/errmsg.h"

enum { DAY_SIZE = 16, DAY_MS = 86400000 };

/*
 * Parses YYYY-MM-DD, as `what` takes it, into the ms since the epoch at which the day begins. 0, or -1 with the
 * reason.
 */
int day_parse(const char *what, const char *text, int64_t *ms, struct errmsg *e);

/* Parses a moment: such a day, or a whole number of ms since the epoch. Likewise. */
int day_parse_moment(const char *what, const char *text, int64_t *ms, struct errmsg *e);

/* Writes the day in which the moment `ms` lies as YYYY-MM-DD. Returns text. */
const char *day_format(char text[DAY_SIZE], int64_t ms);

#endif

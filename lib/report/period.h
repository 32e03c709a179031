/*
 * period (private to lib/report): from when to when a report tells of an experiment, and which days of the log have no
 * place in that.
 *
 * A log may have a few events of a broken clock, in 1970 or 2100, beside which the axis of a chart would show all
 * other days as one. The middle of a log are the days from the first one to the last one that more than 5 % of the
 * users reach from outside; a user counts on each day on which a session of theirs ended. A day is far off where it is
 * more than 30 days and twice the length of the middle away from it. Of fewer than 20 users nobody is less than 5 %,
 * and no day is far off.
 */
#ifndef BOTIFY_PERIOD_H
#define BOTIFY_PERIOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "report/section.h"

/* Days are numbers, 0 is 1970-01-01. {0}: there are none. */
struct period {
	int64_t first, last; /* the days that are not far off */
	size_t n, far;	     /* how many days the log has of both kinds */
};

/* The period of n days, ascending, with so many users on each. */
struct period period_of(const int64_t *days, const uint64_t *users, size_t n);

static inline bool period_holds(const struct period *p, int64_t day)
{
	return p->n > 0 && day >= p->first && day <= p->last;
}

/* Where the rows of an experiment stand in the section of days (sections.h): arm after arm, each with the same days. */
struct period_rows {
	size_t first, days, arms;
};

struct period_rows period_rows_of(const struct section *s, const char *experiment);

/* The day of a row. */
int64_t period_day(const struct section *s, size_t row);

/* The period of these rows. Returns 0, or -1 where there is no memory. */
int period_of_rows(struct period *p, const struct section *s, const struct period_rows *rows, struct errmsg *e);

#endif

/*
 * clock: whether the timestamps of a log, which are taken as milliseconds, look like another unit.
 */
#ifndef BOTIFY_CLOCK_H
#define BOTIFY_CLOCK_H

#include "study/study.h"

/* The same of one timestamp; see below. */
const char *clock_unit_of(int64_t timestamp);

/*
 * The unit that the timestamps look like: "seconds", "microseconds" or "nanoseconds", where the latest timestamps of
 * most users are in the years 2001 to 2286 in that unit, while as milliseconds they would be in early 1970, or in the
 * year 33658 or later. NULL where they look like milliseconds; also after partial_read, for parts keep no timestamps of
 * users.
 */
const char *clock_unit(const struct study *s);

#endif

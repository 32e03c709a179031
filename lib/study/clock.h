/*
 * clock: whether the timestamps of a log can be milliseconds, as which they are taken.
 */
#ifndef BOTIFY_CLOCK_H
#define BOTIFY_CLOCK_H

#include "study/study.h"

/* The unit that one timestamp looks like, as below. */
const char *clock_unit_of(int64_t timestamp);

/*
 * The unit that the timestamps look like, where that is another one: "seconds", "microseconds" or "nanoseconds".
 * Most users' latest timestamp is then one of the years 2001 to 2286 in that unit, and as milliseconds would be of
 * early 1970, or of the year 33658 or later. NULL where nothing speaks for another unit; after partial_read nothing
 * does, for parts keep no timestamps of users.
 */
const char *clock_unit(const struct study *s);

#endif

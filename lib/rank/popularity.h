/*
 * popularity: how often and for how long each track was listened to.
 *
 * The time of a track is a sum of whole billionths of a track: exact for times of up to nine decimals (those of
 * botify-sim have two), and to the nearest billionth for others. Sums of integers do not depend on the order of
 * their terms, so any order of the events and any split of a log gives the same counts, the same ranking, the same
 * bytes. Floating point sums would not: two tracks with equal times could trade places.
 */
#ifndef BOTIFY_POPULARITY_H
#define BOTIFY_POPULARITY_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/id_index.h"

#define POPULARITY_MAX INT64_MAX /* plays or billionths of one track: nine thousand million whole listens */

struct popularity_count {
	uint32_t track; /* id */
	int64_t plays, billionths;
};

/* Zero-initialise; free with popularity_clear. Takes memory for each track once. */
struct popularity {
	struct popularity_count *counts; /* n of them, in the order of their first event */
	size_t n, cap;
	struct id_index index;
};

void popularity_clear(struct popularity *p);

/* Counts one play of `track`, of which the part `time` (0 .. 1) was listened to. Returns 0, or -1 with the reason. */
int popularity_add(struct popularity *p, uint32_t track, double time, struct errmsg *e);

/* The part of a track, as it is counted. */
int64_t popularity_billionths(double time);

/* Adds the counts of one track from elsewhere. Returns 0, or -1 with the reason (also where a sum would overflow). */
int popularity_add_count(struct popularity *p, const struct popularity_count *count, struct errmsg *e);

/* Adds all counts of `from`. Returns 0, or -1 with the reason. */
int popularity_merge(struct popularity *p, const struct popularity *from, struct errmsg *e);

/* The time of a track, in tracks: correctly rounded up to 9 million of them. */
double popularity_time(const struct popularity_count *count);

/*
 * The p->n counts, most time first, ties by lower id; or by id. New, also where there are none; NULL where there is no
 * memory.
 */
struct popularity_count *popularity_ranked(const struct popularity *p);
struct popularity_count *popularity_by_track(const struct popularity *p);

#endif

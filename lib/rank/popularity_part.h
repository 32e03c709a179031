/*
 * popularity_part: how often tracks, or what else has ids, were counted, in a part (text/part.h): how many there are,
 * and of each, by ascending id, how much the id is above the one before, and the plays. Times are not in it.
 */
#ifndef BOTIFY_POPULARITY_PART_H
#define BOTIFY_POPULARITY_PART_H

#include "base/errmsg.h"
#include "rank/popularity.h"
#include "text/part.h"

/* Returns 0, or -1 where there is no memory. */
int popularity_pack(struct part_bytes *b, const struct popularity *p);

/* Adds what was packed. Returns 0, or -1 with the reason. */
int popularity_unpack(struct part_numbers *in, struct popularity *p, struct errmsg *e);

#endif

/*
 * decayed: sums of weighted events of each track, of which older events count less: by half for each half-life that
 * they are older than a moment which need not be known before the end.
 *
 * An event at time t, in half-lives since 1970, has the weight 2^(t - T) at the moment T. Let k be the whole part of t
 * and f the rest: the weight is 2^f * 2^k * 2^-T. What is kept of a track is a sum of the 2^f for each k that occurs,
 * so that T may be chosen afterwards, and any parts of a log can be added up. The terms are rounded to whole billionths
 * and added as integers: the order of the events, and any split of them, makes no difference. A term is off by half a
 * billionth at most; totals are made of the sums from the oldest on, in doubles.
 *
 * Without a half-life all have k = 0 and f = 0. Memory grows with the tracks, times the half-lives in which they occur.
 */
#ifndef BOTIFY_DECAYED_H
#define BOTIFY_DECAYED_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/id_index.h"

/* A number of 0 or above in whole billionths: more of them than 64 bits hold. */
struct amount {
	uint64_t whole;
	uint32_t billionths;
};

double amount_value(struct amount a);

/* The events of a track in one half-life. */
struct decayed_sum {
	int64_t period;	      /* k */
	struct amount weight; /* sum of the weights */
	struct amount value;  /* sum of weight * value */
};

struct decayed_track {
	uint32_t track;		  /* id */
	struct decayed_sum *sums; /* n of them, in ascending order of the period */
	size_t n, cap;
};

/* Zero-initialise; free with decayed_clear. */
struct decayed {
	struct decayed_track *list; /* n of them, in the order of their first event */
	size_t n, cap;
	struct id_index index; /* places in `list`, from 1 */
};

void decayed_clear(struct decayed *d);

/*
 * Adds an event at `timestamp` (ms) of a track: of this weight before it ages (0 to 1e15), and this value (0 to 1).
 * half_life is in ms; 0: events do not age, and have no need of a timestamp. Returns 0, or -1 with the reason.
 */
int decayed_add(struct decayed *d, uint32_t track, int64_t timestamp, int64_t half_life, double weight, double value,
		struct errmsg *e);

/* Adds a sum from elsewhere. Returns 0, or -1 with the reason. */
int decayed_add_sum(struct decayed *d, uint32_t track, const struct decayed_sum *sum, struct errmsg *e);

/* Adds all sums of `from`. Returns 0, or -1 with the reason. */
int decayed_merge(struct decayed *d, const struct decayed *from, struct errmsg *e);

/* The sums of a track; NULL where there are none. */
const struct decayed_track *decayed_of(const struct decayed *d, uint32_t track);

struct decayed_total {
	double weight, value;
};

/* What they come to at `moment` (ms). `t` may be NULL. */
struct decayed_total decayed_total(const struct decayed_track *t, int64_t moment, int64_t half_life);

#endif

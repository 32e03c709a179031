/*
 * expected: which track each user was recommended last, and how likely that was: an event carries the recommendation
 * that the user's next event listens to.
 */
#ifndef BOTIFY_EXPECTED_H
#define BOTIFY_EXPECTED_H

#include <stddef.h>
#include <stdint.h>

#include "base/id_index.h"
#include "event/event.h"

struct expected_track {
	uint32_t track; /* or EVENT_NO_TRACK */
	double weight;	/* see expected_weight */
};

/* Zero-initialise. Takes memory for each user. */
struct expected {
	struct id_index users; /* places in `list`, from 1 */
	struct expected_track *list; /* n of them */
	size_t n, cap;
};

void expected_clear(struct expected *x);

/* What a listen to the recommendation of an event weighs: 1 divided by its probability; NaN where that is not known. */
double expected_weight(const struct event *ev);

/*
 * Whether the track of an event was recommended by its user's event before it, and then what that weighs in *weight.
 * What it recommends itself is expected from now on. Returns 1 or 0; or -1 where there is no memory.
 */
int expected_meets(struct expected *x, const struct event *ev, double *weight);

#endif

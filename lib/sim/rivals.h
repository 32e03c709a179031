/*
 * rivals: other recommenders, by which a session that was played is played again: the same user with the same interest
 * and first track, whose boredom is drawn alike.
 */
#ifndef BOTIFY_RIVALS_H
#define BOTIFY_RIVALS_H

#include <stddef.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "sim/simulation.h"

struct rival {
	const char *name;
	const char *command; /* for sh -c: a recommender, as botify-sim takes one */
};

/* All pointers are borrowed. */
struct rivals {
	const struct rival *list; /* n of them, beside the random agent and the oracle, who always play */
	size_t n;
	double timeout; /* seconds that a reply may take */
};

/*
 * Plays the session again by each, and prints how many tracks and how much time came of it beside those of the one that
 * was played, which is told under the name "you". What became of a recommender that fails stands in its line. Returns
 * 0; 1 where the stop descriptor became readable; or -1 with the reason, where there is no memory.
 */
int rivals_play(const struct rivals *r, const struct simulation *s, const struct sim_session *played, int stop_fd,
		FILE *dialogue, struct errmsg *e);

#endif

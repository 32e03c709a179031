/*
 * agent: plays a simulation without a recommender: every track is a uniform draw from the catalog.
 */
#ifndef BOTIFY_AGENT_H
#define BOTIFY_AGENT_H

#include <stdbool.h>

#include "base/errmsg.h"
#include "base/out.h"
#include "sim/simulation.h"

/*
 * Plays all sessions, one after the other, and writes their events to the log. Returns 1 when all have ended, 0 when it
 * was told to stop, -1 with the reason where something failed (errors of the log stick to it and count as failures).
 */
int agent_play_random(struct simulation *s, uint64_t seed, struct out *log, const struct simulation_watch *watch,
		      struct errmsg *e);

#endif

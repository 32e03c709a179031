/*
 * agent: plays a simulation without a recommender: what answers is a function in the same program.
 *
 * The random agent draws every track uniformly from the catalog; the oracle knows what no recommender may know
 * (oracle.h).
 */
#ifndef BOTIFY_AGENT_H
#define BOTIFY_AGENT_H

#include "base/errmsg.h"
#include "base/out.h"
#include "sim/simulation.h"

enum agent_kind { AGENT_RANDOM, AGENT_ORACLE };

/*
 * Plays all sessions, one after the other, and writes their events to the log. Errors of the log stick to it and
 * count as failures.
 */
enum simulation_outcome agent_play(struct simulation *s, enum agent_kind kind, uint64_t seed, struct out *log,
				   const struct simulation_watch *watch, struct errmsg *e);

#endif

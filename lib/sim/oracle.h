/*
 * oracle (private to lib/sim): which track a listener would listen to longest, by the hidden embeddings and the user
 * model themselves. No recommender that has to learn from logs passes it: it is the bound for every policy in a
 * world.
 */
#ifndef BOTIFY_ORACLE_H
#define BOTIFY_ORACLE_H

#include <stdint.h>

#include "sim/simulation.h"

/* A track that has not been played, and what it was worth when its artist had been played so often. */
struct oracle_track {
	double worth; /* the logarithm of listener_time before it is rounded */
	uint32_t track, artist_plays;
};

/* Zero-initialise. */
struct oracle {
	struct oracle_track *heap; /* n, the best on top */
	size_t n;
};

void oracle_clear(struct oracle *o);

/* Weighs all tracks for a session that has begun. Returns 0, or -1 where there is no memory. Takes linear time. */
int oracle_begin(struct oracle *o, const struct simulation *s, const struct sim_session *session);

/*
 * The track that the listener of the session would listen to longest now, of equal ones the lower index; track 0
 * where all have been played.
 */
uint32_t oracle_next(struct oracle *o, const struct simulation *s, const struct sim_session *session);

#endif

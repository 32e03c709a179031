/*
 * listener (private to lib/sim): how much of a track somebody listens to. The user model of botify-sim(1), which is
 * the one of the original botify simulator.
 */
#ifndef BOTIFY_LISTENER_H
#define BOTIFY_LISTENER_H

#include <stdint.h>

#include "world/users.h"

/*
 * The part of a track that is listened to, 0 .. 1 in steps of 0.01, if the session has not played it yet:
 *
 *     round2(sigmoid((affinity - consume_bias) * consume_sharpness) * artist_discount_gamma ^ artist_plays)
 *
 * affinity is the inner product of the track with the session's interest, artist_plays how often the session has played
 * the track's artist, round2 rounds to two decimals, half to even.
 */
double listener_time(const struct user *u, double affinity, uint32_t artist_plays);

#endif

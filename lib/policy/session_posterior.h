/*
 * session_posterior (private to session_live): what is known of (q, b) in a session, as a Gaussian.
 *
 * A mean, and a covariance that is the one at the start, diagonal, less the sum of w w' over what was observed. The w
 * are kept as they are while they are few, and as a matrix, their sum, from then on: so an observation costs no more
 * in the thousandth track of a session than in the hundredth.
 */
#ifndef BOTIFY_SESSION_POSTERIOR_H
#define BOTIFY_SESSION_POSTERIOR_H

#include <stddef.h>

#include "world/session_math.h"

struct session_posterior {
	float q[SESSION_DIM], b;
	float q_var, b_var; /* at the start, of each coordinate and of b */
	float *w;	    /* n of SESSION_DIM + 1; or the matrix, in rows that are padded */
	size_t n, cap;
};

/* Begins with a mean and variances, and forgets what was observed. Memory is kept; a zeroed struct has none. */
void session_posterior_begin(struct session_posterior *p, const float *q, float q_var, float b, float b_var);
void session_posterior_clear(struct session_posterior *p);

/*
 * Learns that a listen to a track at e said `o` of s (q.e - b + an error of this variance): a Kalman step; where it
 * is a bound, by the moments of a truncated normal. Returns 0, or -1 where there is no memory, and then nothing has
 * changed.
 */
int session_posterior_observe(struct session_posterior *p, const float *e, const struct session_bound *o, float s,
			      double noise);

#endif

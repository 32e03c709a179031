/*
 * session_step (private to lib/train): what the half steps of the session model share: session_rows.c and
 * session_tracks.c.
 */
#ifndef BOTIFY_SESSION_STEP_H
#define BOTIFY_SESSION_STEP_H

#include "train/session_equations.h"
#include "train/session_fit.h"

/*
 * How far a vector goes to where it would be best while the others stay: beyond, since those follow. It converges in
 * about half as many iterations (successive over-relaxation: Young 1954; any factor below 2 goes down).
 */
static inline float session_reach(const struct session_fit *f)
{
	return f->ramp < 1 || f->alone ? 1 : 1.25f;
}

/* Prefetching so many listens ahead hides that vectors lie all over memory. */
enum { SESSION_AHEAD = 6 };

static inline __attribute__((always_inline)) void session_prefetch(const float *vector, const float *var)
{
	enum { LINE = 64 / sizeof(float) };

	for (int k = 0; k < SESSION_DIM; k += LINE) {
		__builtin_prefetch(vector + k);
		__builtin_prefetch(var + k);
	}
}

/* By what the variance of the other vector is to be multiplied to give that of the product: x^2 + the own variance. */
static inline void session_squares(const float *x, const float *var, float ramp, float *y)
{
	for (int k = 0; k < SESSION_DIM; k++)
		y[k] = ramp * (x[k] * x[k] + var[k]);
}

/* A row and a track that opened it lie near each other: adds to the equations of the one where the other is. */
static inline void session_add_opening(const struct session_fit *f, struct equations *q, const float *vector,
				       const float *var)
{
	for (int k = 0; k < SESSION_DIM; k++) {
		float p = 1 / (f->c.first[k] + f->ramp * var[k]);

		q->precision[k] += p;
		q->rhs[k] += p * vector[k];
	}
}

#endif

/*
 * session_math: what a listen says in the session model (see session_model.h), and products of its vectors.
 *
 * time = factors[k] sigmoid(z), z = s (x - b), rounded to hundredths: so a time says that z lies in an interval, which
 * at 0 and at the top is open at one end. All sums are taken in an order that is fixed: the same numbers on every
 * machine.
 */
#ifndef BOTIFY_SESSION_MATH_H
#define BOTIFY_SESSION_MATH_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "world/session_model.h"

enum { SESSION_TIMES = 101, SESSION_LANES = 8 };

/* Some coordinates at once. */
typedef float session_lanes __attribute__((vector_size(SESSION_LANES * sizeof(float)), aligned(4), may_alias));

/*
 * Before a function that is worth a second version for processors with AVX2. Both give the same numbers: the operations
 * and their order are those that the source says. Clang calls what it makes of it by another name in other files; and
 * with ThreadSanitizer the version would be chosen before its memory is there.
 */
#if defined __x86_64__ && defined __gnu_linux__ && defined __has_attribute && !defined __clang__ && \
	!defined __SANITIZE_THREAD__
#if __has_attribute(target_clones)
#define SESSION_CLONES __attribute__((target_clones("avx2", "default")))
#endif
#endif
#ifndef SESSION_CLONES
#define SESSION_CLONES
#endif

enum session_bound_kind { SESSION_NOTHING, SESSION_INSIDE, SESSION_BELOW, SESSION_ABOVE };

/* What a time says of z: it is about `z` with variance `r`, the interval's and some more; or below z, or above it. */
struct session_bound {
	enum session_bound_kind kind;
	float z, r;
	float low, high; /* the interval itself, where it is closed */
};

struct session_bounds {
	struct session_bound of[SESSION_PLAYS_MAX + 1][SESSION_TIMES];
};

/* gamma^k for each k. */
void session_factors_fill(double factors[SESSION_PLAYS_MAX + 1], double gamma);

/* Bounds for all times and numbers of earlier plays of the artist, after which that factor of a time is left. */
void session_bounds_make(struct session_bounds *b, const double factors[SESSION_PLAYS_MAX + 1]);

/* Has listens whose artist was played before say nothing. */
void session_bounds_forget_repeats(struct session_bounds *b);

static inline const struct session_bound *session_bound_of(const struct session_bounds *b, uint32_t plays,
							   uint32_t hundredths)
{
	return &b->of[plays < SESSION_PLAYS_MAX ? plays : SESSION_PLAYS_MAX][hundredths];
}

/* phi(a) / Phi(a): how far a standard normal variate that is known to lie below a is expected to lie below 0. */
double session_hazard(double a);

/* A bound as a Gaussian observation y of x, with this weight, linearised at x. */
struct session_evidence {
	float y, w;
};

/* Returns false where it says next to nothing. `noise` is the variance around x. */
bool session_observe(const struct session_bound *o, float s, float b, float x, float noise,
		     struct session_evidence *ev);

/*
 * log(1 + exp(-a)) for a from 0 to SESSION_LOG1P_EXP_MOST, to 4e-7 of itself: by the series of exp and of atanh
 * (log(1 + t) is 2 atanh(t / (2 + t))). Not by the C library, which differs between machines and does not do several
 * at once.
 */
#define SESSION_LOG1P_EXP_MOST 87.0f

static inline __attribute__((always_inline)) float session_log1p_exp(float a)
{
	const float to_integer = 12582912.0f, per_ln2 = 1.44269504f, ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
	float n = (a * per_ln2 + to_integer) - to_integer;
	float r = (n * ln2_high - a) + n * ln2_low, t, s, s2, power;
	int32_t bits = (127 - (int32_t)n) * (1 << 23); /* of 2^-n */

	memcpy(&power, &bits, sizeof power);
	t = 1 + r * (1 + r * (1.0f / 2 + r * (1.0f / 6 + r * (1.0f / 24 + r * (1.0f / 120 + r * (1.0f / 720))))));
	t *= power;
	s = t / (2 + t);
	s2 = s * s;
	t = 1.0f / 7 + s2 * (1.0f / 9 + s2 * (1.0f / 11 + s2 * (1.0f / 13)));
	return 2 * s * (1 + s2 * (1.0f / 3 + s2 * (1.0f / 5 + s2 * t)));
}

static inline __attribute__((always_inline)) float session_log1p_exp_argument(float z)
{
	return fabsf(z) < SESSION_LOG1P_EXP_MOST ? fabsf(z) : SESSION_LOG1P_EXP_MOST;
}

/* The logarithm of the logistic function. */
static inline __attribute__((always_inline)) float session_log_sigmoid(float z)
{
	return (z < 0 ? z : 0) - session_log1p_exp(session_log1p_exp_argument(z));
}

/*
 * The same numbers for SESSION_TILE at once, in place. The choices are made in a loop of their own: with them in the
 * same one gcc finds branches, and does one after another.
 */
enum { SESSION_TILE = 64 };

static inline __attribute__((always_inline)) void session_log_sigmoids(float z[SESSION_TILE])
{
	float a[SESSION_TILE];

	for (int i = 0; i < SESSION_TILE; i++) {
		a[i] = session_log1p_exp_argument(z[i]);
		z[i] = z[i] < 0 ? z[i] : 0;
	}
	for (int i = 0; i < SESSION_TILE; i++)
		z[i] -= session_log1p_exp(a[i]);
}

/* The product of two vectors of SESSION_DIM; the same where a loop is worth the code. */
float session_dot(const float *a, const float *b);

static inline __attribute__((always_inline)) float session_dot_inline(const float *a, const float *b)
{
	session_lanes s0 = {0}, s1 = {0};

	for (int i = 0; i < SESSION_DIM; i += 2 * SESSION_LANES) {
		s0 += *(const session_lanes *)(a + i) * *(const session_lanes *)(b + i);
		s1 += *(const session_lanes *)(a + i + SESSION_LANES) * *(const session_lanes *)(b + i + SESSION_LANES);
	}
	s0 += s1;
	return ((s0[0] + s0[4]) + (s0[1] + s0[5])) + ((s0[2] + s0[6]) + (s0[3] + s0[7]));
}

/* The same numbers for one vector and n that lie one after another. */
void session_dots(const float *a, const float *many, size_t n, float *products);

#endif

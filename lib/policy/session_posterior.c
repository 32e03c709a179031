#include "policy/session_posterior.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

enum { D = SESSION_DIM, W = SESSION_DIM + 1, PADDED = W + SESSION_LANES - 1 - (W - 1) % SESSION_LANES, MOST_W = 64 };

void session_posterior_begin(struct session_posterior *p, const float *q, float q_var, float b, float b_var)
{
	memcpy(p->q, q, sizeof p->q);
	p->b = b;
	p->q_var = q_var;
	p->b_var = b_var;
	p->n = 0;
}

void session_posterior_clear(struct session_posterior *p)
{
	free(p->w);
	*p = (struct session_posterior){0};
}

/*
 * What an observation of m = q.e - b, which is N(m, spread), does to it: moves it by *shift, takes *less off its
 * variance.
 */
static bool weigh(const struct session_bound *o, float s, double m, double spread, double noise, double *shift,
		  double *less)
{
	double total = spread + noise, sd = sqrt(total), sign, a, h;

	if (o->kind == SESSION_NOTHING)
		return false;
	if (o->kind == SESSION_INSIDE) {
		total += o->r / (s * s);
		*shift = spread * (o->z / s - m) / total;
		*less = spread * spread / total;
		return true;
	}
	sign = o->kind == SESSION_BELOW ? 1 : -1;
	a = sign * (o->z / s - m) / sd;
	h = session_hazard(a);
	*shift = -sign * spread / sd * h;
	*less = spread * spread / total * h * (h + a);
	return *less > 1e-6 * spread;
}

/* Takes what was observed off the covariance of (q, b) with q.e - b. */
SESSION_CLONES
static void take_vectors(const struct session_posterior *p, const float *e, float gain[PADDED])
{
	for (size_t i = 0; i < p->n; i++) {
		const float *w = p->w + i * W;
		float by = session_dot_inline(w, e) - w[D];

		for (int k = 0; k < W; k++)
			gain[k] -= by * w[k];
	}
}

/* The same, where the sum of what was observed is a matrix, which is symmetric. */
SESSION_CLONES
static void take_matrix(const struct session_posterior *p, const float *e, float gain[PADDED])
{
	for (int i = 0; i < W; i++) {
		const float *row = p->w + i * PADDED;
		float by = i < D ? e[i] : -1;

		for (int k = 0; k < PADDED; k++)
			gain[k] -= by * row[k];
	}
}

/* Adds w w' to the matrix. */
SESSION_CLONES
static void add_to_matrix(float *matrix, const float w[PADDED])
{
	for (int i = 0; i < W; i++)
		for (int k = 0; k < PADDED; k++)
			matrix[i * PADDED + k] += w[i] * w[k];
}

/*
 * From MOST_W vectors to the sum of their w w' as a matrix: row by row, so that a row stays in registers; each element
 * is summed in the order of the vectors, as if they had been added one after another.
 */
SESSION_CLONES
static void sum_rows(const float *vectors, float *matrix)
{
	for (int i = 0; i < W; i++) {
		float row[PADDED] = {0};

		for (int n = 0; n < MOST_W; n++) {
			const float *w = vectors + n * PADDED;

			for (int k = 0; k < PADDED; k++)
				row[k] += w[i] * w[k];
		}
		memcpy(matrix + i * PADDED, row, sizeof row);
	}
}

/* Puts that matrix in the place of the vectors. Returns 0, or -1 where there is no memory. */
static int sum_up(struct session_posterior *p)
{
	float vectors[MOST_W * PADDED] = {0};

	if (p->cap < PADDED) {
		float *matrix = realloc(p->w, W * PADDED * sizeof *matrix); /* not grow(): it will not grow again */

		if (!matrix)
			return -1;
		p->w = matrix;
		p->cap = PADDED; /* of W */
	}
	for (size_t i = 0; i < MOST_W; i++)
		memcpy(vectors + i * PADDED, p->w + i * W, W * sizeof *vectors);
	sum_rows(vectors, p->w);
	return 0;
}

/* Notes one more w. Returns 0, or -1 where there is no memory. */
static int note(struct session_posterior *p, const float w[PADDED])
{
	if (p->n < MOST_W) {
		float *vectors = grow(p->w, &p->cap, p->n + 1, W * sizeof *vectors);

		if (!vectors)
			return -1;
		p->w = vectors;
		memcpy(p->w + p->n * W, w, W * sizeof *w);
	} else {
		if (p->n == MOST_W && sum_up(p) < 0)
			return -1;
		add_to_matrix(p->w, w);
	}
	p->n++;
	return 0;
}

int session_posterior_observe(struct session_posterior *p, const float *e, const struct session_bound *o, float s,
			      double noise)
{
	float gain[PADDED] = {0}, w[PADDED] = {0};
	double spread, shift, less, m = session_dot(p->q, e) - p->b;

	for (int k = 0; k < D; k++)
		gain[k] = p->q_var * e[k];
	gain[D] = -p->b_var;
	if (p->n <= MOST_W)
		take_vectors(p, e, gain);
	else
		take_matrix(p, e, gain);
	spread = session_dot(gain, e) - gain[D];
	if (!(spread > 1e-9) || !weigh(o, s, m, spread, noise, &shift, &less))
		return 0;
	for (int k = 0; k < W; k++)
		w[k] = gain[k] * (float)(sqrt(less) / spread);
	if (note(p, w) < 0)
		return -1;
	for (int k = 0; k < D; k++)
		p->q[k] += gain[k] * (float)(shift / spread);
	p->b += gain[D] * (float)(shift / spread);
	return 0;
}

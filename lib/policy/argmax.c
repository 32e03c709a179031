#include "policy/argmax.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "world/session_math.h"

enum { BLOCK = ARGMAX_BLOCK, LANES = SESSION_LANES };

void argmax_clear(struct argmax *a)
{
	free(a->values);
	free(a->largest);
	*a = (struct argmax){0};
}

static size_t pad_blocks(size_t n_blocks)
{
	return (n_blocks + LANES - 1) / LANES * LANES;
}

static int make_room(struct argmax *a, size_t n_blocks)
{
	if (n_blocks <= a->cap)
		return 0;
	argmax_clear(a);
	a->values = malloc(n_blocks * BLOCK * sizeof *a->values);
	a->largest = malloc(pad_blocks(n_blocks) * sizeof *a->largest);
	a->cap = a->values && a->largest ? n_blocks : 0;
	return a->cap > 0 ? 0 : -1;
}

/* The largest of n, a multiple of LANES. */
static inline __attribute__((always_inline)) float largest_of(const float *x, size_t n)
{
	float most[LANES];

	memcpy(most, x, sizeof most);
	for (size_t i = LANES; i < n; i += LANES)
		for (int k = 0; k < LANES; k++)
			most[k] = x[i + k] > most[k] ? x[i + k] : most[k];
	for (int half = LANES / 2; half > 0; half /= 2)
		for (int k = 0; k < half; k++)
			most[k] = most[k + half] > most[k] ? most[k + half] : most[k];
	return most[0];
}

/* Where in n there is a value; n where nowhere. */
static inline __attribute__((always_inline)) size_t first_equal(const float *x, size_t n, float value)
{
	size_t i = 0;

	while (i < n && x[i] != value)
		i++;
	return i;
}

SESSION_CLONES
static void add_up(struct argmax *a, const float *x, const float *y, size_t n)
{
	float *values = a->values;

	for (size_t i = 0; i < a->n_blocks * BLOCK; i++)
		values[i] = x[i] + y[i];
	for (size_t i = n; i < a->n_blocks * BLOCK; i++)
		values[i] = -INFINITY;
	for (size_t b = 0; b < a->n_blocks; b++)
		a->largest[b] = largest_of(values + b * BLOCK, BLOCK);
	for (size_t b = a->n_blocks; b < pad_blocks(a->n_blocks); b++)
		a->largest[b] = -INFINITY;
}

int argmax_fill(struct argmax *a, const float *x, const float *y, size_t n)
{
	size_t n_blocks = argmax_padded(n) / BLOCK;

	if (make_room(a, n_blocks) < 0)
		return -1;
	a->n_blocks = n_blocks;
	add_up(a, x, y, n);
	return 0;
}

SESSION_CLONES
size_t argmax_find(const struct argmax *a)
{
	float largest = largest_of(a->largest, pad_blocks(a->n_blocks));
	size_t block = first_equal(a->largest, a->n_blocks - 1, largest);

	return block * BLOCK + first_equal(a->values + block * BLOCK, BLOCK - 1, largest);
}

SESSION_CLONES
void argmax_set(struct argmax *a, size_t i, float value)
{
	size_t block = i / BLOCK;

	a->values[i] = value;
	a->largest[block] = largest_of(a->values + block * BLOCK, BLOCK);
}

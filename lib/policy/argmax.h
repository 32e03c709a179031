/*
 * argmax (private to session_live): values of which the largest is asked for again and again while single ones change.
 *
 * The largest of each block is kept beside the values. So to find the largest of all costs a look at one value a block
 * and at one block, and to change a value a look at its block.
 */
#ifndef BOTIFY_ARGMAX_H
#define BOTIFY_ARGMAX_H

#include <stddef.h>

enum { ARGMAX_BLOCK = 32 };

/* A zeroed struct holds nothing. */
struct argmax {
	float *values;	/* n_blocks of ARGMAX_BLOCK; after the last value there is -infinity */
	float *largest; /* of each block; padded with -infinity */
	size_t n_blocks, cap;
};

/* How many there are when n are filled up to whole blocks: at least one block. */
static inline size_t argmax_padded(size_t n)
{
	return (n / ARGMAX_BLOCK + 1) * ARGMAX_BLOCK;
}

/*
 * Takes the sums of two arrays of n as values, none of them NaN. Both have room for argmax_padded(n), where what is
 * after n is of no matter. Returns 0, or -1 where there is no memory.
 */
int argmax_fill(struct argmax *a, const float *x, const float *y, size_t n);
void argmax_clear(struct argmax *a);

/* The place of the largest value, the first where some are equal. */
size_t argmax_find(const struct argmax *a);

/* Changes a value; not to NaN. */
void argmax_set(struct argmax *a, size_t i, float value);

#endif

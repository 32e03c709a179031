/*
 * rotation (private to lib/sim): rows turned to their principal axes, so that the first columns of a product say most
 * of it, and the Cauchy-Schwarz inequality bounds what the others can add.
 *
 * The axes are those of the second moments, not of the covariance, as it is inner products that are looked at. Which
 * axes they are decides how quick a search is, never what it finds: any orthonormal basis keeps the products.
 */
#ifndef BOTIFY_ROTATION_H
#define BOTIFY_ROTATION_H

#include <stddef.h>
#include <stdint.h>

struct rotation {
	size_t rows, columns;
	float *vectors; /* rows x columns */
	float *rests;	/* by row: no less than the norm of its columns from `prefix` on; 0 where there are none */
	size_t prefix;	/* 1 .. columns */
	/* The product of two rows, as it was before, differs from what it is now by at most this times their norms. */
	double error;
};

/*
 * Turns rows of single precision, whose products are within its range. The prefix is all columns until it is set.
 * Returns 0, or -1 where there is no memory, or the axes cannot be had. Free with rotation_clear. OpenBLAS has to be
 * set to one thread, as for all of these.
 */
int rotation_init(struct rotation *r, const float *vectors, size_t rows, size_t columns);
void rotation_clear(struct rotation *r);

/* Parts the columns there. */
void rotation_set_prefix(struct rotation *r, size_t prefix);

/*
 * The prefix by which the k nearest of n tracks are found soonest, as far as a sample of them tells; all columns where
 * none would pay, or there is no memory.
 */
size_t rotation_best_prefix(const struct rotation *r, const uint32_t *tracks, size_t n, size_t k);

/* The product of two rows' columns from the prefix on. */
float rotation_rest(const struct rotation *r, const float *a, const float *b);

#endif

/*
 * dense: symmetric positive definite matrices of some thousand rows.
 *
 * The tiles are done by OpenBLAS and its LAPACK in one thread each, and shared between our threads by parallel.h, so
 * that results do not depend on how many there are.
 */
#ifndef BOTIFY_DENSE_H
#define BOTIFY_DENSE_H

#include <stddef.h>

/* Has OpenBLAS use the calling thread only, from now on. Every trainer begins with it. */
void dense_single_threaded(void);

/*
 * Replaces the n x n matrix `a`, of which only the part on and below the diagonal is read (row i, columns 0 .. i), by
 * its inverse, as a whole. Returns 0, or -1 where it is not positive definite.
 */
int dense_invert(double *a, size_t n, unsigned threads);

/*
 * Solves a x = b for one small matrix: d x d, of which the part on and above the diagonal is read (row i, columns i
 * ..), and which is overwritten. b becomes x. Returns 0, or -1 where it is not positive definite.
 */
int dense_solve(float *a, float *b, size_t d);

/*
 * The axes of a small symmetric matrix, d x d, of which the part on and above the diagonal is read: it becomes its
 * eigenvectors, one a row, and `values` its eigenvalues. Returns 0, or -1 where that fails or there is no memory.
 */
int dense_axes(float *a, float *values, size_t d);

#endif

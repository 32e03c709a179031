/*
 * known: the matrix of tests/reference/train_known.h, for tests that compare with what numpy and scipy made of it.
 */
#ifndef KNOWN_H
#define KNOWN_H

#include "train/csr.h"
#include "unit/check.h"

/* A matrix of numbers without those that are 0, and its transposed one. */
static inline void known_make(struct csr *x, struct csr *xt, const double *values, size_t n_rows, size_t n_columns)
{
	struct csr_builder b = {.n_rows = n_rows, .n_columns = n_columns};

	for (size_t i = 0; i < n_rows * n_columns; i++)
		if (values[i] != 0)
			CHECK(csr_add(&b, (uint32_t)(i / n_columns), (uint32_t)(i % n_columns), (float)values[i]) == 0);
	CHECK(csr_make(x, &b, CSR_SUM) == 0 && csr_transpose(xt, x) == 0);
}

/* Whether all n numbers are what they should be, to 1e-5. */
static inline int known_near(const float *got, const double *want, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(fabs(got[i] - want[i]) < 1e-5)) {
			printf("# number %zu is %g, not %g\n", i, got[i], want[i]);
			return 0;
		}
	return 1;
}

#endif

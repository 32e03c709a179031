#include "train/dense.h"

#include <stdlib.h>

#include "base/rng.h"
#include "unit/check.h"

/* B B' + I for a random B, which is positive definite; above the diagonal stands what nobody may read. */
static double *make_matrix(size_t n)
{
	double *b = malloc(n * n * sizeof *b), *a = malloc(n * n * sizeof *a);

	for (size_t i = 0; i < n; i++) {
		struct rng r = rng_at(1, RNG_TRAIN, (uint32_t)i, 0, 0);

		for (size_t j = 0; j < n; j++)
			b[i * n + j] = rng_uniform(&r) - .5;
	}
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			double sum = i == j;

			for (size_t k = 0; k < n; k++)
				sum += b[i * n + k] * b[j * n + k];
			a[i * n + j] = j > i ? NAN : sum;
		}
	free(b);
	return a;
}

static double at(const double *a, size_t n, size_t i, size_t j)
{
	return i >= j ? a[i * n + j] : a[j * n + i];
}

static void check_inverse(size_t n)
{
	double *a = make_matrix(n), *first = NULL, worst = 0;

	for (unsigned threads = 1; threads <= 3; threads++) {
		double *x = malloc(n * n * sizeof *x);

		memcpy(x, a, n * n * sizeof *x);
		CHECK(dense_invert(x, n, threads) == 0);
		CHECK(!first || memcmp(first, x, n * n * sizeof *x) == 0);
		free(first);
		first = x;
	}
	for (size_t i = 0; i < n; i += n / 7 + 1)
		for (size_t j = 0; j < n; j++) {
			double sum = -(double)(i == j);

			for (size_t k = 0; k < n; k++)
				sum += at(a, n, i, k) * first[k * n + j];
			worst = fmax(worst, fabs(sum));
		}
	CHECK(worst < 1e-9);
	free(first);
	free(a);
}

static void the_inverse_is_one_for_any_threads(void)
{
	check_inverse(1);
	check_inverse(5);
	check_inverse(256);
	check_inverse(600);
}

static void what_is_not_positive_definite_is_refused(void)
{
	double a[] = {1, 0, 2, 1};
	float s[] = {1, 2, 0, 1}, x[] = {1, 1};

	CHECK(dense_invert(a, 2, 1) < 0);
	CHECK(dense_solve(s, x, 2) < 0);
}

static void a_small_system_is_solved(void)
{
	float a[] = {4, 2, 9, 3}, b[] = {10, 8};

	CHECK(dense_solve(a, b, 2) == 0);
	CHECK_NEAR(b[0], 1.75, 1e-6);
	CHECK_NEAR(b[1], 1.5, 1e-6);
}

int main(void)
{
	dense_single_threaded();
	RUN(the_inverse_is_one_for_any_threads);
	RUN(what_is_not_positive_definite_is_refused);
	RUN(a_small_system_is_solved);
	return DONE();
}

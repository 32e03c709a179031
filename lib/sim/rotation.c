#include "sim/rotation.h"

#include <cblas.h>
#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"

/* LAPACK as OpenBLAS ships it. Its matrices are stored by columns, so eigenvectors come out as rows of ours. */
void dsyev_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
	    const int *lwork, int *info);

enum {
	CHUNK = 1024,		 /* rows that are turned at once */
	MOMENT_ROWS = 8192,	 /* rows whose second moments are taken */
	SAMPLE = 1024, SEEKERS = 8, /* products of so many rows with so many of the tracks choose the prefix */
	STEP = 16		 /* prefixes that are tried */
};

/* An axis is off by next to nothing, or something is wrong with them. */
static const double worst_axes = 0x1p-30;

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Some of the rows, evenly spread. */
static size_t spread(size_t i, size_t sample, size_t rows)
{
	return i * (rows / sample) + i * (rows % sample) / sample;
}

/* The second moments of a sample of the rows: new, d x d. NULL: no memory. */
static double *second_moments(const float *vectors, size_t rows, size_t d)
{
	size_t n = smaller(rows, MOMENT_ROWS);
	float *sample = malloc(n * d * sizeof *sample), *moments = malloc(d * d * sizeof *moments);
	double *axes = malloc(d * d * sizeof *axes);

	if (sample && moments && axes) {
		for (size_t i = 0; i < n; i++)
			memcpy(sample + i * d, vectors + spread(i, n, rows) * d, d * sizeof *sample);
		cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)d, (int)d, (int)n, 1, sample, (int)d, sample,
			    (int)d, 0, moments, (int)d);
		for (size_t i = 0; i < d * d; i++)
			axes[i] = moments[i];
	} else {
		free(axes);
		axes = NULL;
	}
	free(sample);
	free(moments);
	return axes;
}

/* Makes axes of moments, one a row, that of the least moment first. */
static int find_axes(double *a, size_t d)
{
	int n = (int)d, size = 34 * n, info = -1;
	double *work = malloc((size_t)size * sizeof *work), *values = malloc(d * sizeof *values);

	if (work && values)
		dsyev_("V", "L", &n, a, &n, values, work, &size, &info);
	free(work);
	free(values);
	return info == 0 ? 0 : -1;
}

/* No less than the Frobenius norm of Q'Q - I, or how far axes are from an orthonormal basis; -1: no memory. */
static double defect_of(const double *axes, size_t d)
{
	double *square = malloc(d * d * sizeof *square), sum = 0;

	if (!square)
		return -1;
	cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)d, (int)d, (int)d, 1, axes, (int)d, axes, (int)d, 0,
		    square, (int)d);
	for (size_t i = 0; i < d; i++)
		for (size_t j = 0; j < d; j++)
			sum += pow(square[i * d + j] - (i == j), 2);
	free(square);
	/* cells may be off by (d + 2) 2^-53 times the norms of two columns, which are about 1; there are d x d */
	return sqrt(sum) * 1.01 + (double)(d * (d + 2)) * 0x1p-52;
}

/*
 * With y = Qx + z for the row y that became of x, and |z| <= h|x|, and e the norm of Q'Q - I, products differ by at
 * most (e + 2h sqrt(1 + e) + h^2) |x1| |x2|. The product Qx in double precision is off by at most c |Q| |x| in each
 * cell, c = d 2^-53 / (1 - d 2^-53) (Higham 2002, "Accuracy and Stability of Numerical Algorithms", section 3.5), and
 * the Frobenius norm of Q is about sqrt(d): so h is that and the rounding to single precision, at most 2^-24 of a cell.
 */
static double error_of(double defect, size_t d)
{
	double h = (0x1p-24 + (double)d * sqrt((double)d) * 0x1p-53) * 1.01;

	return defect + 2.01 * h;
}

/* The rows are turned in double precision, which costs little and keeps the margin of error small. */
struct turning {
	const float *from;
	const double *axes;
	struct rotation *to;
	double *scratch[PARALLEL_THREADS_MAX]; /* by thread: CHUNK rows before, and CHUNK after */
	atomic_bool failed;
};

static void turn_rows(void *turning, size_t begin, size_t end, unsigned thread)
{
	struct turning *t = turning;
	size_t d = t->to->columns, n = end - begin;
	double *before = t->scratch[thread], *after;
	float *to = t->to->vectors + begin * d;

	if (!before)
		before = t->scratch[thread] = malloc(2 * CHUNK * d * sizeof *before);
	if (!before) {
		t->failed = true;
		return;
	}
	after = before + CHUNK * d;
	for (size_t i = 0; i < n * d; i++)
		before[i] = t->from[begin * d + i];
	cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, (int)d, (int)d, 1, before, (int)d, t->axes,
		    (int)d, 0, after, (int)d);
	/* the axis of the largest moment comes first */
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < d; j++)
			to[i * d + j] = (float)after[i * d + d - 1 - j];
}

static int turn_all(struct rotation *r, const float *vectors, const double *axes)
{
	struct turning t = {.from = vectors, .axes = axes, .to = r};

	parallel_for(r->rows, CHUNK, 0, turn_rows, &t);
	for (size_t i = 0; i < PARALLEL_THREADS_MAX; i++)
		free(t.scratch[i]);
	return t.failed ? -1 : 0;
}

int rotation_init(struct rotation *r, const float *vectors, size_t rows, size_t columns)
{
	double *axes = second_moments(vectors, rows, columns), defect = -1;
	int status = -1;

	*r = (struct rotation){.rows = rows, .columns = columns, .prefix = columns};
	r->vectors = malloc(rows * columns * sizeof *r->vectors);
	r->rests = calloc(rows, sizeof *r->rests);
	if (axes && r->vectors && r->rests && find_axes(axes, columns) == 0)
		defect = defect_of(axes, columns);
	if (defect >= 0 && defect < worst_axes) {
		r->error = error_of(defect, columns);
		status = turn_all(r, vectors, axes);
	}
	free(axes);
	if (status < 0)
		rotation_clear(r);
	return status;
}

void rotation_clear(struct rotation *r)
{
	free(r->vectors);
	free(r->rests);
	*r = (struct rotation){0};
}

/* Eight sums, as in embeddings_dot, that they can be kept in vector registers. */
static float product(const float *a, const float *b, size_t n)
{
	float sums[8] = {0}, last = 0;
	size_t i = 0;

	for (; i + 8 <= n; i += 8)
		for (size_t j = 0; j < 8; j++)
			sums[j] += a[i + j] * b[i + j];
	for (; i < n; i++)
		last += a[i] * b[i];
	return last + ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

float rotation_rest(const struct rotation *r, const float *a, const float *b)
{
	return product(a + r->prefix, b + r->prefix, r->columns - r->prefix);
}

/* The norm of the columns from `prefix` on, rounded up by more than the sum in double precision can be off. */
static float rest_norm(const float *row, size_t prefix, size_t columns)
{
	double sum = 0;

	for (size_t i = prefix; i < columns; i++)
		sum += (double)row[i] * row[i];
	return nextafterf((float)sqrt(sum), INFINITY);
}

void rotation_set_prefix(struct rotation *r, size_t prefix)
{
	r->prefix = prefix;
	for (size_t i = 0; i < r->rows; i++)
		r->rests[i] = prefix < r->columns ? rest_norm(r->vectors + i * r->columns, prefix, r->columns) : 0;
}

static int descending(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x < y) - (x > y);
}

/* Adds to left[p] how many rows of the sample a prefix of p steps leaves to one track. `products` is scratch space. */
static void count_left(const struct rotation *r, uint32_t track, size_t sample, size_t rank, float *products,
		       double *left)
{
	size_t d = r->columns;
	const float *a = r->vectors + track * d;
	float bar;

	for (size_t i = 0; i < sample; i++)
		products[i] = product(a, r->vectors + spread(i, sample, r->rows) * d, d);
	qsort(products, sample, sizeof *products, descending);
	bar = products[rank];
	for (size_t p = 1; p * STEP < d; p++) {
		size_t prefix = p * STEP;
		float rest = rest_norm(a, prefix, d);

		for (size_t i = 0; i < sample; i++) {
			const float *b = r->vectors + spread(i, sample, r->rows) * d;

			left[p] += product(a, b, prefix) + rest * rest_norm(b, prefix, d) >= bar;
		}
	}
}

/*
 * What a product costs by a prefix that leaves so many parts of the rows, in products of columns by sgemm: one column
 * of those that are left takes about as long as five (it is not in a block), and beginning each as long as 200.
 */
static double cost(size_t prefix, size_t columns, double left)
{
	return (double)prefix + left * (200 + 5 * (double)(columns - prefix));
}

size_t rotation_best_prefix(const struct rotation *r, const uint32_t *tracks, size_t n, size_t k)
{
	size_t d = r->columns, best = d, sample = smaller(r->rows, SAMPLE), seekers = smaller(n, SEEKERS);
	size_t rank = smaller((size_t)((double)k * (double)sample / (double)r->rows), sample - 1);
	float *products = malloc(sample * sizeof *products);
	double *left = calloc(d / STEP + 2, sizeof *left), least = (double)d;

	if (products && left && seekers > 0) {
		for (size_t i = 0; i < seekers; i++)
			count_left(r, tracks[spread(i, seekers, n)], sample, rank, products, left);
		for (size_t p = 1; p * STEP < d; p++) {
			double c = cost(p * STEP, d, left[p] / (double)(seekers * sample));

			if (c < least) {
				least = c;
				best = p * STEP;
			}
		}
	}
	free(products);
	free(left);
	return best;
}

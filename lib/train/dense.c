#include "train/dense.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"

/* LAPACK as OpenBLAS ships it. Its matrices are stored by columns: our lower part is its upper one. */
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);
void dtrtri_(const char *uplo, const char *diag, const int *n, double *a, const int *lda, int *info);
void spotrf_(const char *uplo, const int *n, float *a, const int *lda, int *info);
void spotrs_(const char *uplo, const int *n, const int *nrhs, const float *a, const int *lda, float *b, const int *ldb,
	     int *info);

void ssyev_(const char *jobz, const char *uplo, const int *n, float *a, const int *lda, float *w, float *work,
	    const int *lwork, int *info);

enum { TILE = 256 };

/* One step of a factorisation: the tiles from row `k` on. */
struct step {
	double *a;
	size_t n, k, size; /* size: rows of the tile on the diagonal */
	const double *copy; /* TILE x n: the tile row as it was */
	double *made;	    /* TILE x n: the tile row as it will be */
};

static size_t tile_size(size_t n, size_t at)
{
	return n - at < TILE ? n - at : TILE;
}

void dense_single_threaded(void)
{
	openblas_set_num_threads(1);
}

/* The rows begin .. end - 1 (counted from behind the diagonal tile) of the panel: L_ik = A_ik L_kk^-T */
static void solve_panel(void *ctx, size_t begin, size_t end, unsigned thread)
{
	const struct step *s = ctx;
	double *rows = s->a + (s->k + s->size + begin) * s->n + s->k;

	(void)thread;
	cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, (int)(end - begin), (int)s->size,
		    1, s->a + s->k * s->n + s->k, (int)s->n, rows, (int)s->n);
}

/* A_ij -= L_ik L_jk' for these rows i and all j <= i */
static void update_rows(void *ctx, size_t begin, size_t end, unsigned thread)
{
	const struct step *s = ctx;
	size_t below = s->k + s->size;
	double *rows = s->a + (below + begin) * s->n;

	(void)thread;
	cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)(end - begin), (int)end, (int)s->size, -1,
		    rows + s->k, (int)s->n, s->a + below * s->n + s->k, (int)s->n, 1, rows + below, (int)s->n);
}

/* A = L L', blocked and right-looking (Golub, Van Loan: "Matrix Computations", 4.2). */
static int factorise(double *a, size_t n, unsigned threads)
{
	for (size_t k = 0; k < n; k += TILE) {
		struct step s = {.a = a, .n = n, .k = k, .size = tile_size(n, k)};
		size_t below = n - k - s.size;
		int size = (int)s.size, lda = (int)n, info;

		dpotrf_("U", &size, a + k * n + k, &lda, &info);
		if (info != 0)
			return -1;
		parallel_for(below, TILE / 2, threads, solve_panel, &s);
		parallel_for(below, TILE / 2, threads, update_rows, &s);
	}
	return 0;
}

/* Puts what was made for these columns in its place. */
static void put_columns(const struct step *s, size_t begin, size_t end)
{
	for (size_t i = 0; i < s->size; i++)
		memcpy(s->a + (s->k + i) * s->n + begin, s->made + i * s->n + begin, (end - begin) * sizeof *s->made);
}

/* Tile row k of X = L^-1, left of the diagonal: X_kj = -X_kk sum over i from j to k - 1 of L_ki X_ij */
static void invert_columns(void *ctx, size_t begin, size_t end, unsigned thread)
{
	const struct step *s = ctx;

	(void)thread;
	cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)s->size, (int)(end - begin), (int)(s->k - begin),
		    -1, s->copy + begin, (int)s->n, s->a + begin * s->n + begin, (int)s->n, 0, s->made + begin,
		    (int)s->n);
	cblas_dtrmm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, (int)s->size, (int)(end - begin),
		    1, s->a + s->k * s->n + s->k, (int)s->n, s->made + begin, (int)s->n);
	put_columns(s, begin, end);
}

static void clear_above_diagonal(const struct step *s)
{
	for (size_t i = 0; i < s->size; i++)
		memset(s->a + (s->k + i) * s->n + s->k + i + 1, 0, (s->size - i - 1) * sizeof *s->a);
}

/* L becomes X = L^-1, tile row after tile row; tiles above the diagonal stay what they are. */
static int invert_triangle(double *a, size_t n, double *copy, double *made, unsigned threads)
{
	for (size_t k = 0; k < n; k += TILE) {
		struct step s = {.a = a, .n = n, .k = k, .size = tile_size(n, k), .copy = copy, .made = made};
		int size = (int)s.size, lda = (int)n, info;

		memcpy(copy, a + k * n, s.size * n * sizeof *copy);
		dtrtri_("U", "N", &size, a + k * n + k, &lda, &info);
		if (info != 0)
			return -1;
		clear_above_diagonal(&s);
		parallel_for(k, TILE, threads, invert_columns, &s);
	}
	return 0;
}

/* Tile row k of X' X, on and left of the diagonal: the sum over i from k on of X_ik' X_ij */
static void square_columns(void *ctx, size_t begin, size_t end, unsigned thread)
{
	const struct step *s = ctx;

	(void)thread;
	cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)s->size, (int)(end - begin), (int)(s->n - s->k), 1,
		    s->a + s->k * s->n + s->k, (int)s->n, s->a + s->k * s->n + begin, (int)s->n, 0, s->made + begin,
		    (int)s->n);
}

/* X becomes X' X. What a tile row overwrites is not needed by those below it. */
static void square(double *a, size_t n, double *made, unsigned threads)
{
	for (size_t k = 0; k < n; k += TILE) {
		struct step s = {.a = a, .n = n, .k = k, .size = tile_size(n, k), .made = made};

		parallel_for(k + s.size, TILE, threads, square_columns, &s);
		put_columns(&s, 0, k + s.size);
	}
}

static void mirror_rows(void *ctx, size_t begin, size_t end, unsigned thread)
{
	const struct step *s = ctx;

	(void)thread;
	for (size_t i = begin; i < end; i++)
		for (size_t j = 0; j < i; j++)
			s->a[j * s->n + i] = s->a[i * s->n + j];
}

/* A^-1 = L^-T L^-1 */
int dense_invert(double *a, size_t n, unsigned threads)
{
	double *copy = malloc(TILE * n * sizeof *copy + 1), *made = malloc(TILE * n * sizeof *made + 1);
	struct step whole = {.a = a, .n = n};
	int status = copy && made ? 0 : -1;

	if (status == 0 && (factorise(a, n, threads) < 0 || invert_triangle(a, n, copy, made, threads) < 0))
		status = -1;
	if (status == 0) {
		square(a, n, made, threads);
		parallel_for(n, TILE, threads, mirror_rows, &whole);
	}
	free(copy);
	free(made);
	return status;
}

int dense_solve(float *a, float *b, size_t d)
{
	int n = (int)d, one = 1, info;

	spotrf_("L", &n, a, &n, &info);
	if (info == 0)
		spotrs_("L", &n, &one, a, &n, b, &n, &info);
	return info == 0 ? 0 : -1;
}

int dense_axes(float *a, float *values, size_t d)
{
	int n = (int)d, size = 34 * n, info = -1;
	float *work = malloc((size_t)size * sizeof *work);

	if (work)
		ssyev_("V", "L", &n, a, &n, values, work, &size, &info);
	free(work);
	return info == 0 ? 0 : -1;
}

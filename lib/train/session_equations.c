#include "train/session_equations.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

enum { D = SESSION_DIM, BLOCK = EQUATIONS_BLOCK, FEW = EQUATIONS_FEW, LANES = SESSION_LANES, N = D / LANES };

typedef session_lanes lanes;

static inline lanes *at(float *row, int lane)
{
	return (lanes *)row + lane;
}

static inline const lanes *lanes_of(const float *row)
{
	return (const lanes *)row;
}

void equations_begin(struct equations *q)
{
	memset(q->rhs, 0, sizeof q->rhs);
	memset(q->precision, 0, sizeof q->precision);
	q->n = 0;
	q->full = false;
}

static void flush(struct equations *q)
{
	if (q->n > 0)
		cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, D, q->n, 1, q->block, D, q->full ? 1 : 0, q->a, D);
	else if (!q->full)
		memset(q->a, 0, sizeof q->a);
	q->full = true;
	q->n = 0;
}

void equations_take_off(struct equations *q, const float *rows, int n)
{
	flush(q);
	cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, D, n, -1, rows, D, 1, q->a, D);
}

SESSION_CLONES
void equations_add_row(struct equations *q, const float *x, float factor)
{
	float *row = q->block + (size_t)q->n * D;

	for (int i = 0; i < N; i++)
		*at(row, i) = lanes_of(x)[i] * factor;
	if (++q->n == BLOCK)
		flush(q);
}

SESSION_CLONES
void equations_add(struct equations *q, const float *x, struct session_evidence ev)
{
	float wy = ev.w * ev.y, root = sqrtf(ev.w), *row = q->block + (size_t)q->n * D;

	for (int i = 0; i < N; i++) {
		*at(q->rhs, i) += lanes_of(x)[i] * wy;
		*at(row, i) = lanes_of(x)[i] * root;
	}
	if (++q->n == BLOCK)
		flush(q);
}

/*
 * row -= the sum over j < n of factors[j * step] times row j of `rows`, between two lanes. Those are constants where
 * it is called, so that the sums stay in registers.
 */
static inline __attribute__((always_inline)) void subtract(float *row, const float *rows, const float *factors,
							    int step, int n, const int begin, const int end)
{
	lanes sum[N];

	for (int l = begin; l < end; l++)
		sum[l] = *at(row, l);
	for (int j = 0; j < n; j++)
		for (int l = begin; l < end; l++)
			sum[l] -= lanes_of(rows + j * D)[l] * factors[j * step];
	for (int l = begin; l < end; l++)
		*at(row, l) = sum[l];
}

/* a = U'U: the part on and above the diagonal becomes U. */
SESSION_CLONES
static int factorise(float *a)
{
	for (int k = 0; k < D; k++) {
		float *row = a + k * D, root;

		if (k < D / 4)
			subtract(row, a, a + k, D, k, 0, N);
		else if (k < D / 2)
			subtract(row, a, a + k, D, k, N / 4, N);
		else if (k < 3 * D / 4)
			subtract(row, a, a + k, D, k, N / 2, N);
		else
			subtract(row, a, a + k, D, k, 3 * N / 4, N);
		if (!(row[k] > 0))
			return -1;
		root = 1 / sqrtf(row[k]);
		for (int l = k / LANES; l < N; l++)
			*at(row, l) *= root;
	}
	return 0;
}

/* Z = L^-1 of L = U', whole rows: what is after the diagonal is 0. */
SESSION_CLONES
static void invert_triangle(const float *u, float *z)
{
	for (int i = 0; i < D; i++) {
		float *row = z + i * D, scale = 1 / u[i * D + i];

		memset(row, 0, D * sizeof *row);
		row[i] = 1;
		if (i < D / 4)
			subtract(row, z, u + i, D, i, 0, N / 4);
		else if (i < D / 2)
			subtract(row, z, u + i, D, i, 0, N / 2);
		else if (i < 3 * D / 4)
			subtract(row, z, u + i, D, i, 0, 3 * N / 4);
		else
			subtract(row, z, u + i, D, i, 0, N);
		for (int l = 0; l <= i / LANES; l++)
			*at(row, l) *= scale;
	}
}

/* Turns X into W: with Z = X sqrt(P) and L L' = I + Z Z', it is L^-1 Z sqrt(P). */
SESSION_CLONES
static int solve_few(struct equations *q)
{
	float root[D], k[FEW * FEW];
	int n = q->n;

	for (int i = 0; i < D; i++)
		root[i] = sqrtf(1 / q->precision[i]);
	for (int i = 0; i < n; i++)
		for (int l = 0; l < N; l++)
			*at(q->block + i * D, l) *= lanes_of(root)[l];
	for (int i = 0; i < n; i++)
		for (int j = 0; j <= i; j++)
			k[i * FEW + j] = session_dot_inline(q->block + i * D, q->block + j * D) + (i == j);
	for (int i = 0; i < n; i++) {
		float *row = q->block + i * D, scale;

		for (int j = 0; j <= i; j++) {
			float sum = k[i * FEW + j];

			for (int l = 0; l < j; l++)
				sum -= k[i * FEW + l] * k[j * FEW + l];
			if (i == j && !(sum > 0))
				return -1;
			k[i * FEW + j] = i == j ? sqrtf(sum) : sum / k[j * FEW + j];
		}
		subtract(row, q->block, k + i * FEW, 1, i, 0, N);
		scale = 1 / k[i * FEW + i];
		for (int l = 0; l < N; l++)
			*at(row, l) *= scale;
	}
	for (int i = 0; i < n; i++)
		for (int l = 0; l < N; l++)
			*at(q->block + i * D, l) *= lanes_of(root)[l];
	return 0;
}

static int solve_many(struct equations *q)
{
	flush(q);
	for (int i = 0; i < D; i++)
		q->a[i * D + i] += q->precision[i];
	if (factorise(q->a) < 0)
		return -1;
	invert_triangle(q->a, q->block);
	return 0;
}

int equations_solve(struct equations *q, struct posterior *p)
{
	bool few = !q->full && q->n <= FEW;

	*p = (struct posterior){.few = few, .rows = q->block, .n = few ? q->n : D};
	for (int i = 0; few && i < D; i++)
		p->p[i] = 1 / q->precision[i];
	return few ? solve_few(q) : solve_many(q);
}

SESSION_CLONES
void posterior_times(const struct posterior *p, const float *x, float *y)
{
	const lanes one = (lanes){0} + 1, sign = p->few ? -one : one;
	lanes sum[N] = {0};

	for (int i = 0; i < p->n; i++) {
		const float *w = p->rows + i * D;
		float by = session_dot_inline(w, x);

		for (int l = 0; l < N; l++)
			sum[l] += lanes_of(w)[l] * by;
	}
	for (int l = 0; l < N; l++)
		*at(y, l) = lanes_of(p->p)[l] * lanes_of(x)[l] + sign * sum[l];
}

SESSION_CLONES
void posterior_variances(const struct posterior *p, float *v)
{
	const lanes one = (lanes){0} + 1, sign = p->few ? -one : one;
	lanes sum[N] = {0};

	for (int i = 0; i < p->n; i++)
		for (int l = 0; l < N; l++)
			sum[l] += lanes_of(p->rows + i * D)[l] * lanes_of(p->rows + i * D)[l];
	for (int l = 0; l < N; l++)
		*at(v, l) = lanes_of(p->p)[l] + sign * sum[l];
	for (int i = 0; i < D; i++)
		v[i] = fmaxf(v[i], 1e-9f);
}

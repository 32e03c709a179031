#include "study/ope_model.h"

#include <math.h>

#include "base/rng.h"

static const double lambda = 1;

unsigned ope_fold_of(uint32_t user)
{
	struct rng r = rng_at(0, RNG_EVALUATE, user, 0, 0);

	return rng_below(&r, OPE_FOLDS);
}

void ope_fold_add(struct ope_fold *f, const double x[OPE_FEATURES], double time)
{
	int64_t whole[OPE_FEATURES], r = (int64_t)nearbyint(time * OPE_UNIT);
	size_t k = 0;

	f->n++;
	for (size_t i = 0; i < OPE_FEATURES; i++) {
		whole[i] = (int64_t)nearbyint(x[i] * OPE_UNIT);
		f->xr[i] += whole[i] * r;
		for (size_t j = 0; j <= i; j++)
			f->xx[k++] += whole[i] * whole[j];
	}
}

void ope_fold_merge(struct ope_fold *f, const struct ope_fold *other)
{
	f->n += other->n;
	for (size_t i = 0; i < OPE_FEATURES; i++)
		f->xr[i] += other->xr[i];
	for (size_t i = 0; i < OPE_PRODUCTS; i++)
		f->xx[i] += other->xx[i];
}

/* Solves a x = b by Cholesky's decomposition of the lower triangle, which is positive definite. */
static void solve(double a[OPE_FEATURES][OPE_FEATURES], double x[OPE_FEATURES])
{
	for (size_t i = 0; i < OPE_FEATURES; i++) {
		for (size_t j = 0; j <= i; j++) {
			for (size_t k = 0; k < j; k++)
				a[i][j] -= a[i][k] * a[j][k];
			a[i][j] = i == j ? sqrt(a[i][i]) : a[i][j] / a[j][j];
		}
		for (size_t k = 0; k < i; k++)
			x[i] -= a[i][k] * x[k];
		x[i] /= a[i][i];
	}
	for (size_t i = OPE_FEATURES; i-- > 0;) {
		for (size_t k = i + 1; k < OPE_FEATURES; k++)
			x[i] -= a[k][i] * x[k];
		x[i] /= a[i][i];
	}
}

static void fit(const struct ope_fold *f, double theta[OPE_FEATURES])
{
	const double unit = OPE_UNIT * OPE_UNIT;
	double a[OPE_FEATURES][OPE_FEATURES];
	size_t k = 0;

	for (size_t i = 0; i < OPE_FEATURES; i++) {
		theta[i] = (double)f->xr[i] / unit;
		for (size_t j = 0; j <= i; j++)
			a[i][j] = (double)f->xx[k++] / unit + (i == j && i > 0 ? lambda : 0);
	}
	if (f->n > 0)
		solve(a, theta);
}

void ope_model_fit(const struct ope_fold folds[OPE_FOLDS], double theta[OPE_FOLDS][OPE_FEATURES])
{
	for (size_t i = 0; i < OPE_FOLDS; i++) {
		struct ope_fold others = {0};

		for (size_t j = 0; j < OPE_FOLDS; j++)
			if (j != i)
				ope_fold_merge(&others, &folds[j]);
		fit(&others, theta[i]);
	}
}

double ope_model_predict(const double theta[OPE_FEATURES], const double x[OPE_FEATURES])
{
	double sum = 0;

	for (size_t i = 0; i < OPE_FEATURES; i++)
		sum += theta[i] * x[i];
	return sum;
}

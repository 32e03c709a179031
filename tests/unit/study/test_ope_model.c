#include "study/ope_model.h"

#include "unit/check.h"

/* Times that are linear in the numbers are learned, up to what the ridge takes. */
static void it_learns_what_is_linear(void)
{
	struct ope_fold folds[OPE_FOLDS] = {0};
	double theta[OPE_FOLDS][OPE_FEATURES];

	for (int i = 0; i < 50000; i++) {
		double x[OPE_FEATURES] = {1, ope_round((i % 17) / 17.0), 0, i % 2};

		ope_fold_add(&folds[i % OPE_FOLDS], x, .1 + .5 * x[1] + .25 * x[3]);
	}
	ope_model_fit(folds, theta);
	for (int f = 0; f < OPE_FOLDS; f++) {
		CHECK_NEAR(theta[f][0], .1, 1e-2);
		CHECK_NEAR(theta[f][1], .5, 1e-2);
		CHECK_NEAR(theta[f][2], 0, 1e-12);
		CHECK_NEAR(theta[f][3], .25, 1e-2);
	}
}

/* One listen, x = (1, 1), time 0.5, of another fold: (1 1; 1 2) theta = (0.5, 0.5), so theta = (0.5, 0). */
static void ridge_by_hand(void)
{
	struct ope_fold folds[OPE_FOLDS] = {0};
	double theta[OPE_FOLDS][OPE_FEATURES], x[OPE_FEATURES] = {1, 1};

	ope_fold_add(&folds[2], x, .5);
	ope_model_fit(folds, theta);
	CHECK_NEAR(theta[0][0], .5, 1e-12);
	CHECK_NEAR(theta[0][1], 0, 1e-12);
	CHECK_NEAR(ope_model_predict(theta[0], x), .5, 1e-12);
	/* of its own fold there is nothing to learn from */
	CHECK(theta[2][0] == 0);
}

static void folds_are_about_equal(void)
{
	int n[OPE_FOLDS] = {0};

	for (uint32_t u = 0; u < 10000; u++)
		n[ope_fold_of(u)]++;
	for (int f = 0; f < OPE_FOLDS; f++)
		CHECK(n[f] > 1800 && n[f] < 2200);
}

int main(void)
{
	RUN(it_learns_what_is_linear);
	RUN(ridge_by_hand);
	RUN(folds_are_about_equal);
	return DONE();
}

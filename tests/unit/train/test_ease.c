#include "train/ease.h"

#include <stdlib.h>

#include "reference/train_known.h"
#include "train/dense.h"
#include "unit/train/known.h"

/*
 * Fits and compares the weights, of which those of an item to itself are not looked at, and the scores where they are
 * known.
 */
static void check_ease(const double *values, size_t n_rows, size_t n_columns, const double *weights,
		       const double *scores)
{
	struct csr x, xt;
	struct model m = {.of_items = true};
	struct fit f = {.x = &x, .xt = &xt, .hypers = hypers_none(), .threads = 2};
	struct errmsg e;
	float *got = malloc(n_columns * (n_columns + n_rows) * sizeof *got);

	known_make(&x, &xt, values, n_rows, n_columns);
	f.hypers.value[HYPER_REGULARISATION] = 2.5;
	CHECK(model_fit(&m, model_find("ease"), &f, &e) == 0);
	CHECK(model_score(&m, 0, n_columns, got) == 0);
	for (size_t i = 0; i < n_columns; i++)
		got[i * n_columns + i] = 0;
	CHECK(known_near(got, weights, n_columns * n_columns));
	if (scores) {
		CHECK(ease_score_rows(m.ease, 0, n_rows, got) == 0);
		CHECK(known_near(got, scores, n_rows * n_columns));
	}
	model_clear(&m);
	csr_clear(&x);
	csr_clear(&xt);
	free(got);
}

static void weights_are_those_of_numpy_by_columns(void)
{
	check_ease(known_x, KNOWN_ROWS, KNOWN_COLUMNS, known_ease, known_ease_scores);
}

/* Twelve rows of nine columns, lying down: there are fewer rows than columns. */
static void weights_are_those_of_numpy_by_rows(void)
{
	double lying[KNOWN_ROWS * KNOWN_COLUMNS];

	for (size_t i = 0; i < KNOWN_ROWS; i++)
		for (size_t j = 0; j < KNOWN_COLUMNS; j++)
			lying[j * KNOWN_ROWS + i] = known_x[i * KNOWN_COLUMNS + j];
	check_ease(lying, KNOWN_COLUMNS, KNOWN_ROWS, known_ease_of_rows, NULL);
}

/* The same data with two columns that nobody has, one of them between the others, is solved by the other side. */
static void both_sides_give_the_same_scores(void)
{
	enum { WIDE = 2 * KNOWN_COLUMNS };
	double wide[KNOWN_ROWS * WIDE] = {0}, want[KNOWN_ROWS * WIDE] = {0};
	struct csr x, xt;
	struct model m = {0};
	struct fit f = {.x = &x, .xt = &xt, .hypers = hypers_none(), .threads = 1};
	struct errmsg e;
	float got[KNOWN_ROWS * WIDE];

	for (size_t i = 0; i < KNOWN_ROWS; i++)
		for (size_t j = 0; j < KNOWN_COLUMNS; j++) {
			wide[i * WIDE + 2 * j] = known_x[i * KNOWN_COLUMNS + j];
			want[i * WIDE + 2 * j] = known_ease_scores[i * KNOWN_COLUMNS + j];
		}
	known_make(&x, &xt, wide, KNOWN_ROWS, WIDE);
	f.hypers.value[HYPER_REGULARISATION] = 2.5;
	CHECK(model_fit(&m, model_find("ease"), &f, &e) == 0 && m.ease->by_rows);
	CHECK(model_score(&m, 0, KNOWN_ROWS, got) == 0);
	CHECK(known_near(got, want, KNOWN_ROWS * WIDE));
	model_clear(&m);
	csr_clear(&x);
	csr_clear(&xt);
}

int main(void)
{
	dense_single_threaded();
	RUN(weights_are_those_of_numpy_by_columns);
	RUN(weights_are_those_of_numpy_by_rows);
	RUN(both_sides_give_the_same_scores);
	return DONE();
}

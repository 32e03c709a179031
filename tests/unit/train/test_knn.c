#include "train/knn.h"

#include "reference/train_known.h"
#include "unit/train/known.h"

static void to_dense(const struct csr *s, float *dense)
{
	memset(dense, 0, s->n_rows * s->n_columns * sizeof *dense);
	for (size_t r = 0; r < s->n_rows; r++)
		for (size_t a = s->start[r]; a < s->start[r + 1]; a++)
			dense[r * s->n_columns + s->column[a]] = s->value[a];
}

static void cosines_are_those_of_scipy(void)
{
	struct csr x, xt, s;
	float got[KNOWN_COLUMNS * KNOWN_COLUMNS];

	known_make(&x, &xt, known_x, KNOWN_ROWS, KNOWN_COLUMNS);
	CHECK(knn_cosine(&s, &x, &xt, 1.5, 100, 2) == 0);
	to_dense(&s, got);
	CHECK(known_near(got, known_cosine, KNOWN_COLUMNS * KNOWN_COLUMNS));
	csr_clear(&s);
	csr_clear(&x);
	csr_clear(&xt);
}

/* Columns 1, 2 and 3 are alike for column 0, but 3 most; 4 has nothing in common with it. */
static void the_most_similar_are_kept_and_of_equal_ones_the_first(void)
{
	static const double values[] = {1, 1, 1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1};
	struct csr x, xt, s;
	float got[25];

	known_make(&x, &xt, values, 3, 5);
	CHECK(knn_cosine(&s, &x, &xt, 0, 2, 1) == 0);
	to_dense(&s, got);
	CHECK(csr_row_length(&s, 0) == 2 && csr_row_length(&s, 4) == 0);
	CHECK_NEAR(got[1], 1 / sqrt(2), 1e-6);
	CHECK_NEAR(got[3], 1, 1e-6);
	csr_clear(&s);
	csr_clear(&x);
	csr_clear(&xt);
}

int main(void)
{
	RUN(cosines_are_those_of_scipy);
	RUN(the_most_similar_are_kept_and_of_equal_ones_the_first);
	return DONE();
}

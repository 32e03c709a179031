#include "train/als.h"

#include <stdlib.h>

#include "reference/train_known.h"
#include "train/dense.h"
#include "unit/train/known.h"

static const struct als_step known_step = {.regularisation = .03, .unobserved = .2, .d = KNOWN_D, .threads = 2};

static void one_iteration_is_that_of_scipy(void)
{
	struct csr x, xt;
	float begin[KNOWN_COLUMNS * KNOWN_D], rows[KNOWN_ROWS * KNOWN_D], columns[KNOWN_COLUMNS * KNOWN_D];

	for (size_t i = 0; i < KNOWN_COLUMNS * KNOWN_D; i++)
		begin[i] = (float)known_begin[i];
	known_make(&x, &xt, known_x, KNOWN_ROWS, KNOWN_COLUMNS);
	CHECK(als_half_step(&known_step, &x, begin, NULL, rows) == 0);
	CHECK(known_near(rows, known_als_rows, KNOWN_ROWS * KNOWN_D));
	CHECK(als_half_step(&known_step, &xt, rows, NULL, columns) == 0);
	CHECK(known_near(columns, known_als_columns, KNOWN_COLUMNS * KNOWN_D));
	csr_clear(&x);
	csr_clear(&xt);
}

/* One coordinate: x = (sum of h y + l m) / (sum of h^2 + l), and what was expected where there is nothing. */
static void what_is_expected_counts_like_data(void)
{
	static const double values[] = {.5, .25, 0, 0};
	static const struct als_step s = {.of_values = true, .regularisation = 2, .d = 1, .threads = 1};
	float columns[] = {1, 2}, expected[] = {.75f, -1}, rows[2];
	struct csr x, xt;

	known_make(&x, &xt, values, 2, 2);
	CHECK(als_half_step(&s, &x, columns, expected, rows) == 0);
	CHECK_NEAR(rows[0], (.5 + 2 * .25 + 2 * .75) / (1 + 4 + 2), 1e-6);
	CHECK(rows[1] == -1);
	csr_clear(&x);
	csr_clear(&xt);
}

static void a_system_without_a_solution_is_told(void)
{
	static const struct als_step s = {.of_values = true, .d = 2, .threads = 1};
	static const double values[] = {1, 1};
	float columns[] = {1, 2, 2, 4}, rows[2];
	struct csr x, xt;

	known_make(&x, &xt, values, 1, 2);
	CHECK(als_half_step(&s, &x, columns, NULL, rows) < 0);
	csr_clear(&x);
	csr_clear(&xt);
}

/* Two groups of users with tracks of their own. */
static void fits_are_the_same_for_any_threads(void)
{
	enum { N = 300 };
	struct csr_builder b = {.n_rows = N, .n_columns = N};
	struct csr x, xt;
	struct model first = {0};
	struct errmsg e;

	for (uint32_t u = 0; u < N; u++)
		for (uint32_t k = 0; k < 8; k++)
			CHECK(csr_add(&b, u, (u + k * k) % 150 + (u < 150 ? 0 : 150), 1) == 0);
	CHECK(csr_make(&x, &b, CSR_SUM) == 0 && csr_transpose(&xt, &x) == 0);
	for (unsigned threads = 1; threads <= 3; threads++) {
		struct fit f = {
			.x = &x, .xt = &xt, .hypers = hypers_none(), .seed = 5, .threads = threads, .stage = "fit"};
		struct model m = {0};

		f.hypers = model_hypers(model_find("als"), &f.hypers);
		f.hypers.value[HYPER_FACTORS] = 8;
		CHECK(model_fit(&m, model_find("als"), &f, &e) == 0 && m.d == 8 && m.epochs == 10);
		if (threads == 1) {
			first = m;
			continue;
		}
		CHECK(memcmp(first.rows, m.rows, N * m.d * sizeof *m.rows) == 0);
		CHECK(memcmp(first.columns, m.columns, N * m.d * sizeof *m.columns) == 0);
		model_clear(&m);
	}
	model_clear(&first);
	csr_clear(&x);
	csr_clear(&xt);
}

int main(void)
{
	dense_single_threaded();
	RUN(one_iteration_is_that_of_scipy);
	RUN(what_is_expected_counts_like_data);
	RUN(a_system_without_a_solution_is_told);
	RUN(fits_are_the_same_for_any_threads);
	return DONE();
}

#include "world/embeddings.h"

#include "base/rng.h"
#include "unit/fixture.h"

static void write_matrix(const struct npy *m)
{
	FILE *f = fopen("matrix.npy", "w");

	npy_write(f, m);
	CHECK(!ferror(f) && fclose(f) == 0);
}

static void rows_are_those_of_the_catalog(void)
{
	float values[] = {1, 2, 3, 4, 5, 6};
	struct npy m = {.type = NPY_FLOAT32, .rows = 3, .columns = 2, .data = values}, got;
	struct catalog c;
	struct errmsg e;

	fixture_catalog(&c, 3, 1, 100);
	write_matrix(&m);
	CHECK(embeddings_load(&got, "matrix.npy", &c, &e) == 0);
	CHECK(got.rows == 3 && got.columns == 2 && ((float *)got.data)[5] == 6);
	CHECK(embeddings_dot(&got, 0, 2) == 17 && embeddings_dot(&got, 2, 0) == 17 && embeddings_dot(&got, 1, 1) == 25);
	npy_clear(&got);
	catalog_clear(&c);
}

static void another_number_of_rows_is_refused(void)
{
	double values[] = {1, 2, 3, 4};
	struct npy m = {.type = NPY_FLOAT64, .rows = 4, .columns = 1, .data = values}, got;
	struct catalog c;
	struct errmsg e;

	fixture_catalog(&c, 3, 1, 1);
	write_matrix(&m);
	CHECK(embeddings_load(&got, "matrix.npy", &c, &e) == -1);
	CHECK_STR(e.text, "matrix.npy: 4 rows for a catalog of 3 tracks");
	CHECK(got.data == NULL);
	m.rows = 2;
	write_matrix(&m);
	CHECK(embeddings_load(&got, "matrix.npy", &c, &e) == -1);
	CHECK_STR(e.text, "matrix.npy: 2 rows for a catalog of 3 tracks");
	CHECK(embeddings_load(&got, "absent", &c, &e) == -1);
	CHECK_STR(e.text, "absent: No such file or directory");
	catalog_clear(&c);
}

/* Infinity less infinity is no affinity. */
static void values_whose_products_overflow_are_refused(void)
{
	double values[] = {1, -1, 1e160, -1e160, 1e150, 1e150};
	struct npy m = {.type = NPY_FLOAT64, .rows = 3, .columns = 2, .data = values}, got;
	struct catalog c;
	struct errmsg e;

	fixture_catalog(&c, 3, 1, 1);
	write_matrix(&m);
	CHECK(embeddings_load(&got, "matrix.npy", &c, &e) == -1);
	CHECK_STR(e.text, "matrix.npy: row 1: the values are too large; their squares add up to infinity");
	CHECK(got.data == NULL);
	values[2] = values[3] = -1e150;
	write_matrix(&m);
	CHECK(embeddings_load(&got, "matrix.npy", &c, &e) == 0);
	npy_clear(&got);
	catalog_clear(&c);
}

/* Against a sum in extended precision, for every length of the rest that the eight sums leave. */
static void products_are_exact_to_rounding(void)
{
	enum { MOST = 40 };
	struct rng r = rng_at(1, RNG_WORLD, 0, 0, 0);
	float singles[2 * MOST];
	double doubles[2 * MOST];

	for (size_t n = 1; n <= MOST; n++) {
		struct npy single = {.type = NPY_FLOAT32, .rows = 2, .columns = n, .data = singles};
		struct npy twice = {.type = NPY_FLOAT64, .rows = 2, .columns = n, .data = doubles};
		long double want_single = 0, want_double = 0;

		for (size_t i = 0; i < 2 * n; i++) {
			doubles[i] = rng_uniform(&r) * 2 - 1;
			singles[i] = (float)doubles[i];
		}
		for (size_t i = 0; i < n; i++) {
			want_single += (long double)singles[i] * singles[n + i];
			want_double += (long double)doubles[i] * doubles[n + i];
		}
		CHECK(fabs(embeddings_dot(&single, 0, 1) - (double)want_single) < 1e-14);
		CHECK(fabs(embeddings_dot(&twice, 0, 1) - (double)want_double) < 1e-14);
		CHECK(embeddings_dot(&twice, 0, 1) == embeddings_dot(&twice, 1, 0));
	}
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(rows_are_those_of_the_catalog);
	RUN(another_number_of_rows_is_refused);
	RUN(values_whose_products_overflow_are_refused);
	RUN(products_are_exact_to_rounding);
	fixture_leave(directory);
	return DONE();
}

#include "sim/neighbours.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/murmur3.h"
#include "base/rng.h"
#include "unit/check.h"
#include "world/embeddings.h"

/* A random matrix. `levels` values a cell give many exact ties; 0: any value. Some rows are copies of others. */
static struct npy make_matrix(enum npy_type type, size_t rows, size_t columns, uint32_t levels, double scale,
			      uint64_t seed)
{
	struct rng r = rng_at(seed, RNG_WORLD, 0, 0, 0);
	size_t cell = type == NPY_FLOAT32 ? sizeof(float) : sizeof(double);
	struct npy m = {.type = type, .rows = rows, .columns = columns, .data = malloc(rows * columns * cell)};

	for (size_t i = 0; i < rows * columns; i++) {
		double x = levels ? (double)rng_below(&r, levels) - levels / 2 : rng_uniform(&r) * 2 - 1;

		if (type == NPY_FLOAT32)
			((float *)m.data)[i] = (float)(scale * x);
		else
			((double *)m.data)[i] = scale * x;
	}
	for (size_t i = 1; i < rows; i++)
		if (rng_below(&r, 4) == 0)
			memcpy((char *)m.data + i * columns * cell,
			       (char *)m.data + rng_below(&r, (uint32_t)i) * columns * cell,
			       columns * cell);
	return m;
}

struct scored {
	double score;
	uint32_t track;
};

static int nearest_first(const void *a, const void *b)
{
	const struct scored *x = a, *y = b;

	return x->score != y->score ? (x->score < y->score ? 1 : -1) : (x->track > y->track ? 1 : -1);
}

/* Some of the tracks, not in order, none twice: the i-th. */
static uint32_t track_at(const struct npy *m, uint32_t i)
{
	return (uint32_t)((i * 7919u + 3) % m->rows);
}

/* All tracks for each of n, nearest first: all products in double precision, sorted. New. */
static uint32_t *rank_all(const struct npy *m, uint32_t n)
{
	struct scored *all = malloc(m->rows * sizeof *all);
	uint32_t *ranked = malloc(n * m->rows * sizeof *ranked);

	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t j = 0; j < m->rows; j++)
			all[j] = (struct scored){.score = embeddings_dot(m, track_at(m, i), j), .track = j};
		qsort(all, m->rows, sizeof *all, nearest_first);
		for (size_t j = 0; j < m->rows; j++)
			ranked[i * m->rows + j] = all[j].track;
	}
	free(all);
	return ranked;
}

static void check_by_prefix(const struct npy *m, const uint32_t *ranked, size_t k, uint32_t n, size_t prefix)
{
	struct neighbours nb;
	uint32_t *tracks = malloc(n * sizeof *tracks);
	struct errmsg e;
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < n; i++)
		tracks[i] = track_at(m, i);
	CHECK(neighbours_find_by(&nb, m, tracks, n, k, prefix, NULL, &e) == 0);
	CHECK(nb.n == n && nb.k == k);
	for (uint32_t i = 0; i < n; i++)
		wrong += memcmp(ranked + i * m->rows, neighbours_of(&nb, tracks[i]), k * sizeof *ranked) != 0;
	if (wrong)
		printf("# type %d, %zu x %zu, k %zu, prefix %zu: %u of %u are wrong\n", m->type, m->rows, m->columns, k,
		       prefix, wrong, n);
	CHECK(wrong == 0);
	neighbours_clear(&nb);
	free(tracks);
}

/* As it pays, and forced to look at short and long prefixes of the turned rows. */
static void check_against_all(const struct npy *m, const uint32_t *ranked, size_t k, uint32_t n)
{
	size_t d = m->columns;
	size_t prefixes[] = {NEIGHBOURS_BEST, 1, d / 3, d / 2, d - d / 3, d - 1};

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (i == 0 || prefixes[i] > prefixes[i - 1])
			check_by_prefix(m, ranked, k, n, prefixes[i]);
}

static void check_shape(enum npy_type type, size_t rows, size_t columns, uint32_t levels, double scale)
{
	struct npy m = make_matrix(type, rows, columns, levels, scale, rows + columns + levels);
	uint32_t n = rows < 150 ? (uint32_t)rows : 150, *ranked = rank_all(&m, n);

	for (size_t k = 1; k <= rows; k = k < 8 ? k + 1 : k < rows ? (k * 2 < rows ? k * 2 : rows) : rows + 1)
		check_against_all(&m, ranked, k, n);
	free(ranked);
	npy_clear(&m);
}

static void they_are_those_of_brute_force(void)
{
	for (int type = NPY_FLOAT32; type <= NPY_FLOAT64; type++) {
		check_shape(type, 1, 1, 0, 1);
		check_shape(type, 2, 5, 0, 1);
		check_shape(type, 63, 3, 0, 1);
		check_shape(type, 65, 1, 0, 1);
		check_shape(type, 211, 17, 0, 1);
		check_shape(type, 400, 100, 0, 1);
	}
}

/* Cells of two or three values: most products are shared by many tracks, and the order of ids decides. */
static void ties_go_to_the_lower_id(void)
{
	for (int type = NPY_FLOAT32; type <= NPY_FLOAT64; type++) {
		check_shape(type, 200, 1, 2, 1);
		check_shape(type, 200, 4, 3, 1);
		check_shape(type, 300, 16, 2, 0.1); /* 0.1 is not a binary fraction: sums round */
		check_shape(type, 50, 8, 1, 1);	    /* all are zero */
	}
}

/* Rows that differ by less than single precision can tell. */
static void close_ones_are_told_apart(void)
{
	enum { N = 200, D = 20 };
	struct npy m = make_matrix(NPY_FLOAT64, N, D, 0, 1, 9);
	double *x = m.data;
	uint32_t *ranked;

	for (size_t i = 1; i < N; i++)
		for (size_t j = 0; j < D; j++)
			x[i * D + j] = x[j] + (i % 3) * 1e-12 * (j + 1) - (i % 7) * 1e-14;
	ranked = rank_all(&m, 20);
	for (size_t k = 1; k <= 20; k++)
		check_against_all(&m, ranked, k, 20);
	free(ranked);
	npy_clear(&m);
}

/* Products that single precision cannot hold, too large or too small. */
static void extreme_values_do_no_harm(void)
{
	static const double scales[] = {1e15, 1e18, 1e20, 1e30, 1e-15, 1e-19, 1e-21, 1e-22, 1e-23, 1e-25, 1e-35};

	for (size_t i = 0; i < sizeof scales / sizeof *scales; i++)
		for (int type = NPY_FLOAT32; type <= NPY_FLOAT64; type++)
			check_shape(type, 60, 10, 0, scales[i]);
	check_shape(NPY_FLOAT64, 60, 10, 0, 1e100);
	check_shape(NPY_FLOAT64, 60, 10, 0, 1e-100);
	check_shape(NPY_FLOAT64, 60, 10, 0, 1e150);
}

/* One giant among dwarfs: its norm makes the margin wide, so all must be weighed again. */
static void a_giant_hides_nobody(void)
{
	struct npy m = make_matrix(NPY_FLOAT32, 200, 10, 0, 1, 5);
	uint32_t *ranked;

	for (size_t j = 0; j < 10; j++)
		((float *)m.data)[50 * 10 + j] *= 1e7f;
	ranked = rank_all(&m, 150);
	check_against_all(&m, ranked, 5, 150);
	free(ranked);
	npy_clear(&m);
}

/* Few axes hold most, as in real worlds; with rows of zeros, and some that are all alike. */
static void few_axes_and_empty_rows(void)
{
	enum { N = 700, D = 40 };

	for (int type = NPY_FLOAT32; type <= NPY_FLOAT64; type++) {
		struct npy m = make_matrix(type, N, D, 0, 1, 11);
		uint32_t *ranked;

		for (size_t i = 0; i < N; i++)
			for (size_t j = 0; j < D; j++) {
				double factor = i % 10 == 0 ? 0 : 1 / (1. + (double)(j * j));

				if (type == NPY_FLOAT32)
					((float *)m.data)[i * D + j] *= (float)factor;
				else
					((double *)m.data)[i * D + j] *= factor;
			}
		ranked = rank_all(&m, 300);
		for (size_t k = 1; k <= N; k *= 9)
			check_against_all(&m, ranked, k, 300);
		check_against_all(&m, ranked, N, 20);
		free(ranked);
		npy_clear(&m);
	}
}

/* So many searches that turning the rows may pay, and a prefix is chosen by itself. */
static void many_searches_choose_a_prefix(void)
{
	struct npy m = make_matrix(NPY_FLOAT32, 1200, 48, 0, 1, 12);
	uint32_t *ranked;

	for (size_t i = 0; i < 1200 * 48; i++)
		((float *)m.data)[i] *= 1 / (1 + (float)(i % 48));
	ranked = rank_all(&m, 1200);
	check_by_prefix(&m, ranked, 10, 1200, NEIGHBOURS_BEST);
	free(ranked);
	npy_clear(&m);
}

static void note_done(void *ctx, size_t done, size_t n)
{
	size_t *said = ctx;

	said[0] = done;
	said[1] = n;
}

static void who_looks_on_is_told(void)
{
	struct npy m = make_matrix(NPY_FLOAT32, 50, 4, 0, 1, 13);
	size_t said[2] = {0};
	const struct neighbours_watch watch = {.show = note_done, .ctx = said};
	uint32_t tracks[] = {7, 3, 9};
	struct neighbours nb;
	struct errmsg e;

	CHECK(neighbours_find(&nb, &m, tracks, 3, 2, &watch, &e) == 0);
	CHECK(said[0] == 3 && said[1] == 3);
	neighbours_clear(&nb);
	npy_clear(&m);
}

/* Prints a number that stands for all neighbours in a matrix; run with other settings of OpenBLAS. */
static int print_digest(void)
{
	struct npy m = make_matrix(NPY_FLOAT32, 600, 36, 0, 1, 77);
	uint32_t tracks[600];
	struct neighbours nb;
	struct errmsg e;

	for (uint32_t i = 0; i < 600; i++)
		tracks[i] = i;
	if (neighbours_find(&nb, &m, tracks, 600, 10, NULL, &e) < 0)
		return 1;
	printf("%08x\n", murmur3(nb.tracks, 600 * 10 * sizeof *nb.tracks, 0));
	neighbours_clear(&nb);
	npy_clear(&m);
	return 0;
}

static void digest_with(const char *setting, char got[16])
{
	char command[256];
	FILE *f;

	snprintf(command, sizeof command, "%s /proc/%ld/exe digest 2>/dev/null", setting, (long)getpid());
	f = popen(command, "r");
	got[0] = 0;
	CHECK(f && fgets(got, 16, f) && pclose(f) == 0);
}

/* A kernel that this machine cannot run makes OpenBLAS choose another, which does no harm here. */
static void kernels_and_threads_do_not_matter(void)
{
	static const char *const settings[] = {"OPENBLAS_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=4",
					       "OPENBLAS_CORETYPE=PRESCOTT", "OPENBLAS_CORETYPE=NEHALEM",
					       "OPENBLAS_CORETYPE=HASWELL OPENBLAS_NUM_THREADS=2"};
	char want[16], got[16];

	digest_with("", want);
	CHECK(strlen(want) == 9);
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		digest_with(settings[i], got);
		CHECK_STR(got, want);
	}
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "digest") == 0)
		return print_digest();
	RUN(they_are_those_of_brute_force);
	RUN(ties_go_to_the_lower_id);
	RUN(close_ones_are_told_apart);
	RUN(extreme_values_do_no_harm);
	RUN(a_giant_hides_nobody);
	RUN(few_axes_and_empty_rows);
	RUN(many_searches_choose_a_prefix);
	RUN(who_looks_on_is_told);
	RUN(kernels_and_threads_do_not_matter);
	return DONE();
}

/*
 * How long training takes, for tests/train-speed: reads pairs of row and column (32 bits each, in the order of this
 * machine) and prints the seconds of processor time that a model takes.
 *
 *   train-speed als|ease|itemknn PAIRS ROWS COLUMNS
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "train/als.h"
#include "train/csr.h"
#include "train/dense.h"
#include "train/knn.h"
#include "train/model.h"

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int read_pairs(struct csr *x, const char *path, size_t n_rows, size_t n_columns)
{
	struct csr_builder b = {.n_rows = n_rows, .n_columns = n_columns};
	FILE *f = fopen(path, "rb");
	uint32_t pair[2];

	while (f && fread(pair, sizeof pair, 1, f) == 1)
		if (pair[0] >= n_rows || pair[1] >= n_columns || csr_add(&b, pair[0], pair[1], 1) < 0)
			return -1;
	if (!f || fclose(f) != 0)
		return -1;
	return csr_make(x, &b, CSR_SUM);
}

/* One iteration: both half steps. */
static double time_als(const struct csr *x, const struct csr *xt)
{
	struct als_step s = {.regularisation = .003, .unobserved = .1, .d = 64};
	float *rows = calloc(x->n_rows * s.d, sizeof *rows), *columns = malloc(x->n_columns * s.d * sizeof *columns);
	double begun;

	if (!rows || !columns)
		return -1;
	for (size_t i = 0; i < x->n_columns * s.d; i++)
		columns[i] = (float)(i * 2654435761 % 1000) / 5000;
	begun = seconds();
	if (als_half_step(&s, x, columns, NULL, rows) < 0 || als_half_step(&s, xt, rows, NULL, columns) < 0)
		return -1;
	begun = seconds() - begun;
	free(rows);
	free(columns);
	return begun;
}

static double time_fit(const char *name, const struct csr *x, const struct csr *xt)
{
	const struct model_kind *k = model_find(name);
	struct fit f = {.x = x, .xt = xt, .hypers = hypers_none(), .stage = "fit"};
	struct model m = {.of_items = true};
	struct errmsg e;
	double begun = seconds();

	f.hypers = model_hypers(k, &f.hypers);
	if (model_fit(&m, k, &f, &e) < 0)
		return -1;
	begun = seconds() - begun;
	model_clear(&m);
	return begun;
}

int main(int argc, char **argv)
{
	struct csr x = {0}, xt = {0};

	if (argc != 5 || read_pairs(&x, argv[2], strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10)) < 0 ||
	    csr_transpose(&xt, &x) < 0)
		return 1;
	dense_single_threaded();
	printf("%g\n", strcmp(argv[1], "als") == 0 ? time_als(&x, &xt) : time_fit(argv[1], &x, &xt));
	csr_clear(&x);
	csr_clear(&xt);
	return 0;
}

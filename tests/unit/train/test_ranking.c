#include "train/ranking.h"

#include <stdlib.h>

#include "train/dense.h"
#include "unit/train/known.h"

/* A model of one factor: each row scores columns 4, 3, 3, 2, 1. */
static void make_model(struct model *m, const struct csr *x)
{
	static const float scores[] = {4, 3, 3, 2, 1};

	*m = (struct model){
		.x = x, .d = 1, .rows = malloc(x->n_rows * sizeof *m->rows), .columns = malloc(sizeof scores)};
	for (size_t r = 0; r < x->n_rows; r++)
		m->rows[r] = 1;
	memcpy(m->columns, scores, sizeof scores);
}

static const double seen[] = {1, 0, 0, 0, 0, /**/ 0, 0, 0, 0, 0, /**/ 0, 1, 1, 0, 0, /**/ 0, 0, 0, 0, 1};
static const double held[] = {0, 0, 1, 0, 1, /**/ 1, 0, 0, 0, 0, /**/ 0, 0, 0, 0, 0, /**/ 0, 0, 0, 1, 0};

static void ranks_and_ndcg_are_those_worked_out_by_hand(void)
{
	struct csr x, xt, h, ht;
	struct ranking_options o = {.k = 3, .without = &x, .threads = 2};
	struct model m;
	struct ranking r;

	known_make(&x, &xt, seen, 4, 5);
	known_make(&h, &ht, held, 4, 5);
	make_model(&m, &x);
	CHECK(ranking_make(&r, &m, &o) == 0 && r.n_rows == 4 && r.k == 3);
	CHECK(r.columns[0] == 1 && r.columns[1] == 2 && r.columns[2] == 3);
	/* nothing is known of row 1 */
	CHECK(r.columns[3] == RANKING_END);
	CHECK(r.columns[6] == 0 && r.columns[7] == 3 && r.columns[8] == 4);
	CHECK(r.columns[9] == 0 && r.columns[10] == 1 && r.columns[11] == 2);
	/* row 0: the second of two; row 1: nothing; row 3: not among three */
	CHECK_NEAR(ranking_ndcg(&r, &h), (1 / log2(3)) / (1 + 1 / log2(3)) / 3, 1e-12);
	ranking_clear(&r);
	model_clear(&m);
	csr_clear(&x);
	csr_clear(&xt);
	csr_clear(&h);
	csr_clear(&ht);
}

/* Columns 0 and 1 are one group, 2 and 3 another, 4 is alone. Rows are columns: row 0 is of the first group. */
static void groups_have_no_more_than_they_may(void)
{
	static const uint32_t group[] = {0, 0, 1, 1, 2};
	static const double all[25] = {1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1};
	struct csr x, xt;
	struct ranking_options o = {.k = 3, .group = group, .per_group = 1, .rows_are_columns = true, .threads = 1};
	struct model m;
	struct ranking r;

	known_make(&x, &xt, all, 5, 5);
	make_model(&m, &x);
	CHECK(ranking_make(&r, &m, &o) == 0);
	CHECK(r.columns[0] == 2 && r.columns[1] == 4 && r.columns[2] == RANKING_END);
	CHECK(r.columns[12] == 0 && r.columns[13] == 2 && r.columns[14] == RANKING_END);
	ranking_clear(&r);
	o.per_group = 2;
	CHECK(ranking_make(&r, &m, &o) == 0);
	CHECK(r.columns[0] == 1 && r.columns[1] == 2 && r.columns[2] == 3);
	ranking_clear(&r);
	model_clear(&m);
	csr_clear(&x);
	csr_clear(&xt);
}

int main(void)
{
	dense_single_threaded();
	RUN(ranks_and_ndcg_are_those_worked_out_by_hand);
	RUN(groups_have_no_more_than_they_may);
	return DONE();
}

/*
 * ranking (private to lib/train): the best columns of each row by a fitted model, and how good they are.
 *
 * The metric is nDCG@k (Järvelin, Kekäläinen 2002, "Cumulated gain-based evaluation of IR techniques") with gains of 0
 * and 1. For a row with the held-out columns T, of which the r-th best has the gain g_r:
 *
 *     nDCG@k = sum over r = 1 .. k of g_r / log2(r + 1), divided by the same sum for the best ranking, min(k, |T|) ones first
 *
 * and its mean over all rows that have held-out columns. All columns are ranked but those that the row has in the data;
 * of equal scores the lower column comes first. A row that the model does not know is worth 0.
 */
#ifndef BOTIFY_RANKING_H
#define BOTIFY_RANKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "train/model.h"

#define RANKING_END UINT32_MAX

/* The best columns of each row. */
struct ranking {
	size_t n_rows, k;
	uint32_t *columns; /* n_rows x k, best first; RANKING_END after the last where there are fewer */
};

struct ranking_options {
	size_t k;
	const struct csr *without; /* n_rows x n_columns: what a row has in it is left out; NULL: nothing is */
	const struct csr *rows;	   /* only rows that have entries in it are ranked; NULL: all that the model knows */
	/* At most so many columns of a group are in a row, those of the row itself counted; 0: any number. */
	const uint32_t *group; /* by column, and by row where `rows_are_columns` */
	size_t per_group;
	bool rows_are_columns; /* the column of a row itself is left out */
	unsigned threads;
};

/*
 * Ranks. Exact, and the same for any number of threads. Returns 0, or -1 where there is no memory. Free with
 * ranking_clear in either case.
 */
int ranking_make(struct ranking *r, const struct model *m, const struct ranking_options *o);
void ranking_clear(struct ranking *r);

/* The mean nDCG@k of a ranking; NaN where no row has held-out columns. */
double ranking_ndcg(const struct ranking *r, const struct csr *held);

#endif

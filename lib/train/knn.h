/*
 * knn (private to lib/train): nearest neighbours by cosine with shrinkage.
 *
 * The similarity of two columns x_i and x_j of a matrix (tracks that were listened to by the same users, or in the same
 * sessions) is
 *
 *     s_ij = x_i · x_j / (|x_i| |x_j| + h)
 *
 * where the shrinkage h takes from the similarities of those that have little in common: an accident of few users
 * (Ferrari Dacrema, Cremonesi, Jannach 2019, "Are we really making much progress?", equation of section 3.2, after Bell
 * and Koren 2007). Sums are taken in a fixed order.
 */
#ifndef BOTIFY_KNN_H
#define BOTIFY_KNN_H

#include "base/errmsg.h"
#include "train/csr.h"
#include "train/model.h"

/*
 * The similarities of the columns of x: x->n_columns rows of at most `keep` others each, the most similar, of equal
 * ones those with lower numbers, in an order that is fixed but means nothing; none that is 0. `xt` is x transposed.
 * Returns 0, or -1 where there is no memory. Free with csr_clear in either case.
 */
int knn_cosine(struct csr *s, const struct csr *x, const struct csr *xt, double shrinkage, size_t keep,
	       unsigned threads);

/* For the table of kinds. Rows of itemknn are users, unless of_items is set; userknn adds the rows of similar users. */
int knn_fit_items(struct model *m, const struct fit *f, struct errmsg *e);
int knn_fit_users(struct model *m, const struct fit *f, struct errmsg *e);
void knn_cost(const struct csr *x, const struct hypers *h, double *bytes, double *operations);

#endif

/*
 * ease (private to lib/train): EASE^R, a linear model of each column by all others, in closed form (Steck 2019,
 * "Embarrassingly shallow autoencoders for sparse data").
 *
 * It minimises |X - X B|^2 + l |B|^2 with a zero diagonal of B. With P = (X'X + l I)^-1:
 *
 *     B_ij = -P_ij / P_jj for i not j
 *
 * That inverts a matrix as large as there are columns. Where there are fewer rows, the matrix of the rows will do: with
 * G = X X' + l I, by the identity of Woodbury, l P = I - X' G^-1 X, so that with h_j = x_j' G^-1 x_j
 *
 *     B_ij = x_i' G^-1 x_j / (1 - h_j) for i not j        and        (X B)_uj = x_uj - l (G^-1 X)_uj / (1 - h_j)
 */
#ifndef BOTIFY_EASE_H
#define BOTIFY_EASE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errmsg.h"
#include "train/csr.h"
#include "train/model.h"

struct ease {
	const struct csr *x, *xt; /* borrowed */
	bool by_rows;	     /* `inverse` is G^-1, else P */
	double regularisation;
	double *inverse;
	size_t n; /* its rows */
	double *scale; /* by column: 1 - h_j, or P_jj */
};

int ease_fit(struct model *m, const struct fit *f, struct errmsg *e);
void ease_free(struct ease *ease);
void ease_cost(const struct csr *x, const struct hypers *h, double *bytes, double *operations);

/* Scores of rows of X B, or of B itself, as model_score. */
int ease_score_rows(const struct ease *ease, size_t begin, size_t end, float *scores);
int ease_score_items(const struct ease *ease, size_t begin, size_t end, float *scores);

#endif

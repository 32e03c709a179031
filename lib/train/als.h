/*
 * als (private to lib/train): embeddings by alternating least squares: exact for the rows while the columns are held,
 * and the other way round.
 *
 * als, from what users liked and nothing else, is iALS (Hu, Koren, Volinsky 2008, "Collaborative filtering for
 * implicit feedback datasets") in the form of Rendle, Krichene, Zhang, Koren 2022, "Revisiting the performance of iALS
 * on item recommendation benchmarks". Over all users u and tracks i, with c the values of the matrix x and S what it
 * has, it minimises
 *
 *     sum over S of c_ui (w_u·h_i - 1)^2 + a sum over all of (w_u·h_i)^2
 *         + l sum over u of (|S_u| + a n_tracks) |w_u|^2 + l sum over i of (|S_i| + a n_users) |h_i|^2
 *
 * with `unobserved` a and `regularisation` l. The half step also serves mf.h, which learns the values themselves: over
 * all entries, of which several may be of one place, with what is expected of the embeddings, m,
 *
 *     sum over S of (w_u·h_i - x_ui)^2 + l (sum over u of |w_u - m_u|^2 + sum over i of |h_i - m_i|^2)
 */
#ifndef BOTIFY_ALS_H
#define BOTIFY_ALS_H

#include "base/errmsg.h"
#include "train/csr.h"
#include "train/model.h"

/* For the table of kinds. */
int als_fit(struct model *m, const struct fit *f, struct errmsg *e);
void als_cost(const struct csr *x, const struct hypers *h, double *bytes, double *operations);

/* What both sides of a half step have in common. */
struct als_step {
	bool of_values;	       /* mf, else als */
	double regularisation, unobserved;
	size_t d;
	unsigned threads;
};

/*
 * Half an iteration: the n_rows x d embeddings of the rows of x, given those of its columns, and what is expected of
 * them (of_values only; NULL: 0). Returns 0, or -1 where there is no memory or a system that cannot be solved.
 */
int als_half_step(const struct als_step *s, const struct csr *x, const float *columns, const float *expected,
		  float *rows);

#endif

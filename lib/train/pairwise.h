/*
 * pairwise (private to lib/train): embeddings that rank what was liked before what was not, by stochastic gradient
 * descent.
 *
 * bpr (Rendle, Freudenthaler, Gantner, Schmidt-Thieme 2009, "BPR: Bayesian personalized ranking from implicit
 * feedback") draws a user u, one i of the tracks that they liked and one j of the others, and goes up the gradient of
 *
 *     ln sigmoid(x_ui - x_uj) - l (|w_u|^2 + |h_i|^2 + |h_j|^2) / 2        with x_ui = w_u·h_i
 *
 * warp (Weston, Bengio, Usunier 2011, "WSABIE: scaling up to large vocabulary image annotation") draws j until one is
 * found that violates the margin, 1 + x_uj > x_ui. If that took N draws of n_tracks - 1, the rank of i is about
 * (n_tracks - 1) / N, and the step down max(0, 1 + x_uj - x_ui) is weighted with L(rank) = 1 + 1/2 + … + 1/rank.
 *
 * An epoch has as many steps as there are entries. Where a step begins depends on where the last one ended, so that
 * one thread does them all, and the result does not depend on how many there are. Steps shrink by Adagrad (Duchi,
 * Hazan, Singer 2011): each embedding's by the root of the sum of its squared gradients.
 */
#ifndef BOTIFY_PAIRWISE_H
#define BOTIFY_PAIRWISE_H

#include "base/errmsg.h"
#include "train/model.h"

/* For the table of kinds. */
int pairwise_fit_bpr(struct model *m, const struct fit *f, struct errmsg *e);
int pairwise_fit_warp(struct model *m, const struct fit *f, struct errmsg *e);
void pairwise_cost(const struct csr *x, const struct hypers *h, double *bytes, double *operations);

#endif

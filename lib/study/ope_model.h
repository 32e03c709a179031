/*
 * ope_model: the reward model of off-policy estimates: ridge regression of the time that was listened to on the numbers
 * of ope_features.h, fitted from the log alone and cross-fitted: what it says of a user's listens was learned from
 * users of the other folds only (Chernozhukov et al. 2018, "Double/debiased machine learning").
 *
 *     theta = (sum x x' + lambda I)^-1 sum x r,    lambda = 1, none on the constant
 *
 * It is linear so that means over what a policy may give, and sums of weighted predictions, are means and sums of x: so
 * they can be kept by user before theta is known, and one pass over the log is enough. The sums are exact integers in
 * units of 2^-32, which do not depend on the order of events, of users or of parts.
 */
#ifndef BOTIFY_OPE_MODEL_H
#define BOTIFY_OPE_MODEL_H

#include <stdint.h>

#include "study/ope_features.h"

enum { OPE_FOLDS = 5, OPE_PRODUCTS = OPE_FEATURES * (OPE_FEATURES + 1) / 2 };

__extension__ typedef __int128 ope_exact;

/* Sums over the listens of a fold. A zeroed one is of none. */
struct ope_fold {
	uint64_t n;
	ope_exact xx[OPE_PRODUCTS]; /* row after row, columns 0 .. row */
	ope_exact xr[OPE_FEATURES];
};

/* The fold of a user, by a hash of the id. */
unsigned ope_fold_of(uint32_t user);

/* Adds a listen. x and the time, which is rounded, are multiples of 1 / OPE_UNIT. */
void ope_fold_add(struct ope_fold *f, const double x[OPE_FEATURES], double time);

/* Adds the listens of another one. */
void ope_fold_merge(struct ope_fold *f, const struct ope_fold *other);

/* For each fold, the model from all others: theta[fold]. All 0 where there is nothing to learn from. */
void ope_model_fit(const struct ope_fold folds[OPE_FOLDS], double theta[OPE_FOLDS][OPE_FEATURES]);

/* What a model says of x, or of a sum of such. */
double ope_model_predict(const double theta[OPE_FEATURES], const double x[OPE_FEATURES]);

#endif

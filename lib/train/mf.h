/*
 * mf (private to lib/train): how long a later track is listened to in a session that began with a first one, by matrix
 * factorisation.
 *
 * The score of track b after track a is the product of two embeddings, p_a·q_b, fitted to the times by squared error
 * (alternating least squares, als.h), with early stopping. Random listening leaves a dozen listens a track, so three
 * things are done that are cheap and general:
 *
 * - How well liked a track is on the whole is taken out before, and is a coordinate of its own of q_b, that p_a
 *   multiplies by 1.
 * - Where artists are known, embeddings of artists are fitted first, and those of tracks are expected to be their
 *   artist's.
 * - The size of an effect is estimated from the data: with residuals r, the variance v between groups is the mean of
 *   r_i r_j over pairs of two listens of a group, that within them w the mean of r^2 less v, and a group of n listens
 *   has the effect sum(r) / (n + w / v) (the empirical Bayes estimate, as in Efron, Morris 1975).
 */
#ifndef BOTIFY_MF_H
#define BOTIFY_MF_H

#include "base/errmsg.h"
#include "train/model.h"

/*
 * For the table of kinds. Rows and columns of the data are tracks, first and later; values are times, less what is
 * expected.
 */
int mf_fit(struct model *m, const struct fit *f, struct errmsg *e);

/*
 * Estimates the effects of groups, 0 .. n_groups - 1, from residuals and takes them out: residual i is that of the
 * group group[i]. Adds each effect to `effects`. Returns 0, or -1 where there is no memory.
 */
int mf_take_effects(float *residuals, const uint32_t *group, size_t n, double *effects, size_t n_groups);

#endif

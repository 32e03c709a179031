/*
 * balance: are the covariates of an experiment alike in its arms? What users did before an experiment does not depend
 * on their arm. Where it does, users were not assigned by chance, or the covariate is not from before: then it holds
 * part of the effect, and an adjustment by it takes that away.
 *
 * Tested are, among the users who are analysed, each covariate of those who have it, by ranks (ranks.h), and how many
 * of each arm have one at all, by Fisher's test (proportions.h). Each p is multiplied by how many of them are known
 * (Bonferroni), so that the least is the p of all: if nothing is wrong, it is below a level at most as often as that.
 */
#ifndef BOTIFY_BALANCE_H
#define BOTIFY_BALANCE_H

#include <stdint.h>

#include "base/errmsg.h"
#include "study/covariate.h"
#include "study/metrics.h"
#include "study/study.h"

/* The covariates, as user_values.h has them, and whether a user has one. A file is the first, and the only one. */
enum { BALANCE_N = METRICS_N + 1 };

struct balance {
	double p[BALANCE_N]; /* multiplied; NaN where there is no such covariate, or it cannot be tested */
};

/*
 * Of a study that has ended, with the covariates of a file or, where it is NULL, those that the study kept. With tune
 * above 0, p may be looked at every night, as those of intervals that are tuned so: the larger of that p and of the
 * always-valid one of sequential_arm. Returns 0, or -1 where there is no memory.
 */
int balance_of(struct balance *b, const struct study *s, uint32_t experiment, const struct covariate *file, double tune,
	       double alpha, struct errmsg *e);

/* The least p; NaN where there is none. */
double balance_p(const struct balance *b);

/* What the i-th covariate is in words: "time", "value" for that of a file, "who has one". */
const char *balance_name(size_t i, const struct covariate *file);

#endif

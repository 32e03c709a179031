/*
 * arm_sizes: how many users each arm of an experiment has and should have, and how likely that is: the test for a
 * sample ratio mismatch (srm.h).
 *
 * Those users count who were seen in this arm and in no other, whether a session ended or not. A planned arm that has
 * nobody is an arm of the test; one of weight 0 is not.
 */
#ifndef BOTIFY_ARM_SIZES_H
#define BOTIFY_ARM_SIZES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "study/allocation.h"
#include "study/study.h"

/* Below this p, arms are not as they should be, and a report says so before anything else. */
#define ARM_SIZES_ALARM 0.001

/* The arms of the log in the order of the report, then those that were planned and have nobody, in that of the plan. */
struct arm_sizes {
	const char **names; /* borrowed from the study or the plan */
	uint64_t *users;
	double *weights, *expected; /* as planned; and the users that such weights make */
	size_t n;
	double chi2, df; /* of Pearson's test */
	/* of that test, or of the one that may be looked at every day; NaN where nothing can be tested */
	double p;
};

/*
 * Counts and tests the arms of an experiment; `arms` are their numbers in the order of the report, `planned` is the
 * split of this experiment, or NULL. Returns 0, or -1 where there is no memory. Free with arm_sizes_clear in either
 * case.
 */
int arm_sizes_init(struct arm_sizes *a, const struct study_experiment *x, const uint32_t *arms,
		   const struct allocation *planned, bool sequential, struct errmsg *e);
void arm_sizes_clear(struct arm_sizes *a);

#endif

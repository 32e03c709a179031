/*
 * fail_on: findings on which a run is to fail where nobody looks at its report: in a cron job, in a pipeline.
 */
#ifndef BOTIFY_FAIL_ON_H
#define BOTIFY_FAIL_ON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errmsg.h"
#include "report/analysis.h"

/*
 * Checks a list of names, separated by commas: "srm" (the split is not as planned, see ARM_SIZES_ALARM), "health" (any
 * finding that makes effects unreliable), or the key of an entry of health.h (any of these at all). Returns 0, or -1
 * with a reason that lists the names.
 */
int fail_on_check(const char *names, struct errmsg *e);

/* Looks for them. Returns 1 with the first that is there as a sentence in `found`, or 0. */
int fail_on_find(const char *names, const struct analysis *a, struct errmsg *found);

#endif

/*
 * fail_on: findings on which a run is to fail, for who has no eyes: a cron job, a pipeline.
 */
#ifndef BOTIFY_FAIL_ON_H
#define BOTIFY_FAIL_ON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errmsg.h"
#include "report/sections.h"

/*
 * Checks a list of names, separated by commas: "srm" (the split is not as planned, see SECTIONS_SRM_ALARM), "health" (any
 * finding that makes effects unreliable), or the key of an entry of health.h (any of these at all). Returns 0, or -1 with
 * a reason that lists the names.
 */
int fail_on_check(const char *names, struct errmsg *e);

/*
 * Looks for them in a study that has ended, and in its effects where the subject has them. Returns 1 with the first that was found as a sentence in `found`; 0 where none
 * was; -1 where there is no memory.
 */
int fail_on_find(const char *names, const struct sections_subject *subject, struct errmsg *found);

#endif

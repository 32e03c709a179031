/*
 * experiment: what arms there are, and the policy of each. For the file that says so, see event/plan.h; for which users
 * fall on which arm, event/assignment.h.
 */
#ifndef BOTIFY_EXPERIMENT_H
#define BOTIFY_EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errmsg.h"
#include "event/plan.h"
#include "policy/policy.h"

struct arm {
	const char *name;     /* the plan's */
	struct policy policy; /* where the experiment has policies */
};

struct experiment {
	const char *name;		     /* the plan's */
	const struct assignment *assignment; /* likewise */
	bool has_policies;
	struct arm *arms;
	size_t n_arms;
};

struct experiments {
	struct experiment *list; /* in the order of the file, which is the order of the log */
	size_t n;
	struct plan plan;
};

/*
 * Reads a file of experiments and parses their policies. Returns 0, or -1 with the file, the experiment and the reason.
 * Free with experiments_clear.
 */
int experiments_load(struct experiments *x, const char *path, struct errmsg *e);
void experiments_clear(struct experiments *x);

/* Whether the policy of an arm draws from a table of that kind. */
bool experiments_read(const struct experiments *x, enum table_kind kind);

/* Binds the policies of all arms to tables. Returns 0, or -1 with experiment, arm and what is missing. */
int experiments_bind(struct experiments *x, const struct tables *t, struct errmsg *e);

/* The experiment that serves: the last one that has policies; NULL where none has. */
const struct experiment *experiments_serving(const struct experiments *x);

#endif

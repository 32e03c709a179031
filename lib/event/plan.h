/*
 * plan: what a file of experiments says: the arms of each, how users are divided between them, and what each arm does,
 * which is a text here. Policies are made of it by policy/experiment.h.
 *
 *     {"experiments":[{"name":"AA","arms":["C","T1"]},
 *                     {"name":"F","arms":{"C":"random","T1":"artist,random"},"weights":{"C":9,"T1":1}}]}
 */
#ifndef BOTIFY_PLAN_H
#define BOTIFY_PLAN_H

#include <stddef.h>

#include "base/errmsg.h"
#include "base/intern.h"
#include "event/assignment.h"

struct plan_experiment {
	struct intern arms;
	char **policies; /* one an arm, as it was written; NULL where the experiment has none */
	double *weights; /* one an arm; all 1 where none are given */
	struct assignment assignment;
};

struct plan {
	struct intern names; /* of the experiments, in the order of the file, which is the order of the log */
	struct plan_experiment *list; /* names.n of them */
};

/*
 * Reads a file. Names that occur twice, weights that are not one for each arm, unknown keys are errors. Returns 0, or
 * -1 with the file, the experiment and the reason. Free with plan_clear; after a failure there is nothing to free.
 */
int plan_load(struct plan *p, const char *path, struct errmsg *e);
void plan_clear(struct plan *p);

#endif

/*
 * allocation: how users were meant to be split between the arms of an experiment, as weights of the arms.
 */
#ifndef BOTIFY_ALLOCATION_H
#define BOTIFY_ALLOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/intern.h"

/*
 * Zero-initialise. One without arms says that nothing was planned: arms are to be equal, whichever there are. An arm
 * of weight 0 is not looked at: whether it has users or not is as it should be.
 *
 * Either it holds for all experiments, or it has one for each experiment by its name; see allocation_of.
 */
struct allocation {
	struct intern arms; /* in the order given */
	double *weights;     /* arms.n of them, 0 or above; not all are 0 */
	size_t cap;
	struct intern experiments; /* those that have one of their own */
	struct allocation *list;	    /* experiments.n of them */
};

/*
 * Parses "C=2,T1=1", in which a name is not empty and holds no "," and no "=", or a JSON object, {"C":2,"T1":1}, whose
 * names are any; `what` names the option in reasons. An arm twice, a weight that is not a number from 0 to 1e12, no
 * weight above 0 are errors. Returns 0, or -1 with the reason. Free with allocation_clear in either case.
 */
int allocation_parse(struct allocation *s, const char *what, const char *text, struct errmsg *e);
void allocation_clear(struct allocation *s);

/* Whether the text is neither of these, so that it must be the path of a file. */
bool allocation_is_path(const char *text);

/*
 * Reads the split of each experiment from a file of experiments (see event/plan.h). Returns 0, or -1 with the file, the
 * experiment and the reason. Free with allocation_clear in either case.
 */
int allocation_load(struct allocation *s, const char *path, struct errmsg *e);

/* Whether it says how the users of an experiment are split. */
bool allocation_has(const struct allocation *s, struct slice experiment);

/* That of an experiment, borrowed; one without arms where nothing was planned for it, NULL where `s` is NULL. */
const struct allocation *allocation_of(const struct allocation *s, struct slice experiment);

/* The weight of an arm: 0 where it was not planned, 1 where nothing was or `s` is NULL. */
double allocation_weight(const struct allocation *s, struct slice arm);

/* Whether the arm was planned with weight 0. `s` may be NULL. */
bool allocation_leaves_out(const struct allocation *s, struct slice arm);

/*
 * How many planned arms with a weight above 0 are not among `arms`; and how many of `arms` were not planned. Both
 * are 0 where nothing was. names->text lists them, "T1, T2", as far as they fit: missing ones in the order of the
 * plan, others in bytewise order.
 */
size_t allocation_missing(const struct allocation *s, const struct intern *arms, struct errmsg *names);
size_t allocation_unplanned(const struct allocation *s, const struct intern *arms, struct errmsg *names);

#endif

/*
 * split: how users were meant to be split between the arms of an experiment, as weights of the arms.
 */
#ifndef BOTIFY_SPLIT_H
#define BOTIFY_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/symbols.h"

/* Zero-initialise; a split of no arms is none: arms are equal, whichever there are. */
struct split {
	struct symbols arms; /* in the order given */
	double *weights;     /* arms.n of them, each above 0 */
	size_t cap;
};

/*
 * Parses "C=2,T1=1"; `what` names the option in reasons. A name holds no "," and no "=". An arm twice, a weight that is
 * no number above 0, an empty name are errors. Returns 0, or -1 with the reason. Free with split_clear in either case.
 */
int split_parse(struct split *s, const char *what, const char *text, struct errmsg *e);
void split_clear(struct split *s);

/* The weight of an arm: 0 where the split does not name it, 1 where there is no split, or `s` is NULL. */
double split_weight(const struct split *s, struct slice arm);

/*
 * How many arms of the split are not among `arms`, and how many of `arms` are not in the split; 0 where there is no split.
 * names->text lists them, "T1, T2", as far as they fit; those of the split as it has them, the others in bytewise order.
 */
size_t split_missing(const struct split *s, const struct symbols *arms, struct errmsg *names);
size_t split_unplanned(const struct split *s, const struct symbols *arms, struct errmsg *names);

#endif

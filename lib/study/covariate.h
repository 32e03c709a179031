/*
 * covariate: a number for each user, read from a file: what is known of the user from before an experiment.
 */
#ifndef BOTIFY_COVARIATE_H
#define BOTIFY_COVARIATE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/idmap.h"

#define COVARIATE_MAX 1e100 /* the squares of many are finite, and so are their products with a metric's values */

/* Zero-initialise. */
struct covariate {
	struct idmap index; /* user id to place in values */
	double *values;	    /* n of them */
	size_t n, cap;
};

/*
 * Reads NDJSON {"user":1,"value":2.5}; other keys are ignored. A user who comes twice, and a value that is not a
 * number from -COVARIATE_MAX to COVARIATE_MAX, are errors. Returns 0, or -1 with file, line and reason. Free with
 * covariate_clear.
 */
int covariate_load(struct covariate *c, const char *path, struct errmsg *e);
void covariate_clear(struct covariate *c);

/* The value of a user, or NaN where there is none. */
static inline double covariate_of(const struct covariate *c, uint32_t user)
{
	uint32_t place = idmap_get(&c->index, user, IDMAP_NONE);

	return place == IDMAP_NONE ? NAN : c->values[place];
}

#endif

#include "stats/winsor.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "stats/quantile.h"

/* All values of the arms, sorted. Returns a new array of *total values, or NULL where there is no memory. */
static double *pool(const struct winsor_arm *arms, size_t n, size_t *total)
{
	double *all;
	size_t done = 0;

	*total = 0;
	for (size_t i = 0; i < n; i++) {
		if (arms[i].n > SIZE_MAX - *total)
			return NULL;
		*total += arms[i].n;
	}
	all = calloc(*total > 0 ? *total : 1, sizeof *all);
	if (all == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (arms[i].n > 0)
			memcpy(all + done, arms[i].values, arms[i].n * sizeof *all);
		done += arms[i].n;
	}
	quantile_sort(all, *total);
	return all;
}

static void cap(struct winsor_arm *arm, double threshold)
{
	arm->capped = 0;
	for (size_t i = 0; i < arm->n; i++) {
		if (arm->values[i] > threshold) {
			arm->values[i] = threshold;
			arm->capped++;
		}
	}
}

int winsor(struct winsor_arm *arms, size_t n, double p, double *threshold, struct errmsg *e)
{
	size_t total;
	double *all = pool(arms, n, &total);

	if (all == NULL)
		return errmsg_nomem(e);
	*threshold = quantile_sorted(all, total, p);
	free(all);
	for (size_t i = 0; i < n; i++)
		cap(&arms[i], *threshold);
	return 0;
}

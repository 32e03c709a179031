/*
 * tune (private to lib/train): hyperparameters by the metric of the ranking on a held-out part of the data.
 *
 * From where a model's search begins, one hyperparameter after the other goes up, and down, by its factor as long as
 * the metric gets better. Then all of them once more, with the root of the factor. What was given stays as it is.
 * Where nothing is to be searched and no epoch to be found, nothing is tried.
 */
#ifndef BOTIFY_TUNE_H
#define BOTIFY_TUNE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "train/model.h"

struct tune_data {
	const struct csr *x, *xt; /* to learn from */
	const struct csr *held;	  /* the entries that were held out */
	const struct csr *ranked; /* rows of the model x columns: what is best in them; NULL: `held` */
	const struct csr *without; /* as in ranking_make */
	const uint32_t *group; /* as in struct fit */
	size_t n_groups;
	bool of_items; /* as in struct model */
	bool rows_are_columns; /* as in struct ranking_options */
	bool by_loss; /* by the loss on what was held out, instead of by the ranking */
	size_t k; /* of nDCG@k */
};

struct tune {
	struct hypers given;
	uint64_t seed;
	unsigned threads;
	struct watch watch;
	/* called for each that was tried, with its metric; may be NULL */
	void (*tried)(void *ctx, const struct model_kind *k, const struct hypers *h, double metric);
	void *ctx;
};

/* Whether there is anything to search, given these. */
bool tune_is_needed(const struct model_kind *k, const struct hypers *given);

/* Finds the best hyperparameters of a kind. Returns 0, or -1 with the reason. */
int tune_find(struct hypers *best, const struct model_kind *k, const struct tune_data *data, const struct tune *t,
	      struct errmsg *e);

#endif

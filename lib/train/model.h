/*
 * model (private to lib/train): what all models of a matrix rows x columns have in common: how they are named, what
 * can be set, how they are fitted, and that a fitted one gives each row a score for each column.
 *
 * For a user-tracks table rows are users and columns tracks. For a table of similar tracks, a row is the track that has
 * been finished, and a column the one that may come next. The kinds are the rows of a table in model.c.
 */
#ifndef BOTIFY_MODEL_H
#define BOTIFY_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "train/csr.h"
#include "train/watch.h"

/* What can be set. A number that is not set is NaN. */
enum hyper {
	HYPER_FACTORS,	      /* length of an embedding */
	HYPER_EPOCHS,	      /* passes over the data, at most */
	HYPER_REGULARISATION, /* weight of squared sizes */
	HYPER_UNOBSERVED,     /* als: weight of what was not listened to */
	HYPER_RATE,	      /* bpr, warp: length of the first steps */
	HYPER_SHRINKAGE,      /* itemknn, userknn: see knn.h */
	HYPER_NEIGHBOURS,     /* userknn: how many users */
	N_HYPER
};

struct hypers {
	double value[N_HYPER];
};

/* What a command calls it, without dashes; and the range that it is in. */
struct hyper_kind {
	const char *name;
	double least, most;
	bool whole;
};

extern const struct hyper_kind hyper_kinds[N_HYPER];

/* None is set. */
struct hypers hypers_none(void);

/* A hyperparameter of a model: where the search for it begins, and by which factor it goes on; 1: not searched. */
struct model_hyper {
	enum hyper which;
	double start, factor;
};

enum { MODEL_HYPERS_MAX = 5 };

/* What is fitted to what. */
struct fit {
	const struct csr *x, *xt;   /* the data, and transposed */
	const struct csr *held;	    /* what the loss is taken on, never learned from; NULL: the data itself */
	const uint32_t *group;	    /* of each track, which is row and column: its artist; NULL: not known */
	size_t n_groups;
	struct hypers hypers;	    /* all that the model has are set */
	uint64_t seed;
	unsigned threads;
	bool stop_early; /* where the held-out loss has got worse, and what was best is kept */
	const char *stage; /* for the watch */
	struct watch watch;
};

struct model;

struct model_kind {
	const char *name;
	struct model_hyper hypers[MODEL_HYPERS_MAX]; /* n_hypers */
	size_t n_hypers;
	int (*fit)(struct model *m, const struct fit *f, struct errmsg *e);
	/* bytes that a fit takes beside the data, and about how many operations it is */
	void (*cost)(const struct csr *x, const struct hypers *h, double *bytes, double *operations);
};

/* A fitted model. Which parts are there depends on its kind. */
struct model {
	const struct model_kind *kind;
	const struct csr *x; /* what it was fitted to, borrowed */
	unsigned epochs;     /* that were best */
	double loss;	     /* after them, on what was held out; NaN where it is not known */
	/* scores are products of embeddings: als, bpr, warp, mf */
	float *rows, *columns; /* n_rows x d, n_columns x d */
	size_t d;
	bool knows_all; /* also rows without data */
	/* scores are sparse: a row of `left` times `right` */
	struct csr weights; /* similarities: one of the two, or both */
	const struct csr *left, *right;
	bool positive; /* a score of 0 says that nothing is known */
	/* ease: see ease.h */
	struct ease *ease;
	bool of_items; /* rows are the columns of x: what is similar to an item */
};

/* The kind of that name, or NULL. The names there are, i = 0, 1, …; NULL after the last. */
const struct model_kind *model_find(const char *name);
const char *model_name(size_t i);

/* Where the search for a kind's hyperparameters begins, but for those that are set in `given`. */
struct hypers model_hypers(const struct model_kind *k, const struct hypers *given);

/* Fits. Returns 0, or -1 with the reason. Free with model_clear in either case. */
int model_fit(struct model *m, const struct model_kind *k, const struct fit *f, struct errmsg *e);
void model_clear(struct model *m);

/* How many rows it has scores for. */
size_t model_rows(const struct model *m);

/* Whether a row had any data, without which its scores mean nothing. */
bool model_knows(const struct model *m, size_t row);

/*
 * The scores of the rows begin .. end - 1, at most MODEL_BLOCK, for all columns: row after row. -INFINITY is no
 * candidate. `begin` is a multiple of MODEL_BLOCK: the last bit may depend on which rows are asked for together.
 * Returns 0, or -1 where there is no memory.
 */
enum { MODEL_BLOCK = 64 };
int model_score(const struct model *m, size_t begin, size_t end, float *scores);

#endif

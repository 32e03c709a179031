/*
 * factors (private to lib/train): two sets of embeddings, of the rows and of the columns of a matrix, whose products
 * are scores.
 */
#ifndef BOTIFY_FACTORS_H
#define BOTIFY_FACTORS_H

#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "train/model.h"

/* A number that is nearly normal, with mean 0 and variance 1: a sum of twelve, the same on every machine. */
double factors_normal(struct rng *r);

/*
 * Makes embeddings of d numbers for the model, drawn by the seed: independent, of mean 0 and variance spread^2 / d.
 * Returns 0, or -1 where there is no memory.
 */
int factors_draw(struct model *m, const struct fit *f, size_t d, double spread);

/* Copies of embeddings, for going back to the best epoch. Zero-initialise. */
struct factors_copy {
	float *rows, *columns;
	double loss; /* what it was then */
	unsigned epoch;
};

/* Remembers the embeddings of the model. Returns 0, or -1 where there is no memory. */
int factors_remember(struct factors_copy *c, const struct model *m, const struct fit *f, double loss, unsigned epoch);

/* Gives back what was remembered, if anything was. */
void factors_restore(struct model *m, const struct factors_copy *c, const struct fit *f);
void factors_forget(struct factors_copy *c);

/*
 * The end of an epoch: tells the watch, and stops early where that is wanted: where the loss has been above the least
 * one for two epochs. Returns 0 to go on, 1 to stop, -1 with the reason where the loss is not finite, or far above
 * where it began, or there is no memory.
 */
int factors_epoch(struct factors_copy *c, struct model *m, const struct fit *f, unsigned epoch, double loss,
		  struct errmsg *e);

/* The product of two embeddings, summed in a fixed order. */
float factors_product(const float *a, const float *b, size_t d);

/*
 * The mean of loss(score, value) over the entries of a matrix, summed in a fixed order for any number of threads; NaN
 * where there are none.
 */
double factors_mean_loss(const struct model *m, const struct csr *x, unsigned threads,
			 double (*loss)(double score, double value));

#endif

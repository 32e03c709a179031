#include "stats/bootstrap.h"

#include <math.h>
#include <stdlib.h>

#include "base/murmur3.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "stats/quantile.h"

enum { AT_ONCE = 4 }; /* replicates, of the words of one block of the generator */

unsigned bootstrap_poisson(uint32_t bits)
{
	/* 2^32 times the chance of at most 0, 1, 2, … */
	static const uint32_t at_most[] = {1580030169, 3160060337, 3950075422, 4213413783, 4279248374, 4292415292,
					   4294609778, 4294923276, 4294962463, 4294966817, 4294967253, 4294967292};
	unsigned n = 0;

	while (n < sizeof at_most / sizeof *at_most && bits >= at_most[n])
		n++;
	return n;
}

/* Users, or groups of them, with their sums. */
struct units {
	uint32_t *ids;
	int64_t *sums;
	uint64_t *counts;
	size_t n;
};

static void units_clear(struct units *u)
{
	free(u->ids);
	free(u->sums);
	free(u->counts);
}

static int units_make(struct units *u, const struct bootstrap *b)
{
	u->n = b->n < BOOTSTRAP_GROUPS ? b->n : BOOTSTRAP_GROUPS;
	u->ids = calloc(u->n, sizeof *u->ids);
	u->sums = calloc(u->n * b->n_ratios, sizeof *u->sums);
	u->counts = calloc(u->n * b->n_counts, sizeof *u->counts);
	if (!u->ids || !u->sums || !u->counts)
		return -1;
	for (size_t i = 0; i < b->n; i++) {
		bool alone = u->n == b->n;
		size_t unit = alone ? i : murmur3(&b->users[i], sizeof *b->users, 0) % u->n;

		u->ids[unit] = alone ? b->users[i] : (uint32_t)unit;
		for (size_t j = 0; j < b->n_ratios; j++)
			u->sums[unit * b->n_ratios + j] += b->sums[i * b->n_ratios + j];
		for (size_t j = 0; j < b->n_counts; j++)
			u->counts[unit * b->n_counts + j] += b->counts[i * b->n_counts + j];
	}
	return 0;
}

struct work {
	const struct bootstrap *b;
	const struct units *units;
	double *ratios; /* of ratio j in replicate r: ratios[j * replicates + r] */
	double *scratch; /* by thread: sums and counts of AT_ONCE replicates */
};

static void add_unit(const struct work *w, size_t i, const unsigned weights[AT_ONCE], double *sums, double *counts)
{
	size_t n_ratios = w->b->n_ratios, n_counts = w->b->n_counts;

	for (size_t k = 0; k < AT_ONCE; k++) {
		if (weights[k] == 0)
			continue;
		for (size_t j = 0; j < n_ratios; j++)
			sums[k * n_ratios + j] += weights[k] * (double)w->units->sums[i * n_ratios + j];
		for (size_t j = 0; j < n_counts; j++)
			counts[k * n_counts + j] += weights[k] * (double)w->units->counts[i * n_counts + j];
	}
}

/* Draws the replicates AT_ONCE * begin to AT_ONCE * end. */
static void draw(void *ctx, size_t begin, size_t end, unsigned thread)
{
	struct work *w = ctx;
	const struct bootstrap *b = w->b;
	size_t each = AT_ONCE * (b->n_ratios + b->n_counts);
	double *sums = w->scratch + thread * each, *counts = sums + AT_ONCE * b->n_ratios;

	for (size_t block = begin; block < end; block++) {
		for (size_t j = 0; j < each; j++)
			sums[j] = 0;
		for (size_t i = 0; i < w->units->n; i++) {
			struct rng r = rng_at(b->seed, RNG_BOOTSTRAP, w->units->ids[i], (uint32_t)block, 0);
			unsigned weights[AT_ONCE];

			for (size_t k = 0; k < AT_ONCE; k++)
				weights[k] = bootstrap_poisson(rng_u32(&r));
			add_unit(w, i, weights, sums, counts);
		}
		for (size_t k = 0; k < AT_ONCE && block * AT_ONCE + k < b->replicates; k++)
			for (size_t j = 0; j < b->n_ratios; j++)
				w->ratios[j * b->replicates + block * AT_ONCE + k] =
					sums[k * b->n_ratios + j] / counts[k * b->n_counts + b->count_of[j]];
	}
}

/* A replicate in which nobody counts has no ratio. */
static size_t leave_finite(double *values, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (isfinite(values[i]))
			values[kept++] = values[i];
	return kept;
}

static void set_intervals(const struct work *w, double *lower, double *upper)
{
	const struct bootstrap *b = w->b;

	for (size_t j = 0; j < b->n_ratios; j++) {
		double *values = w->ratios + j * b->replicates;
		size_t n = leave_finite(values, b->replicates);

		quantile_sort(values, n);
		lower[j] = quantile_sorted(values, n, b->alpha / 2);
		upper[j] = quantile_sorted(values, n, 1 - b->alpha / 2);
	}
}

int bootstrap_ratios(const struct bootstrap *b, double *lower, double *upper, struct errmsg *e)
{
	unsigned threads = parallel_threads(b->threads);
	struct units units = {0};
	struct work w = {.b = b, .units = &units};
	int status = 0;

	for (size_t j = 0; j < b->n_ratios; j++)
		lower[j] = upper[j] = NAN;
	if (b->replicates == 0 || b->n < 2 || b->n_ratios == 0)
		return 0;
	w.ratios = calloc(b->n_ratios * b->replicates, sizeof *w.ratios);
	w.scratch = calloc((size_t)threads * AT_ONCE * (b->n_ratios + b->n_counts), sizeof *w.scratch);
	if (!w.ratios || !w.scratch || units_make(&units, b) < 0) {
		status = errmsg_nomem(e);
	} else {
		parallel_for((b->replicates + AT_ONCE - 1) / AT_ONCE, 1, threads, draw, &w);
		set_intervals(&w, lower, upper);
	}
	units_clear(&units);
	free(w.ratios);
	free(w.scratch);
	return status;
}

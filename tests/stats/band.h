/*
 * band: how many of n tries may come out one way where each does so with a known probability, and the line of TAP that
 * says whether they did.
 */
#ifndef BAND_H
#define BAND_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

enum promise { EQUAL, AT_MOST, MORE };

/* The 99.9 % band of a binomial count: from `lower` to `upper` inclusive. */
struct band {
	size_t lower, upper;
};

static inline struct band band_of(size_t n, double rate)
{
	const double tail = 0.0005;
	struct band band = {.lower = 0};

	while (band.lower < n && gsl_cdf_binomial_P((unsigned)band.lower, rate, (unsigned)n) <= tail)
		band.lower++;
	band.upper = band.lower;
	while (band.upper < n && gsl_cdf_binomial_Q((unsigned)band.upper, rate, (unsigned)n) > tail)
		band.upper++;
	return band;
}

/* Says what was promised of a count, and whether it holds, by that band. */
static inline bool band_holds(enum promise promise, size_t count, size_t n, double rate, char *words, size_t size)
{
	struct band band = band_of(n, rate);

	switch (promise) {
	case EQUAL:
		snprintf(words, size, "%zu..%zu", band.lower, band.upper);
		return count >= band.lower && count <= band.upper;
	case AT_MOST:
		snprintf(words, size, "at most %zu", band.upper);
		return count <= band.upper;
	case MORE:
		break;
	}
	snprintf(words, size, "more than %zu", band.upper);
	return count > band.upper;
}

/* Prints line `number` of the TAP, counted from 1. `what` is what was tried, `part` (or "") a part of it. */
static inline bool band_print(size_t number, const char *what, const char *part, enum promise promise, size_t count,
			      size_t n, double rate)
{
	char words[64];
	bool ok = band_holds(promise, count, n, rate, words, sizeof words);

	printf("%sok %zu - %s%s%s: %zu of %zu, wanted %s\n", ok ? "" : "not ", number, what, *part ? ": " : "", part,
	       count, n, words);
	return ok;
}

/* The seed that is the one argument of these programs, or 1. Exits with 2 where it is none. */
static inline uint64_t band_seed(const char *program, int argc, char **argv)
{
	char *end = NULL;
	uint64_t seed = 1;

	errno = 0;
	if (argc > 1)
		seed = strtoull(argv[1], &end, 10);
	if (argc > 2 || (end != NULL && (end == argv[1] || *end != '\0')) || errno != 0) {
		fprintf(stderr, "usage: %s [SEED]\n", program);
		exit(2);
	}
	return seed;
}

#endif

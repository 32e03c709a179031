/*
 * fixture: what the tests of several modules need: a directory of their own, files and catalogs in it.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <gsl/gsl_cdf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit/check.h"
#include "world/catalog.h"

/* Goes to a new directory, which is the first act of main. */
static inline void fixture_enter(char directory[32])
{
	strcpy(directory, "/tmp/botify-unit.XXXXXX");
	if (!mkdtemp(directory) || chdir(directory) < 0) {
		printf("Bail out! no directory to work in\n");
		exit(1);
	}
}

/* Removes it, with the files that were made in it; the tests must have removed all else. */
static inline void fixture_leave(const char *directory)
{
	static const char *const files[] = {"file", "other", "catalog", "state", "users", "matrix.npy"};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		unlink(files[i]);
	if (rmdir(directory) < 0)
		printf("# something was left in %s\n", directory);
}

/* Writes a file. */
static inline const char *fixture_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0);
	return path;
}

/*
 * A catalog of n tracks: track i has the id i * step and the artist i % n_artists. Its text stays in the file
 * "catalog".
 */
static inline void fixture_catalog(struct catalog *c, uint32_t n, uint32_t n_artists, uint32_t step)
{
	FILE *f = fopen("catalog", "w");
	struct errmsg reason = {0};

	for (uint32_t i = 0; f && i < n; i++)
		fprintf(f, "{\"track\":%u,\"artist\":\"artist %u\",\"title\":\"title %u\"}\n", i * step, i % n_artists,
			i);
	CHECK(f && fclose(f) == 0);
	CHECK(catalog_load(c, "catalog", &reason) == 0);
	CHECK_STR(reason.text, "");
}

/* The probability of counts as uneven as these, or more, where each of the n is as likely as any other. */
static inline double fixture_chi_square(const uint32_t *counts, size_t n)
{
	double total = 0, x = 0;

	for (size_t i = 0; i < n; i++)
		total += counts[i];
	for (size_t i = 0; i < n; i++)
		x += (counts[i] - total / (double)n) * (counts[i] - total / (double)n) / (total / (double)n);
	return gsl_cdf_chisq_Q(x, (double)(n - 1));
}

#endif

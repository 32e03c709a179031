#include "base/suggest.h"

#include <string.h>

enum { LONGEST = 63 }; /* names are short; longer words get no suggestion */

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t edit_distance(const char *a, const char *b)
{
	size_t d[LONGEST + 1][LONGEST + 1];
	size_t na = strlen(a), nb = strlen(b);

	for (size_t i = 0; i <= na; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= nb; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= na; i++)
		for (size_t j = 1; j <= nb; j++) {
			size_t best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			best = smaller(best, smaller(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				best = smaller(best, d[i - 2][j - 2] + 1);
			d[i][j] = best;
		}
	return d[na][nb];
}

/* The nearest name so far, and how far it is. */
struct nearest {
	const char *name;
	size_t distance;
};

/* None yet. A name counts as near only where it is nearer than this. */
static struct nearest nothing_near(const char *word)
{
	return (struct nearest){.distance = (strlen(word) + 2) / 3 + 1};
}

static void consider_name(struct nearest *n, const char *word, const char *candidate)
{
	size_t d = strlen(candidate) <= LONGEST ? edit_distance(word, candidate) : n->distance;

	if (d < n->distance)
		*n = (struct nearest){.name = candidate, .distance = d};
}

const char *suggest(const char *word, const char *(*name)(size_t i))
{
	struct nearest n = nothing_near(word);
	const char *candidate;

	if (strlen(word) > LONGEST)
		return NULL;
	for (size_t i = 0; (candidate = name(i)) != NULL; i++)
		consider_name(&n, word, candidate);
	return n.name;
}

const char *suggest_among(const char *word, const char *const *names)
{
	struct nearest n = nothing_near(word);

	if (strlen(word) > LONGEST)
		return NULL;
	for (; *names; names++)
		consider_name(&n, word, *names);
	return n.name;
}

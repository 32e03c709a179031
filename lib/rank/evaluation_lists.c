/* What is said of the lists that a table gave, as a whole: see evaluation.h. */
#include <math.h>
#include <stdlib.h>

#include "rank/evaluation.h"

static double information(const struct evaluation *v, uint32_t id, int64_t plays)
{
	uint32_t place = id_index_get(&v->popularity.index, id);
	int64_t own = place > 0 ? v->popularity.counts[place - 1].plays : 1;

	return -log2((double)own / (double)plays);
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/*
 * Of n counts, of which those that are not 0 are sorted here: sum over i of (2 i - n - 1) x(i) / (n sum of x), i from
 * 1.
 */
static double gini(uint64_t *counts, size_t n_shown, size_t n, double all)
{
	double sum = 0;

	qsort(counts, n_shown, sizeof *counts, ascending);
	for (size_t i = 0; i < n_shown; i++)
		sum += (2 * (double)(n - n_shown + i) + 1 - (double)n) * (double)counts[i];
	return sum / ((double)n * all);
}

int evaluation_lists(const struct evaluation *v, struct evaluation_cell cell, struct evaluation_lists *lists,
		     struct errmsg *e)
{
	const struct popularity *exposed = &v->exposed[evaluation_number(v, cell)];
	struct popularity_count *shown = popularity_by_track(exposed);
	uint64_t *counts = calloc(exposed->n + 1, sizeof *counts);
	double all = 0, told = 0;
	size_t n = 0;
	int64_t plays = 0;

	*lists = (struct evaluation_lists){NAN, NAN, NAN};
	for (size_t i = 0; i < v->popularity.n; i++)
		plays += v->popularity.counts[i].plays;
	for (size_t i = 0; shown && counts && i < exposed->n; i++) {
		if (shown[i].plays == 0)
			continue;
		counts[n++] = (uint64_t)shown[i].plays;
		all += (double)shown[i].plays;
		if (plays > 0)
			told += (double)shown[i].plays * information(v, shown[i].track, plays);
	}
	if (all > 0 && plays > 0)
		lists->novelty = told / all;
	if (all > 0 && v->choice.artists) {
		lists->coverage = (double)n / (double)v->n_tracks;
		lists->gini = gini(counts, n, v->n_tracks, all);
	}
	free(counts);
	free(shown);
	return shown && counts ? 0 : errmsg_nomem(e);
}

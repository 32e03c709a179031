#include "stats/ranks.h"

#include <math.h>
#include <stdlib.h>

#include "stats/srm.h"

static int by_value(const void *a, const void *b)
{
	const struct ranks_value *x = a, *y = b;

	if (x->x != y->x)
		return x->x < y->x ? -1 : 1;
	return (x->arm > y->arm) - (x->arm < y->arm);
}

/* Where the values that equal the one at `first` end. */
static size_t end_of_ties(const struct ranks_value *values, size_t n, size_t first)
{
	size_t end = first + 1;

	while (end < n && values[end].x == values[first].x)
		end++;
	return end;
}

/* Values of an arm, and the sum of their ranks. */
struct arm {
	double n, ranks;
};

static double count_commonest(const struct ranks_value *values, size_t n)
{
	size_t most = 0;

	for (size_t i = 0, end; i < n; i = end) {
		end = end_of_ties(values, n, i);
		most = end - i > most ? end - i : most;
	}
	return (double)most;
}

/* Takes the values of arms that have too few out of the sorted ones. Returns how many are left. */
static size_t keep_tested_arms(struct ranks_value *values, size_t n, const struct arm *list)
{
	double share = 1 - count_commonest(values, n) / (double)n;
	size_t kept = 0;

	/* one value is always the commonest, and of n that differ n - 1 are not */
	if (count_commonest(values, n) == 1)
		share = 1;
	for (size_t i = 0; i < n; i++)
		if (list[values[i].arm].n * share >= RANKS_LEAST)
			values[kept++] = values[i];
	return kept;
}

static void count_values(const struct ranks_value *values, size_t n, struct arm *list, size_t arms)
{
	for (size_t i = 0; i < arms; i++)
		list[i] = (struct arm){0};
	for (size_t i = 0; i < n; i++)
		list[values[i].arm].n++;
}

/* Adds up the ranks of the sorted values. Returns the sum of t^3 - t over the groups of t equal ones. */
static double sum_ranks(const struct ranks_value *values, size_t n, struct arm *list)
{
	double ties = 0;

	for (size_t i = 0, end; i < n; i = end) {
		double t;

		end = end_of_ties(values, n, i);
		t = (double)(end - i);
		ties += t * t * t - t;
		for (size_t k = i; k < end; k++)
			list[values[k].arm].ranks += ((double)(i + 1) + (double)end) / 2;
	}
	return ties;
}

/* H as the sum over arms of n (mean rank - mean of all)^2, which loses no digits, divided by what it is for no ties. */
static struct ranks test_sorted(const struct ranks_value *values, size_t n, struct arm *list, size_t arms)
{
	struct ranks test = {.h = NAN, .df = NAN, .p = NAN};
	double all = (double)n, ties = sum_ranks(values, n, list), sum = 0, tested = 0;

	for (size_t i = 0; i < arms; i++) {
		double off = list[i].n > 0 ? list[i].ranks / list[i].n - (all + 1) / 2 : 0;

		sum += list[i].n * off * off;
		tested += list[i].n > 0;
	}
	if (tested < 2)
		return test;
	test.df = tested - 1;
	test.h = 12 * sum / (all * (all + 1)) / (1 - ties / (all * all * all - all));
	test.p = srm_chi2_tail(test.h, test.df);
	return test;
}

int ranks_test(struct ranks_value *values, size_t n, size_t arms, struct ranks *test)
{
	struct arm *list = calloc(arms + 1, sizeof *list);

	if (!list)
		return -1;
	if (n > 0)
		qsort(values, n, sizeof *values, by_value);
	count_values(values, n, list, arms);
	n = n > 0 ? keep_tested_arms(values, n, list) : 0;
	count_values(values, n, list, arms);
	*test = test_sorted(values, n, list, arms);
	free(list);
	return 0;
}

#include "event/assignment.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/murmur3.h"
#include "text/number.h"

struct assignment assignment_of(const char *name, size_t n_arms)
{
	return (struct assignment){.seed = murmur3(name, strlen(name), 0), .n_arms = n_arms};
}

void assignment_clear(struct assignment *a)
{
	free(a->ends);
	a->ends = NULL;
}

static double sum_weights(const double *weights, size_t n)
{
	double total = 0;

	for (size_t i = 0; i < n; i++)
		total += weights[i];
	return total;
}

static bool all_equal(const double *weights, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (weights[i] != weights[0])
			return false;
	return true;
}

/* Divides the slots. Returns whether each arm with a weight has one; else *at_fault is the first that has none. */
static bool divide_slots(uint16_t *ends, const double *weights, size_t n, double total, size_t *at_fault)
{
	double cumulated = 0;

	for (size_t i = 0; i < n; i++) {
		cumulated += weights[i];
		ends[i] = (uint16_t)(ASSIGNMENT_SLOTS * cumulated / total + 0.5);
		if (weights[i] > 0 && ends[i] == (i > 0 ? ends[i - 1] : 0)) {
			*at_fault = i;
			return false;
		}
	}
	return true;
}

enum assignment_status assignment_weigh(struct assignment *a, const double *weights, size_t *at_fault)
{
	double total = sum_weights(weights, a->n_arms);
	uint16_t *ends;

	if (total == 0)
		return ASSIGNMENT_ALL_ZERO;
	if (all_equal(weights, a->n_arms)) {
		assignment_clear(a);
		return ASSIGNMENT_WEIGHED;
	}
	ends = malloc(a->n_arms * sizeof *ends);
	if (!ends)
		return ASSIGNMENT_NO_MEMORY;
	if (!divide_slots(ends, weights, a->n_arms, total, at_fault)) {
		free(ends);
		return ASSIGNMENT_TOO_SMALL;
	}
	free(a->ends);
	a->ends = ends;
	return ASSIGNMENT_WEIGHED;
}

/* The first arm that ends after the slot. */
static size_t arm_of_slot(const struct assignment *a, uint32_t slot)
{
	size_t first = 0, last = a->n_arms - 1;

	while (first < last) {
		size_t middle = (first + last) / 2;

		if (a->ends[middle] <= slot)
			first = middle + 1;
		else
			last = middle;
	}
	return first;
}

size_t assignment_arm(const struct assignment *a, uint32_t user)
{
	char key[NUMBER_SIZE];
	uint32_t hash = murmur3(key, number_write_int(key, user), a->seed);

	return a->ends ? arm_of_slot(a, hash % ASSIGNMENT_SLOTS) : hash % a->n_arms;
}

#include "base/radix.h"

#include <string.h>

enum { DIGIT_BITS = 11, VALUES = 1 << DIGIT_BITS, DIGITS = 3 };

static size_t digit_of(uint64_t item, int digit)
{
	return radix_key(item) >> (digit * DIGIT_BITS) & (VALUES - 1);
}

/* Makes of how many items have each value where the first of them goes. Returns whether all have the same. */
static int make_places(size_t places[VALUES], size_t n)
{
	size_t sum = 0;

	for (size_t v = 0; v < VALUES; v++) {
		size_t count = places[v];

		if (count == n)
			return 1;
		places[v] = sum;
		sum += count;
	}
	return 0;
}

/* From the least digit to the greatest; a digit in which no two items differ changes nothing. */
void radix_sort(uint64_t *items, uint64_t *other, size_t n)
{
	size_t places[DIGITS][VALUES] = {{0}};
	uint64_t *from = items, *to = other;

	for (size_t i = 0; i < n; i++)
		for (int d = 0; d < DIGITS; d++)
			places[d][digit_of(items[i], d)]++;
	for (int d = 0; d < DIGITS; d++) {
		uint64_t *before = from;

		if (make_places(places[d], n))
			continue;
		for (size_t i = 0; i < n; i++)
			to[places[d][digit_of(from[i], d)]++] = from[i];
		from = to;
		to = before;
	}
	if (from != items && n > 0)
		memcpy(items, from, n * sizeof *items);
}

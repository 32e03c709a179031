/*
 * shortest (private to lib/text): the fewest digits that read back as a double, and of those the ones nearest to it.
 *
 * Between 2^-36 and 2^53 they are found by exact arithmetic in 128 bits, elsewhere by trying, which takes ten times
 * as long.
 */
#ifndef BOTIFY_SHORTEST_H
#define BOTIFY_SHORTEST_H

#include <stdint.h>

/* d.ddd × 10^exponent, of n digits; the last of them is not 0 */
struct shortest {
	uint64_t digits;
	int n, exponent;
};

/* The digits of x, which is finite and above 0. */
struct shortest shortest_of(double x);

#endif

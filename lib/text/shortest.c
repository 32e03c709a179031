#include "text/shortest.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MANTISSA = 52, DIGITS_MAX = 17, TEXT_SIZE = 40 };

#define EXACT_MIN 0x1p-36
#define EXACT_MAX 0x1p53

/* n digits followed by zeros or not, of which the first is worth 10^exponent */
static struct shortest without_zeros(uint64_t digits, int n, int exponent)
{
	for (; digits % 10 == 0; n--)
		digits /= 10;
	return (struct shortest){.digits = digits, .n = n, .exponent = exponent};
}

#ifdef __SIZEOF_INT128__

/*
 * Whole numbers between the ends of what reads back as x, all scaled by the same power of ten: low <= c <= high. The
 * scaled x itself is whole + rest / 2^shift.
 */
struct scaled {
	uint64_t low, high, whole;
	unsigned __int128 rest;
	int shift;
};

/* The scaled mantissa is a whole number times 5^k / 2^shift: nothing is rounded. It has at most 55 + 63 bits. */
static struct scaled scale_mantissa(uint64_t mantissa, int exponent, int k)
{
	static const uint64_t five[] = {
		1, 5, 25, 125, 625, 3125, 15625, 78125, 390625, 1953125, 9765625, 48828125, 244140625, 1220703125,
		6103515625, 30517578125, 152587890625, 762939453125, 3814697265625, 19073486328125, 95367431640625,
		476837158203125, 2384185791015625, 11920928955078125, 59604644775390625, 298023223876953125,
		1490116119384765625, 7450580596923828125,
	};
	/* in quarters of the last bit, of which half a gap is two; below a power of two the gap is half as wide */
	bool even = mantissa % 2 == 0, power = mantissa == UINT64_C(1) << MANTISSA;
	unsigned __int128 unit = five[k], x = 4 * mantissa * unit;
	unsigned __int128 low = x - (power ? 1 : 2) * unit, high = x + 2 * unit, one = 1;
	struct scaled s = {.shift = 2 - exponent - k};

	/* a number in the middle of two is read as the even one */
	s.low = (uint64_t)((low + (even ? (one << s.shift) - 1 : one << s.shift)) >> s.shift);
	s.high = (uint64_t)((even ? high : high - 1) >> s.shift);
	s.whole = (uint64_t)(x >> s.shift);
	s.rest = x & ((one << s.shift) - 1);
	return s;
}

/* The multiple of `step` to take, of those on both sides of x; one or both of them read back as x. */
static uint64_t nearest_multiple(const struct scaled *s, uint64_t step)
{
	uint64_t below = s->whole / step * step, above = below + step;
	uint64_t past = s->whole - below;
	unsigned __int128 twice = ((unsigned __int128)past << s->shift | s->rest) * 2;
	unsigned __int128 whole = (unsigned __int128)step << s->shift;

	if (below < s->low)
		return above;
	if (above > s->high || twice < whole)
		return below;
	return twice > whole || below / step % 2 == 1 ? above : below;
}

static struct shortest print_exactly(double x)
{
	uint64_t bits, step = 1, digits, end = 10;
	int exponent, k, n = 1;
	struct scaled s;

	memcpy(&bits, &x, sizeof bits);
	exponent = (int)(bits >> MANTISSA) - 1023;
	/* x has 17 or 18 digits then, and 17 always read back */
	k = DIGITS_MAX - 1 - (int)floor(exponent * 0.30102999566398120);
	s = scale_mantissa((bits & ((UINT64_C(1) << MANTISSA) - 1)) | UINT64_C(1) << MANTISSA, exponent - MANTISSA, k);
	while (s.high / (10 * step) * (10 * step) >= s.low)
		step *= 10;
	digits = nearest_multiple(&s, step);
	for (; n < 19 && digits >= end; n++)
		end *= 10;
	return without_zeros(digits, n, n - 1 - k);
}

#endif

/* x rounded to n digits. */
static struct shortest round_printed(double x, int n)
{
	char text[TEXT_SIZE], *c = text;
	uint64_t digits = 0;

	snprintf(text, sizeof text, "%.*e", n - 1, x);
	for (; *c != 'e'; c++)
		if (*c >= '0' && *c <= '9')
			digits = 10 * digits + (uint64_t)(*c - '0');
	return without_zeros(digits, n, atoi(c + 1));
}

static bool reads_back(const struct shortest *s, double x)
{
	char text[TEXT_SIZE];

	snprintf(text, sizeof text, "%" PRIu64 "e%d", s->digits, s->exponent - s->n + 1);
	return strtod(text, NULL) == x;
}

/* The next larger decimal of n digits; s has no more than these. */
static struct shortest next_above(const struct shortest *s, int n)
{
	uint64_t digits = s->digits;

	for (int i = s->n; i < n; i++)
		digits *= 10;
	return without_zeros(digits + 1, n, s->exponent);
}

/*
 * Where n digits read back, more do too; so they are taken away one by one. Where 15 do, no others of up to 15 do,
 * for no two decimals of 15 digits are nearest to the same double; only subnormal numbers are not that regular. Below
 * a power of two doubles are nearer than above it: of 16 digits the nearest may then not read back, but the next
 * larger one does.
 */
static struct shortest by_trying(double x)
{
	enum { REGULAR = 15 };
	struct shortest best = round_printed(x, DIGITS_MAX), s;

	for (int n = DIGITS_MAX - 1; n > 0; n--) {
		s = round_printed(x, n);
		if (n > REGULAR && !reads_back(&s, x))
			s = next_above(&s, n);
		if (!reads_back(&s, x))
			break;
		best = s;
		if (n == REGULAR && isnormal(x))
			break;
	}
	return best;
}

struct shortest shortest_of(double x)
{
#ifdef __SIZEOF_INT128__
	if (x >= EXACT_MIN && x < EXACT_MAX)
		return print_exactly(x);
#endif
	return by_trying(x);
}

#include "text/number.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Writes the digits of u so that they end before `end`. Returns where they begin. */
static char *write_digits(char *end, uint64_t u)
{
	/* two at a time: it is divisions that take the time */
	static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
				    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
				    "8081828384858687888990919293949596979899";

	for (; u >= 100; u /= 100)
		memcpy(end -= 2, pairs + 2 * (u % 100), 2);
	if (u >= 10)
		return memcpy(end - 2, pairs + 2 * u, 2);
	*--end = (char)('0' + u);
	return end;
}

size_t number_write_int(char *dst, int64_t n)
{
	char digits[24], *end = digits + sizeof digits, *start;

	start = write_digits(end, n < 0 ? -(uint64_t)n : (uint64_t)n);
	if (n < 0)
		*--start = '-';
	memcpy(dst, start, (size_t)(end - start));
	return (size_t)(end - start);
}

/*
 * A decimal of up to nine places below 2^20, which is what most numbers in a log are (parts of a track, latencies in
 * whole nanoseconds). n / 10^9 in one correctly rounded division is the double nearest to that decimal, so where it
 * equals x the digits of n read back as x; and no two of these decimals are nearest to the same double, so none is
 * shorter. Returns 0 where x is no such number.
 */
static size_t write_short(char *dst, double x)
{
	double scaled = nearbyint(x * 1e9);
	uint64_t n, fraction;
	size_t len, places = 9;

	if (!(x >= 0 && x < 0x1p20) || scaled / 1e9 != x || signbit(x))
		return 0;
	n = (uint64_t)scaled;
	len = number_write_int(dst, (int64_t)(n / 1000000000));
	fraction = n % 1000000000;
	if (fraction == 0)
		return len;
	while (fraction % 10 == 0) {
		fraction /= 10;
		places--;
	}
	dst[len++] = '.';
	for (size_t i = places; i-- > 0; fraction /= 10)
		dst[len + i] = (char)('0' + fraction % 10);
	return len + places;
}

/*
 * The fewest digits that read back as x. Where 15 do, no others of up to 15 do, for no two decimals of 15 digits are
 * nearest to the same double: zeros behind them are all that can go. Only subnormal numbers are not that regular.
 */
static int fewest_digits(double x)
{
	char text[NUMBER_SIZE + 1];
	int digits = 15;

	snprintf(text, sizeof text, "%.14e", fabs(x));
	if (!isnormal(x) || strtod(text, NULL) != fabs(x))
		return isnormal(x) ? 16 : 1;
	/* d.ddd…e+dd: the last of the digits stands at their number */
	while (digits > 1 && text[digits] == '0')
		digits--;
	return digits;
}

static void write_shortest(char text[NUMBER_SIZE + 1], double x)
{
	for (int digits = fewest_digits(x); digits <= 17; digits++) {
		snprintf(text, NUMBER_SIZE + 1, "%.*g", digits, x);
		if (strtod(text, NULL) == x)
			break;
	}
}

size_t number_write(char *dst, double x)
{
	char text[NUMBER_SIZE + 1];
	size_t len = write_short(dst, x);

	if (len > 0)
		return len;
	if (!isfinite(x))
		strcpy(text, "null");
	else
		write_shortest(text, x);
	len = strlen(text);
	memcpy(dst, text, len);
	return len;
}

int number_parse_int(const char *what, const char *text, int64_t min, int64_t max, int64_t *result, struct errmsg *e)
{
	char *end;
	intmax_t n;

	errno = 0;
	n = strtoimax(text, &end, 10);
	if (errno || end == text || *end || strchr(" \t\n\v\f\r+", text[0]) || n < min || n > max)
		return errmsg_set(e, "%s takes a whole number from %" PRId64 " to %" PRId64 ", not '%s'", what, min, max, text);
	*result = n;
	return 0;
}

int number_parse(const char *what, const char *text, double min, double max, double *result, struct errmsg *e)
{
	char *end = NULL;
	double x = 0;

	errno = 0;
	/* strtod alone would also take blanks before it, "0x1p3", "inf" and "nan" */
	if (*text && strspn(text, "+-.0123456789eE") == strlen(text))
		x = strtod(text, &end);
	else
		errno = EINVAL;
	if (errno || !end || *end || !(x >= min && x <= max))
		return errmsg_set(e, "%s takes a number from %g to %g, not '%s'", what, min, max, text);
	*result = x;
	return 0;
}

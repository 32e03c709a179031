#include "text/number.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "text/shortest.h"

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
 * shorter. Returns 0 where x, which is not negative, is not such a number.
 */
static size_t write_short(char *dst, double x)
{
	double scaled = nearbyint(x * 1e9);
	uint64_t n, fraction;
	size_t len, places = 9;

	if (!(x < 0x1p20) || scaled / 1e9 != x)
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

/* d.ddde±xx: an exponent has two digits at least. */
static size_t write_scientific(char *dst, const struct shortest *s)
{
	int power = s->exponent < 0 ? -s->exponent : s->exponent;
	size_t len = number_write_int(dst + 1, (int64_t)s->digits);

	dst[0] = dst[1];
	if (len > 1)
		dst[1] = '.', len++;
	dst[len++] = 'e';
	dst[len++] = s->exponent < 0 ? '-' : '+';
	if (power < 10)
		dst[len++] = '0';
	return len + number_write_int(dst + len, power);
}

/* ddd000, dd.dd or 0.00ddd */
static size_t write_plain(char *dst, const struct shortest *s)
{
	size_t whole = s->exponent >= 0 ? (size_t)s->exponent + 1 : 0, n = (size_t)s->n;

	if (whole == 0) {
		size_t len = (size_t)(1 - s->exponent);

		memset(dst, '0', len);
		dst[1] = '.';
		return len + number_write_int(dst + len, (int64_t)s->digits);
	}
	number_write_int(dst, (int64_t)s->digits);
	if (whole < n) {
		memmove(dst + whole + 1, dst + whole, n - whole);
		dst[whole] = '.';
		return n + 1;
	}
	memset(dst + n, '0', whole - n);
	return whole;
}

/* Whether that is as short. Readers may take a number without point and exponent for an integer of 64 bits. */
static bool is_plain(const struct shortest *s, double x)
{
	int power = s->exponent < 0 ? -s->exponent : s->exponent;
	int scientific = s->n + (s->n > 1) + (power < 100 ? 4 : 5);
	int plain = s->exponent < 0 ? s->n + 1 + power : s->exponent + 1 < s->n ? s->n + 1 : s->exponent + 1;

	return plain <= scientific && x < 0x1p63;
}

size_t number_write(char *dst, double x)
{
	struct shortest s;
	size_t len;

	if (!isfinite(x)) {
		memcpy(dst, "null", 4);
		return 4;
	}
	if (signbit(x)) {
		*dst = '-';
		return 1 + number_write(dst + 1, -x);
	}
	len = write_short(dst, x);
	if (len > 0)
		return len;
	s = shortest_of(x);
	return is_plain(&s, x) ? write_plain(dst, &s) : write_scientific(dst, &s);
}

int number_parse_int(const char *what, const char *text, int64_t min, int64_t max, int64_t *result, struct errmsg *e)
{
	char *end;
	intmax_t n;

	errno = 0;
	n = strtoimax(text, &end, 10);
	if (errno || end == text || *end || strchr(" \t\n\v\f\r+", text[0]) || n < min || n > max)
		return errmsg_set(e, "%s takes a whole number from %" PRId64 " to %" PRId64 ", not '%s'", what, min,
				  max, text);
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

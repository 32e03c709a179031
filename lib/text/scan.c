#include "text/scan.h"

#include <stdlib.h>

#include "base/grow.h"

enum {
	MAX_DEPTH = 32, /* of values that are skipped */
	MAX_NUMBER = 64 /* bytes of a number */
};

const double scan_powers[] = {1e0,  1e1,  1e2,	1e3,  1e4,  1e5,  1e6,	1e7,  1e8,  1e9,  1e10, 1e11,
			      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* A number taken apart: digits x 10^exponent. */
struct decimal {
	uint64_t digits; /* wrapped where n_digits is more than 19 */
	int n_digits, exponent;
};

static bool take_fraction(struct scan *s, struct decimal *d)
{
	int n;

	s->at++;
	n = scan_digits(s, &d->digits);
	d->n_digits += n;
	d->exponent -= n;
	return n > 0;
}

static bool take_exponent(struct scan *s, struct decimal *d)
{
	uint64_t power = 0;
	bool negative;
	int n;

	s->at++;
	negative = scan_is_next(s, '-');
	if (negative || scan_is_next(s, '+'))
		s->at++;
	n = scan_digits(s, &power);
	if (n == 0 || n > 2)
		return false;
	d->exponent += negative ? -(int)power : (int)power;
	return true;
}

/* Takes the digits, the fraction and the exponent of an unsigned number. */
static bool take_decimal(struct scan *s, struct decimal *d)
{
	const char *start = s->at;
	bool whole;

	*d = (struct decimal){0};
	d->n_digits = scan_digits(s, &d->digits);
	whole = !scan_is_next(s, '.');
	if (d->n_digits == 0 || (*start == '0' && d->n_digits > 1))
		return false;
	/* an integer that may be too large is left to jansson */
	if (whole && d->n_digits > SCAN_DIGITS)
		return false;
	if (!whole && !take_fraction(s, d))
		return false;
	if ((scan_is_next(s, 'e') || scan_is_next(s, 'E')) && !take_exponent(s, d))
		return false;
	return s->at - start < MAX_NUMBER;
}

/* Up to 2^53 digits and powers of ten up to 10^22 are exact, as in scan_number; what is not is for the library. */
static double value_of(const struct decimal *d, const char *start, const char *end)
{
	char text[MAX_NUMBER + 1];

	if (d->n_digits <= SCAN_DIGITS && d->digits <= UINT64_C(1) << 53 && d->exponent >= -22 && d->exponent <= 22)
		return d->exponent < 0 ? (double)d->digits / scan_powers[-d->exponent]
				       : (double)d->digits * scan_powers[d->exponent];
	memcpy(text, start, (size_t)(end - start));
	text[end - start] = '\0';
	return strtod(text, NULL);
}

bool scan_any_number(struct scan *s, double *x)
{
	const char *start = s->at;
	struct decimal d;

	if (!take_decimal(s, &d))
		return false;
	*x = value_of(&d, start, s->at);
	return true;
}

bool scan_is_new(struct scan_keys *keys, struct slice key)
{
	for (size_t i = 0; i < keys->n; i++)
		if (slice_equal(keys->list[i], key))
			return false;
	if (keys->n == SCAN_KEYS)
		return false;
	keys->list[keys->n++] = key;
	return true;
}

static bool skip_value(struct scan *s, int depth);

/* Simple escapes may stand in a value that is skipped. */
static bool skip_string(struct scan *s)
{
	for (s->at++; s->at < s->end; s->at++) {
		unsigned char byte = (unsigned char)*s->at;

		if (byte == '"') {
			s->at++;
			return true;
		}
		if (byte < 0x20 || byte >= 0x80)
			return false;
		if (byte == '\\' && (++s->at == s->end || !strchr("\"\\/bfnrt", *s->at)))
			return false;
	}
	return false;
}

static bool skip_number(struct scan *s)
{
	struct decimal d;

	if (*s->at == '-')
		s->at++;
	return s->at < s->end && take_decimal(s, &d);
}

static bool skip_array(struct scan *s, int depth)
{
	scan_mark(s, '[');
	if (scan_mark(s, ']'))
		return true;
	do
		if (!skip_value(s, depth))
			return false;
	while (scan_mark(s, ','));
	return scan_mark(s, ']');
}

static bool skip_object(struct scan *s, int depth)
{
	struct scan_keys seen;
	struct slice key;

	seen.n = 0;
	scan_mark(s, '{');
	if (scan_mark(s, '}'))
		return true;
	do
		if (!scan_string(s, &key) || !scan_is_new(&seen, key) || !scan_mark(s, ':') || !skip_value(s, depth))
			return false;
	while (scan_mark(s, ','));
	return scan_mark(s, '}');
}

static bool skip_value(struct scan *s, int depth)
{
	if (s->at == s->end || depth == MAX_DEPTH)
		return false;
	switch (*s->at) {
	case '"': return skip_string(s);
	case '{': return skip_object(s, depth + 1);
	case '[': return skip_array(s, depth + 1);
	case 't': return scan_word(s, SCAN_WORD("true"));
	case 'f': return scan_word(s, SCAN_WORD("false"));
	case 'n': return scan_word(s, SCAN_WORD("null"));
	default: return skip_number(s);
	}
}

bool scan_skip(struct scan *s)
{
	return skip_value(s, 0);
}

bool scan_object(const char *text, size_t len, bool (*take)(struct scan *s, struct slice key, void *ctx), void *ctx)
{
	struct scan s = {.at = text, .end = text + len};
	struct scan_keys seen;
	struct slice key;

	seen.n = 0;
	if (len < SCAN_MIN || !scan_mark(&s, '{'))
		return false;
	do
		if (!scan_string(&s, &key) || !scan_is_new(&seen, key) || !scan_mark(&s, ':') || !take(&s, key, ctx))
			return false;
	while (scan_mark(&s, ','));
	return scan_mark(&s, '}') && s.at == s.end;
}

bool scan_ids(struct scan *s, uint32_t **ids, size_t *n, size_t *cap)
{
	if (!scan_mark(s, '['))
		return false;
	if (scan_mark(s, ']'))
		return true;
	do {
		uint32_t *list = grow(*ids, cap, *n + 1, sizeof *list);

		if (!list)
			return false;
		*ids = list;
		if (!scan_id(s, &list[(*n)++]))
			return false;
	} while (scan_mark(s, ','));
	return scan_mark(s, ']');
}

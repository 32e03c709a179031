/*
 * scan: takes a line of JSON apart, piece by piece, in memory: the fast half of reading events (event_scan.h), catalogs
 * and tables.
 *
 * It knows the pieces that they are made of: ASCII strings without escapes, unsigned numbers, ids, null. Each
 * function takes one, moves `at` past it and returns true; or it is not sure and returns false, and then `at` is
 * anywhere, and jansson is to be asked. What may follow a piece is for the caller, which asks next for what has to
 * follow.
 *
 * Numbers and strings are read eight bytes at a time. Their lengths differ from line to line, so no processor could
 * predict where a loop over bytes ends.
 */
#ifndef BOTIFY_SCAN_H
#define BOTIFY_SCAN_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/slice.h"
#include "text/number.h"

/* What is left of the line, of which there were at least SCAN_MIN bytes. */
struct scan {
	const char *at, *end;
};

enum {
	SCAN_MIN = 8,
	SCAN_DIGITS = 18 /* of an integer: less than 2^63 whatever they are */
};

/* Always inlined, so that `at` is in a register and the bytes that are compared are known to the compiler. */
#define SCAN_INLINE static inline __attribute__((always_inline))

#define SCAN_WORD(literal) ((struct slice){.text = literal, .len = sizeof literal - 1})

/* Takes space; mostly there is none. */
SCAN_INLINE void scan_space(struct scan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\r' || *s->at == '\n'))
		s->at++;
}

SCAN_INLINE bool scan_is_next(const struct scan *s, char byte)
{
	return s->at < s->end && *s->at == byte;
}

/* Takes the byte, with space before and after it. */
SCAN_INLINE bool scan_mark(struct scan *s, char byte)
{
	if (!scan_is_next(s, byte))
		scan_space(s);
	if (!scan_is_next(s, byte))
		return false;
	s->at++;
	scan_space(s);
	return true;
}

/* Eight bytes as a number, the first of them lowest. */
SCAN_INLINE uint64_t scan_load(const char *at)
{
	uint64_t bytes;

	memcpy(&bytes, at, sizeof bytes);
	return le64toh(bytes);
}

SCAN_INLINE uint32_t scan_load_half(const char *at)
{
	uint32_t bytes;

	memcpy(&bytes, at, sizeof bytes);
	return bytes;
}

/*
 * Whether n bytes are the same. This is what most of a line is, and calling memcmp would take longer than comparing: in
 * pieces, the last of which may overlap the one before.
 */
SCAN_INLINE bool scan_same(const char *a, const char *b, size_t n)
{
	if (n < 4) {
		for (size_t i = 0; i < n; i++)
			if (a[i] != b[i])
				return false;
		return true;
	}
	if (n < 8)
		return scan_load_half(a) == scan_load_half(b) && scan_load_half(a + n - 4) == scan_load_half(b + n - 4);
	for (size_t i = 0; i + 8 < n; i += 8)
		if (scan_load(a + i) != scan_load(b + i))
			return false;
	return scan_load(a + n - 8) == scan_load(b + n - 8);
}

/* Takes exactly this word. */
SCAN_INLINE bool scan_word(struct scan *s, struct slice word)
{
	if ((size_t)(s->end - s->at) < word.len || !scan_same(s->at, word.text, word.len))
		return false;
	s->at += word.len;
	return true;
}

/* The eight bytes from `at` on, 0 where there are no more. */
SCAN_INLINE uint64_t scan_ahead(const struct scan *s, const char *at)
{
	if (s->end - at >= 8)
		return scan_load(at);
	return at == s->end ? 0 : scan_load(s->end - 8) >> 8 * (8 - (s->end - at));
}

/* Eight times the same byte. */
#define SCAN_EIGHT(byte) (UINT64_C(0x0101010101010101) * (byte))

/* How many bytes stand before the first of which the highest bit is set in `marks`; there is one. */
SCAN_INLINE unsigned scan_before(uint64_t marks)
{
	return (unsigned)__builtin_ctzll(marks) / 8;
}

/*
 * Marks those of eight bytes that do not stand for themselves in a string, as far as it is ASCII: control
 * characters, '"' and '\\'. What a subtraction borrows from the next byte comes after one that is marked.
 */
SCAN_INLINE uint64_t scan_mark_special(uint64_t bytes)
{
	uint64_t quote = bytes ^ SCAN_EIGHT('"'), backslash = bytes ^ SCAN_EIGHT('\\');

	return (bytes | (bytes - SCAN_EIGHT(0x20)) | (quote - SCAN_EIGHT(1)) | (backslash - SCAN_EIGHT(1))) &
	       SCAN_EIGHT(0x80);
}

/* Takes a string of plain ASCII without escapes. */
SCAN_INLINE bool scan_string(struct scan *s, struct slice *string)
{
	const char *start = s->at + 1, *at = start;
	uint64_t marks;

	if (!scan_is_next(s, '"'))
		return false;
	while ((marks = scan_mark_special(scan_ahead(s, at))) == 0)
		at += 8;
	at += scan_before(marks);
	if (at == s->end || *at != '"')
		return false;
	*string = (struct slice){.text = start, .len = (size_t)(at - start)};
	s->at = at + 1;
	return true;
}

/* Marks those of eight bytes that are not digits. What is borrowed or carried comes after one that is marked. */
SCAN_INLINE uint64_t scan_mark_nondigits(uint64_t bytes)
{
	return (bytes | (bytes - SCAN_EIGHT('0')) | (bytes + SCAN_EIGHT(0x80 - '9' - 1))) & SCAN_EIGHT(0x80);
}

/*
 * The number that the first n of eight digits make, n from 1 to 8: pairs of digits, pairs of those, and again
 * (Lemire 2021, "Number parsing at a gigabyte per second").
 */
SCAN_INLINE uint64_t scan_value(uint64_t bytes, unsigned n)
{
	uint64_t v = (bytes - SCAN_EIGHT('0')) << 8 * (8 - n);

	v = v * 10 + (v >> 8);
	return ((v & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x000f424000000064) +
		((v >> 16) & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x0000271000000001)) >> 32;
}

/*
 * Takes digits, as many as there are. Returns how many; `value` goes on with them, and wraps where they are too
 * many.
 */
SCAN_INLINE int scan_digits(struct scan *s, uint64_t *value)
{
	static const uint32_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
	const char *start = s->at;
	uint64_t v = *value, bytes, marks;
	unsigned n;

	while ((marks = scan_mark_nondigits(bytes = scan_ahead(s, s->at))) == 0) {
		v = v * powers[8] + scan_value(bytes, 8);
		s->at += 8;
	}
	n = scan_before(marks);
	if (n > 0)
		v = v * powers[n] + scan_value(bytes, n);
	s->at += n;
	*value = v;
	return (int)(s->at - start);
}

/* Takes an unsigned integer. Neither too many digits nor a leading zero. */
SCAN_INLINE bool scan_integer(struct scan *s, int64_t *integer)
{
	const char *start = s->at;
	uint64_t value = 0;
	int n = scan_digits(s, &value);

	*integer = (int64_t)value;
	return n > 0 && n <= SCAN_DIGITS && !(*start == '0' && n > 1);
}

/* Takes an id (see number.h). */
SCAN_INLINE bool scan_id(struct scan *s, uint32_t *id)
{
	int64_t n;

	if (!scan_integer(s, &n) || n > NUMBER_ID_MAX)
		return false;
	*id = (uint32_t)n;
	return true;
}

/* Takes any unsigned number; the nearest double. */
bool scan_any_number(struct scan *s, double *x);

/* 10^n, n from 0 to 22: exact as doubles. */
extern const double scan_powers[];

/*
 * The same, quick for what parts of a track and latencies mostly are: one digit, and perhaps a fraction. All digits
 * together and the power of ten are exact as doubles, so their quotient is rounded once, as it should be (Clinger
 * 1990, "How to read floating point numbers accurately").
 */
SCAN_INLINE bool scan_number(struct scan *s, double *x)
{
	struct scan rest = {.at = s->at + 1, .end = s->end};
	uint64_t digits = s->at < s->end ? (uint64_t)(unsigned char)*s->at - '0' : 10;
	bool quick = digits <= 9;
	int n = 0;

	if (quick && scan_is_next(&rest, '.')) {
		rest.at++;
		n = scan_digits(&rest, &digits);
		quick = n > 0 && n < SCAN_DIGITS && digits <= UINT64_C(1) << 53;
	}
	/* what else could go on as a number? */
	if (quick && (rest.at == rest.end || *rest.at == ',' || *rest.at == '}')) {
		*x = (double)digits / scan_powers[n];
		s->at = rest.at;
		return true;
	}
	/* not `s` itself: it would have to be in memory for that */
	rest.at = s->at;
	quick = scan_any_number(&rest, x);
	s->at = rest.at;
	return quick;
}

/* The keys of an object so far: jansson refuses an object that has one twice. Zero n to begin with. */
enum { SCAN_KEYS = 16 };

struct scan_keys {
	struct slice list[SCAN_KEYS];
	size_t n;
};

/* Notes a key. Returns whether it is new and there is room for it. */
bool scan_is_new(struct scan_keys *keys, struct slice key);

/* Takes any value of which only its end matters. Escapes are fine in it, but for \u. */
bool scan_skip(struct scan *s);

/*
 * Takes a line that is an object, of any length: take(s, key, ctx) takes the value of each key. Returns whether it is
 * one, and all values were taken.
 */
bool scan_object(const char *text, size_t len, bool (*take)(struct scan *s, struct slice key, void *ctx), void *ctx);

/* Takes an array of ids, after what `ids` has: *n of them, in memory that grows. Also false where there is none. */
bool scan_ids(struct scan *s, uint32_t **ids, size_t *n, size_t *cap);

#endif

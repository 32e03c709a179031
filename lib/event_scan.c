#include "event_scan.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "ndjson.h"

enum {
	MAX_DEPTH = 32,	   /* of values under unknown keys */
	MAX_KEYS = 16,	   /* unknown ones of an object, or experiments, which are compared with each other */
	MAX_DIGITS = 18,   /* of an integer: less than 2^63 whatever they are */
	MAX_NUMBER = 64	   /* bytes of a number */
};

/* What is left of the line. Every function below moves `at` behind what it took, or returns false: not sure. */
struct cursor {
	const char *at, *end;
};

static inline void skip_space(struct cursor *c)
{
	/* mostly there is none */
	if (c->at < c->end && (unsigned char)*c->at > ' ')
		return;
	while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\r' || *c->at == '\n'))
		c->at++;
}

/* Takes the byte, with space before and behind it. */
static inline bool take(struct cursor *c, char byte)
{
	if (c->at < c->end && *c->at != byte)
		skip_space(c);
	if (c->at == c->end || *c->at != byte)
		return false;
	c->at++;
	skip_space(c);
	return true;
}

static inline bool is_next(const struct cursor *c, char byte)
{
	return c->at < c->end && *c->at == byte;
}

static inline bool same_4(const char *a, const char *b)
{
	uint32_t x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return x == y;
}

static inline bool same_8(const char *a, const char *b)
{
	return same_4(a, b) && same_4(a + 4, b + 4);
}

/*
 * Takes a word of 4 to 16 bytes. They are compared as two pieces of equal size, which may overlap: this is what most
 * of a line is, and calling memcmp would take longer than comparing.
 */
static inline bool take_word(struct cursor *c, struct slice word)
{
	const char *at = c->at;

	if ((size_t)(c->end - at) < word.len)
		return false;
	if (word.len <= 8 ? !same_4(at, word.text) || !same_4(at + word.len - 4, word.text + word.len - 4)
			  : !same_8(at, word.text) || !same_8(at + word.len - 8, word.text + word.len - 8))
		return false;
	c->at = at + word.len;
	return true;
}

#define WORD(literal) ((struct slice){.text = literal, .len = sizeof literal - 1})

/* The bytes that stand for themselves in a string, as far as they are ASCII: not control characters, '"' and '\\'. */
static const bool plain[UCHAR_MAX + 1] = {
	[' ' ... '"' - 1] = true,
	['"' + 1 ... '\\' - 1] = true,
	['\\' + 1 ... 0x7f] = true,
};

/* Takes a string of plain ASCII without escapes. */
static inline bool take_string(struct cursor *c, struct slice *s)
{
	const char *start = c->at + 1, *end = c->end, *at = start;

	if (!is_next(c, '"'))
		return false;
	while (at < end && plain[(unsigned char)*at])
		at++;
	if (at == end || *at != '"')
		return false;
	*s = (struct slice){.text = start, .len = (size_t)(at - start)};
	c->at = at + 1;
	return true;
}

/* Takes digits, as many as there are. Returns how many; `value` goes on with them, and wraps where they are too many. */
static inline int take_digits(struct cursor *c, uint64_t *value)
{
	/* not in place: a store for each digit would take longer than the rest */
	const char *at = c->at, *end = c->end;
	uint64_t v = *value;
	unsigned digit;
	int n;

	for (; at < end && (digit = (unsigned)(*at - '0')) <= 9; at++)
		v = 10 * v + digit;
	n = (int)(at - c->at);
	*value = v;
	c->at = at;
	return n;
}

/* Takes an unsigned integer. */
static inline bool take_integer(struct cursor *c, int64_t *integer)
{
	const char *start = c->at;
	uint64_t value = 0;
	int n = take_digits(c, &value);

	/* no digit or too many; a leading zero; or it goes on as a real number */
	if (n == 0 || n > MAX_DIGITS || (*start == '0' && n > 1))
		return false;
	*integer = (int64_t)value;
	return c->at == c->end || (*c->at != '.' && *c->at != 'e' && *c->at != 'E');
}

static bool take_id(struct cursor *c, uint32_t *id)
{
	int64_t n;

	if (!take_integer(c, &n) || n > NDJSON_ID_MAX)
		return false;
	*id = (uint32_t)n;
	return true;
}

/* A number taken apart: digits x 10^exponent. */
struct decimal {
	uint64_t digits; /* wrapped where n_digits is more than 19 */
	int n_digits, exponent;
};

/* Takes the digits, the fraction and the exponent of an unsigned number. */
static inline bool take_decimal(struct cursor *c, struct decimal *d)
{
	const char *start = c->at;
	bool whole = true;

	*d = (struct decimal){0};
	d->n_digits = take_digits(c, &d->digits);
	if (d->n_digits == 0 || (*start == '0' && d->n_digits > 1))
		return false;
	if (is_next(c, '.')) {
		int decimals;

		c->at++;
		decimals = take_digits(c, &d->digits);
		if (decimals == 0)
			return false;
		whole = false;
		d->n_digits += decimals;
		d->exponent = -decimals;
	}
	if (is_next(c, 'e') || is_next(c, 'E')) {
		uint64_t power = 0;
		bool negative;
		int n;

		c->at++;
		negative = is_next(c, '-');
		if (negative || is_next(c, '+'))
			c->at++;
		n = take_digits(c, &power);
		if (n == 0 || n > 2)
			return false;
		d->exponent += negative ? -(int)power : (int)power;
	}
	/* an integer that jansson may find too large is not for this function to judge */
	return c->at - start < MAX_NUMBER && !(whole && d->n_digits > MAX_DIGITS);
}

/*
 * The value of a decimal. Up to 2^53 digits and powers of ten up to 10^22 are exact as doubles, so one operation on
 * them is rounded once, as it should be (Clinger 1990, "How to read floating point numbers accurately").
 */
static inline double value_of(const struct decimal *d, const char *start, const char *end)
{
	static const double powers[] = {1e0,  1e1,  1e2,  1e3,	1e4,  1e5,  1e6,  1e7,	1e8,  1e9,  1e10, 1e11,
					1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
	char text[MAX_NUMBER + 1];

	if (d->n_digits <= MAX_DIGITS && d->digits <= UINT64_C(1) << 53 && d->exponent >= -22 && d->exponent <= 22)
		return d->exponent < 0 ? (double)d->digits / powers[-d->exponent] : (double)d->digits * powers[d->exponent];
	memcpy(text, start, (size_t)(end - start));
	text[end - start] = '\0';
	return strtod(text, NULL);
}

static bool take_number(struct cursor *c, double *x)
{
	const char *start = c->at;
	struct decimal d;

	if (!take_decimal(c, &d))
		return false;
	*x = value_of(&d, start, c->at);
	return true;
}

/* Values under unknown keys, which are only passed over. */

static bool skip_value(struct cursor *c, int depth);

/* Simple escapes are fine in a value that nobody reads. */
static bool skip_string(struct cursor *c)
{
	for (c->at++; c->at < c->end; c->at++) {
		unsigned char byte = (unsigned char)*c->at;

		if (byte == '"') {
			c->at++;
			return true;
		}
		if (byte < 0x20 || byte >= 0x80)
			return false;
		if (byte == '\\' && (++c->at == c->end || !strchr("\"\\/bfnrt", *c->at)))
			return false;
	}
	return false;
}

static bool skip_number(struct cursor *c)
{
	struct decimal d;

	if (*c->at == '-')
		c->at++;
	return take_decimal(c, &d);
}

static bool skip_array(struct cursor *c, int depth)
{
	take(c, '[');
	if (take(c, ']'))
		return true;
	do
		if (!skip_value(c, depth))
			return false;
	while (take(c, ','));
	return take(c, ']');
}

/* The unknown keys of an object so far: jansson refuses an object that has one twice. */
struct keys {
	struct slice list[MAX_KEYS];
	size_t n;
};

static bool is_new_key(struct keys *keys, struct slice key)
{
	for (size_t i = 0; i < keys->n; i++)
		if (slice_equal(keys->list[i], key))
			return false;
	if (keys->n == MAX_KEYS)
		return false;
	keys->list[keys->n++] = key;
	return true;
}

static bool skip_object(struct cursor *c, int depth)
{
	struct keys seen;
	struct slice key;

	seen.n = 0;
	take(c, '{');
	if (take(c, '}'))
		return true;
	do
		if (!take_string(c, &key) || !is_new_key(&seen, key) || !take(c, ':') || !skip_value(c, depth))
			return false;
	while (take(c, ','));
	return take(c, '}');
}

static bool skip_value(struct cursor *c, int depth)
{
	if (c->at == c->end || depth == MAX_DEPTH)
		return false;
	switch (*c->at) {
	case '"': return skip_string(c);
	case '{': return skip_object(c, depth + 1);
	case '[': return skip_array(c, depth + 1);
	case 't': return take_word(c, WORD("true"));
	case 'f': return take_word(c, WORD("false"));
	case 'n': return take_word(c, WORD("null"));
	default: return skip_number(c);
	}
}

/* One reader a key. */

static bool read_message(struct event_parser *p, struct cursor *c, struct event *ev)
{
	(void)p;
	if (take_word(c, WORD("\"next\"")))
		ev->message = EVENT_NEXT;
	else if (take_word(c, WORD("\"last\"")))
		ev->message = EVENT_LAST;
	else
		return false;
	return true;
}

static bool read_timestamp(struct event_parser *p, struct cursor *c, struct event *ev)
{
	(void)p;
	return take_integer(c, &ev->timestamp);
}

static bool read_user(struct event_parser *p, struct cursor *c, struct event *ev)
{
	(void)p;
	return take_id(c, &ev->user);
}

static bool read_track(struct event_parser *p, struct cursor *c, struct event *ev)
{
	(void)p;
	return take_id(c, &ev->track);
}

static bool read_time(struct event_parser *p, struct cursor *c, struct event *ev)
{
	(void)p;
	return take_number(c, &ev->time) && ev->time <= 1;
}

static bool read_latency(struct event_parser *p, struct cursor *c, struct event *ev)
{
	(void)p;
	return is_next(c, 'n') ? take_word(c, WORD("null")) : take_number(c, &ev->latency);
}

static bool read_recommendation(struct event_parser *p, struct cursor *c, struct event *ev)
{
	(void)p;
	return is_next(c, 'n') ? take_word(c, WORD("null")) : take_id(c, &ev->recommendation);
}

static bool read_source(struct event_parser *p, struct cursor *c, struct event *ev)
{
	(void)p;
	return take_string(c, &ev->source);
}

static bool read_pool(struct event_parser *p, struct cursor *c, struct event *ev)
{
	(void)p;
	return take_id(c, &ev->pool) && ev->pool > 0;
}

static bool read_exclude(struct event_parser *p, struct cursor *c, struct event *ev)
{
	size_t n = 0;

	if (!is_next(c, '[') || !take(c, '['))
		return false;
	if (take(c, ']'))
		return true;
	do {
		uint32_t *exclude = grow(p->exclude, &p->exclude_cap, n + 1, sizeof *exclude);

		if (!exclude)
			return false;
		p->exclude = exclude;
		if (!take_id(c, &exclude[n++]))
			return false;
	} while (take(c, ','));
	ev->exclude = arena_copy(&p->arena, p->exclude, n * sizeof *p->exclude);
	ev->n_exclude = n;
	return ev->exclude && take(c, ']');
}

static bool is_new_experiment(const struct event_arm *arms, size_t n, struct slice name)
{
	for (size_t i = 0; i < n; i++)
		if (slice_equal(arms[i].experiment, name))
			return false;
	return true;
}

static bool read_experiments(struct event_parser *p, struct cursor *c, struct event *ev)
{
	struct event_arm arms[MAX_KEYS];
	size_t n = 0;

	if (!is_next(c, '{') || !take(c, '{'))
		return false;
	if (take(c, '}'))
		return true;
	do {
		struct event_arm *arm = &arms[n];

		if (n == MAX_KEYS || !take_string(c, &arm->experiment) || !is_new_experiment(arms, n, arm->experiment) ||
		    !take(c, ':') || !take_string(c, &arm->arm))
			return false;
		n++;
	} while (take(c, ','));
	ev->arms = arena_copy(&p->arena, arms, n * sizeof *arms);
	ev->n_arms = n;
	return ev->arms && take(c, '}');
}

/* In the order in which botify writes them, so that mostly the next key is the next in the line. */
static const struct key {
	struct slice quoted;
	bool (*read)(struct event_parser *p, struct cursor *c, struct event *ev);
} keys[] = {
#define KEY(name) {{"\"" #name "\"", sizeof #name + 1}, read_##name}
	KEY(message), KEY(timestamp), KEY(user), KEY(track), KEY(time), KEY(latency),
	KEY(recommendation), KEY(source), KEY(pool), KEY(exclude), KEY(experiments),
};

enum { MESSAGE, TIMESTAMP, USER, TRACK, TIME, N_KEYS = sizeof keys / sizeof *keys };

/* Takes a key, most likely the one that is expected or one soon after it; N_KEYS is an unknown one. */
static inline bool take_key(struct cursor *c, unsigned expected, unsigned *key, struct slice *name)
{
	for (*key = expected; *key < N_KEYS; ++*key)
		if (take_word(c, keys[*key].quoted))
			return true;
	for (*key = 0; *key < expected; ++*key)
		if (take_word(c, keys[*key].quoted))
			return true;
	*key = N_KEYS;
	return take_string(c, name);
}

/* Takes exactly these bytes. Inlined whatever the compiler thinks of it, so that it knows n. */
static inline __attribute__((always_inline)) bool take_bytes(struct cursor *c, const char *bytes, size_t n)
{
	if ((size_t)(c->end - c->at) < n || memcmp(c->at, bytes, n) != 0)
		return false;
	c->at += n;
	return true;
}

/*
 * A line just as event_write makes it, which nearly all are: its keys in order and without space. What is compared is
 * known to the compiler, so nothing is looked up.
 */
static bool scan_written(struct event_parser *p, struct cursor c, struct event *ev)
{
#define TAKE(literal) take_bytes(&c, literal, sizeof literal - 1)
#define DUE(name) (TAKE(",\"" #name "\":") && read_##name(p, &c, ev))
#define OPTIONAL(name) (!TAKE(",\"" #name "\":") || read_##name(p, &c, ev))
	*ev = event_of(EVENT_NEXT, 0, 0, 0);
	return TAKE("{\"message\":") && read_message(p, &c, ev) && OPTIONAL(timestamp) && DUE(user) && DUE(track) &&
	       DUE(time) && OPTIONAL(latency) && OPTIONAL(recommendation) && OPTIONAL(source) && OPTIONAL(pool) &&
	       OPTIONAL(exclude) && OPTIONAL(experiments) && TAKE("}") && c.at == c.end;
#undef TAKE
#undef DUE
#undef OPTIONAL
}

/* Any other: keys in any order, any spacing, unknown keys. */
static bool scan_any(struct event_parser *p, struct cursor c, struct event *ev)
{
	static const unsigned required = 1 << MESSAGE | 1 << USER | 1 << TRACK | 1 << TIME;
	struct keys unknown;
	unsigned seen = 0, k = 0;
	struct slice name;

	*ev = event_of(EVENT_NEXT, 0, 0, 0);
	unknown.n = 0;
	if (!take(&c, '{'))
		return false;
	do {
		if (!take_key(&c, k, &k, &name) || !take(&c, ':'))
			return false;
		if (k < N_KEYS) {
			if (seen & 1u << k || !keys[k].read(p, &c, ev))
				return false;
			seen |= 1u << k++;
		} else if (slice_equal(name, WORD("error")) || !is_new_key(&unknown, name) || !skip_value(&c, 0)) {
			return false;
		}
	} while (take(&c, ','));
	return take(&c, '}') && c.at == c.end && (seen & required) == required;
}

bool event_scan(struct event_parser *p, const char *text, size_t len, struct event *ev)
{
	struct cursor c = {.at = text, .end = text + len};

	return scan_written(p, c, ev) || scan_any(p, c, ev);
}

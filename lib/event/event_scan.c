#include "event/event_scan.h"

#include <math.h>

#include "base/grow.h"
#include "event/event_digest.h"
#include "text/scan.h"

enum { MAX_ARMS = 16 }; /* of an event, whose experiments are compared with each other */

/* For each key a function that reads its value. */

SCAN_INLINE bool read_message(struct event_parser *p, struct scan *s, struct event *ev)
{
	(void)p;
	ev->message = scan_word(s, SCAN_WORD("\"next\"")) ? EVENT_NEXT : EVENT_LAST;
	return ev->message == EVENT_NEXT || scan_word(s, SCAN_WORD("\"last\""));
}

SCAN_INLINE bool read_timestamp(struct event_parser *p, struct scan *s, struct event *ev)
{
	(void)p;
	return scan_integer(s, &ev->timestamp);
}

SCAN_INLINE bool read_user(struct event_parser *p, struct scan *s, struct event *ev)
{
	(void)p;
	return scan_id(s, &ev->user);
}

SCAN_INLINE bool read_track(struct event_parser *p, struct scan *s, struct event *ev)
{
	(void)p;
	return scan_id(s, &ev->track);
}

SCAN_INLINE bool read_time(struct event_parser *p, struct scan *s, struct event *ev)
{
	(void)p;
	return scan_number(s, &ev->time) && ev->time <= 1;
}

SCAN_INLINE bool read_latency(struct event_parser *p, struct scan *s, struct event *ev)
{
	(void)p;
	return scan_is_next(s, 'n') ? scan_word(s, SCAN_WORD("null")) : scan_number(s, &ev->latency);
}

SCAN_INLINE bool read_recommendation(struct event_parser *p, struct scan *s, struct event *ev)
{
	(void)p;
	return scan_is_next(s, 'n') ? scan_word(s, SCAN_WORD("null")) : scan_id(s, &ev->recommendation);
}

SCAN_INLINE bool read_source(struct event_parser *p, struct scan *s, struct event *ev)
{
	(void)p;
	return scan_string(s, &ev->source);
}

SCAN_INLINE bool read_pool(struct event_parser *p, struct scan *s, struct event *ev)
{
	(void)p;
	return scan_id(s, &ev->pool) && ev->pool > 0;
}

SCAN_INLINE bool read_propensity(struct event_parser *p, struct scan *s, struct event *ev)
{
	(void)p;
	return scan_number(s, &ev->propensity) && ev->propensity > 0 && ev->propensity <= 1;
}

static bool take_exclude(struct event_parser *p, struct scan *s, struct event *ev)
{
	size_t n = 0;

	if (!scan_is_next(s, '[') || !scan_mark(s, '['))
		return false;
	if (scan_mark(s, ']'))
		return true;
	do {
		uint32_t *exclude = grow(p->exclude, &p->exclude_cap, n + 1, sizeof *exclude);

		if (!exclude)
			return false;
		p->exclude = exclude;
		if (!scan_id(s, &exclude[n++]))
			return false;
	} while (scan_mark(s, ','));
	ev->exclude = arena_copy(&p->arena, p->exclude, n * sizeof *p->exclude);
	ev->n_exclude = n;
	return ev->exclude && scan_mark(s, ']');
}

static bool is_new_experiment(const struct event_arm *arms, size_t n, struct slice name)
{
	for (size_t i = 0; i < n; i++)
		if (slice_equal(arms[i].experiment, name))
			return false;
	return true;
}

static bool take_arms(struct scan *s, struct event_arm *arms, size_t *n)
{
	*n = 0;
	if (!scan_is_next(s, '{') || !scan_mark(s, '{'))
		return false;
	if (scan_mark(s, '}'))
		return true;
	do {
		struct event_arm *arm = &arms[*n];

		if (*n == MAX_ARMS || !scan_string(s, &arm->experiment) ||
		    !is_new_experiment(arms, *n, arm->experiment) ||
		    !scan_mark(s, ':') || !scan_string(s, &arm->arm))
			return false;
		++*n;
	} while (scan_mark(s, ','));
	return scan_mark(s, '}');
}

/* A number for the rest of the line, which mostly is the text of the experiments and a brace. */
static uint64_t hash_rest(const struct scan *s)
{
	uint64_t hash = scan_ahead(s, s->at);

	for (const char *at = s->at + 8; at < s->end; at += 8)
		hash = (hash << 7 | hash >> 57) ^ scan_ahead(s, at);
	return hash * UINT64_C(0x9e3779b97f4a7c15);
}

/* Keeps arms that were read from a text, and the text. Returns false where there is no memory. */
static bool keep_arms(struct event_parser *p, struct event_known *known, struct slice text, struct event_arm *arms,
		      size_t n)
{
	const char *copy = arena_copy(&p->arena, text.text, text.len);

	known->text.len = 0;
	if (!copy)
		return false;
	for (size_t i = 0; i < n; i++) {
		arms[i].experiment.text = copy + (arms[i].experiment.text - text.text);
		arms[i].arm.text = copy + (arms[i].arm.text - text.text);
	}
	known->arms = arena_copy(&p->arena, arms, n * sizeof *arms);
	if (!known->arms)
		return false;
	known->arms_digest = event_digest_arms(known->arms, n);
	known->reset = p->resets;
	known->text = (struct slice){.text = copy, .len = text.len};
	known->n_arms = n;
	return true;
}

/*
 * There are few ways to be in all experiments, so mostly they stand in the very bytes of an event before. The
 * line's hash only says which one that may be.
 */
static bool take_experiments(struct event_parser *p, struct scan *s, struct event *ev)
{
	struct event_known *known = &p->known[hash_rest(s) >> (64 - EVENT_KNOWN_BITS)];
	const char *start = s->at;

	if (known->reset != p->resets || known->text.len == 0 || !scan_word(s, known->text)) {
		struct event_arm arms[MAX_ARMS];
		size_t n;

		if (!take_arms(s, arms, &n) ||
		    !keep_arms(p, known, (struct slice){.text = start, .len = (size_t)(s->at - start)}, arms, n))
			return false;
	}
	ev->arms = known->arms;
	ev->n_arms = known->n_arms;
	ev->arms_digest = known->arms_digest;
	return true;
}

/* `s` has to stay in a register for the inlined functions, so those that are not inlined work on a copy of it. */

SCAN_INLINE bool read_exclude(struct event_parser *p, struct scan *s, struct event *ev)
{
	struct scan copy = *s;
	bool taken = take_exclude(p, &copy, ev);

	*s = copy;
	return taken;
}

SCAN_INLINE bool read_experiments(struct event_parser *p, struct scan *s, struct event *ev)
{
	struct scan copy = *s;
	bool taken = take_experiments(p, &copy, ev);

	*s = copy;
	return taken;
}

/* An event before anything has been read. Copying it is quicker than making it. */
static const struct event nothing = {
	.timestamp = EVENT_NO_TIMESTAMP, .latency = NAN, .recommendation = EVENT_NO_TRACK, .propensity = NAN,
};

/*
 * A line just as event_write makes it, which nearly all are: its keys in order and without space. What is compared is
 * known to the compiler, so nothing is looked up.
 */
static bool scan_written(struct event_parser *p, struct scan s, struct event *ev)
{
#define TAKE(literal) scan_word(&s, SCAN_WORD(literal))
#define DUE(name) (TAKE(",\"" #name "\":") && read_##name(p, &s, ev))
#define OPTIONAL(name) (!TAKE(",\"" #name "\":") || read_##name(p, &s, ev))
	*ev = nothing;
	return TAKE("{\"message\":") && read_message(p, &s, ev) && OPTIONAL(timestamp) && DUE(user) && DUE(track) &&
	       DUE(time) && OPTIONAL(latency) && OPTIONAL(recommendation) && OPTIONAL(source) && OPTIONAL(pool) &&
	       OPTIONAL(propensity) && OPTIONAL(exclude) && OPTIONAL(experiments) && TAKE("}") && s.at == s.end;
#undef TAKE
#undef DUE
#undef OPTIONAL
}

/* In the order in which botify writes them, so that mostly the next key is the next in the line. */
#define EVERY_KEY(X) \
	X(message) X(timestamp) X(user) X(track) X(time) X(latency) X(recommendation) X(source) X(pool) \
	X(propensity) X(exclude) X(experiments)

#define NUMBER(name) KEY_##name,
enum key { EVERY_KEY(NUMBER) N_KEYS };

#define NAME(name) {"\"" #name "\"", sizeof #name + 1},
static const struct slice keys[] = {EVERY_KEY(NAME)};

/* Takes a key, most likely the one that is expected or one soon after it; N_KEYS is an unknown one. */
static bool take_key(struct scan *s, unsigned expected, unsigned *key, struct slice *name)
{
	for (unsigned i = 0; i < N_KEYS; i++) {
		*key = (expected + i) % N_KEYS;
		if (scan_word(s, keys[*key]))
			return true;
	}
	*key = N_KEYS;
	return scan_string(s, name);
}

static bool read_value(struct event_parser *p, struct scan *s, unsigned key, struct event *ev)
{
	switch (key) {
#define READ(name) case KEY_##name: return read_##name(p, s, ev);
		EVERY_KEY(READ)
	}
	return false;
}

/* Any other: keys in any order, any spacing, unknown keys. */
static bool scan_any(struct event_parser *p, struct scan s, struct event *ev)
{
	static const unsigned required = 1 << KEY_message | 1 << KEY_user | 1 << KEY_track | 1 << KEY_time;
	struct scan_keys unknown;
	unsigned seen = 0, k = 0;
	struct slice name;

	*ev = nothing;
	unknown.n = 0;
	if (!scan_mark(&s, '{'))
		return false;
	do {
		if (!take_key(&s, k, &k, &name) || !scan_mark(&s, ':'))
			return false;
		if (k < N_KEYS) {
			if (seen & 1u << k || !read_value(p, &s, k, ev))
				return false;
			seen |= 1u << k++;
		} else if (slice_equal(name, SCAN_WORD("error")) || !scan_is_new(&unknown, name) || !scan_skip(&s)) {
			return false;
		}
	} while (scan_mark(&s, ','));
	return scan_mark(&s, '}') && s.at == s.end && (seen & required) == required;
}

bool event_scan(struct event_parser *p, const char *text, size_t len, struct event *ev)
{
	struct scan s = {.at = text, .end = text + len};

	/* no event is that short */
	if (len < SCAN_MIN)
		return false;
	return scan_written(p, s, ev) || scan_any(p, s, ev);
}

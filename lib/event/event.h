/*
 * event: the one record of botify, read and written. See botify-events(5).
 *
 * A request is an event that has no answer yet, so one reader and one writer serve both. This is the hot path of
 * every command: one function parses an event, one writes it.
 */
#ifndef BOTIFY_EVENT_H
#define BOTIFY_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/errmsg.h"
#include "base/slice.h"

struct out;

/* The arm that a user falls on in an experiment. */
struct event_arm {
	struct slice experiment, arm;
};

enum event_message {
	EVENT_NEXT, /* listened to a part of the track, and wants another */
	EVENT_LAST  /* listened to a part of the track, and leaves */
};

/* A track that could have been recommended, and how well it did. */
struct event_candidate {
	uint32_t track; /* id */
	double score;
};

#define EVENT_NO_TIMESTAMP INT64_MIN
#define EVENT_NO_TRACK UINT32_MAX /* recommendation null or absent */

struct event {
	enum event_message message;
	int64_t timestamp; /* ms since the epoch, or EVENT_NO_TIMESTAMP */
	uint32_t user, track;
	double time;		 /* part of the track listened to, 0 .. 1 */
	double latency;		 /* s; NaN where absent */
	uint32_t recommendation; /* or EVENT_NO_TRACK */
	struct slice source;	 /* len 0 where absent */
	uint32_t pool;		 /* how many candidates it was drawn from uniformly; 0 where absent */
	double propensity;	 /* the probability of the recommendation, where there is no pool; NaN where absent */
	const struct event_candidate *candidates; /* n_candidates that explain it, only written */
	size_t n_candidates;
	const uint32_t *exclude; /* n_exclude track ids */
	size_t n_exclude;
	const struct event_arm *arms; /* n_arms, in the order of the experiments */
	size_t n_arms;
	uint64_t arms_digest; /* of the arms, where it is known already, or 0; see event_digest.h */
};

/* An event with nothing in it but a message, a user, a track and a time. */
struct event event_of(enum event_message message, uint32_t user, uint32_t track, double time);

/* The experiments of an event that was parsed, and the text in which they stood. */
struct event_known {
	uint64_t reset; /* how often the parser had been reset then */
	struct slice text; /* len 0: none */
	const struct event_arm *arms;
	size_t n_arms;
	uint64_t arms_digest;
};

enum { EVENT_KNOWN_BITS = 6, EVENT_KNOWN = 1 << EVENT_KNOWN_BITS };

/* Where parsed events keep what they point at. Zero-initialise; free with event_parser_clear. */
struct event_parser {
	struct arena arena;
	uint32_t *exclude; /* an array that is being read */
	size_t exclude_cap;
	struct event_known known[EVENT_KNOWN]; /* by hash; those from before the last reset are of no use */
	uint64_t resets;
};

void event_parser_clear(struct event_parser *p);

/* Forgets all events that have been parsed, and keeps the memory for others. */
void event_parser_reset(struct event_parser *p);

/*
 * Parses a line. What `ev` points at is borrowed from the parser and from `text`: valid until the parser is reset or
 * `text` changes. Returns 0, or -1 with the reason.
 *
 * message, user, track and time are required, all others are optional, and null is as good as absent; unknown keys are
 * ignored. A line that carries "error", the answer to a bad request, is not an event: the reason quotes it.
 */
int event_parse(struct event_parser *p, const char *text, size_t len, struct event *ev, struct errmsg *e);

/*
 * Writes an event as one line. A key that has no value is left out, but: an event that is an answer (`answered`)
 * always carries "recommendation" (null where there is none) and "experiments", a request neither. Strings are
 * written as they are where they need no escape.
 */
void event_write(struct out *o, const struct event *ev, bool answered);

/* Writes {"error":"reason","line":N}, the answer to a line that is not a request. */
void event_write_error(struct out *o, const char *reason, unsigned long line);

/* Writes ,"key":moment into what is not an event; null where it is EVENT_NO_TIMESTAMP. */
void event_put_moment(const char *key, int64_t moment, FILE *f);

#endif

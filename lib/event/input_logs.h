/*
 * input_logs: which logs a part (text/part.h) was made of: how many events each had, from when to when, and a digest
 * of them (event_digest.h), by which a log is noticed that was counted already. Logs without events are not kept.
 */
#ifndef BOTIFY_INPUT_LOGS_H
#define BOTIFY_INPUT_LOGS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "event/event.h"

struct input_log {
	uint64_t digest, events;
	int64_t from, until; /* the earliest and the latest timestamp, or EVENT_NO_TIMESTAMP */
	const char *file;    /* where it was read; borrowed */
};

/* Zero-initialise. */
struct input_logs {
	struct input_log *list; /* n of them */
	size_t n, cap;
	struct input_log *wholes; /* of parts that were made of several: their logs together */
	size_t n_wholes, wholes_cap;
	uint64_t parts; /* how many runs read them */
};

void input_logs_clear(struct input_logs *in);

/* Begins another log; `file` is what messages call it. Returns 0, or -1 where there is no memory. */
int input_logs_begin(struct input_logs *in, const char *file);

/* Notes an event of the log that was begun last, of this digest. */
void input_logs_note(struct input_logs *in, int64_t timestamp, uint64_t digest);

/* The earliest and the latest timestamp of all, or EVENT_NO_TIMESTAMP. */
int64_t input_logs_from(const struct input_logs *in);
int64_t input_logs_until(const struct input_logs *in);

/*
 * The log among these that is one of the others, or all of the others together, and theirs in *other; NULL where none
 * is.
 */
const struct input_log *input_logs_common(const struct input_logs *in, const struct input_logs *others,
					  const struct input_log **other);

/* Whether one of these from the first-th on, or all of them together, is one that came before, or came twice. */
bool input_logs_repeat(const struct input_logs *in, size_t first);

/*
 * Writes ,"parts":1,"inputs":[{"digest":"0123456789abcdef","events":9,"from":1000,"until":2000}] in order of time.
 * `piece` is which of several pieces this is of a part that was cut, as input_logs_piece says, or 0: then it is the
 * whole. Pieces have other digests, so that those of one part are not taken for the same log.
 */
void input_logs_write(struct input_logs *in, uint64_t piece, FILE *f);

/* The i-th of n pieces; 0 where n is 1. */
static inline uint64_t input_logs_piece(size_t i, size_t n)
{
	return n > 1 ? (uint64_t)n << 32 | (uint64_t)(i + 1) : 0;
}

/*
 * Adds those that the head of a part says it was made of. Returns 0; or -1 with the reason, also where one of them is
 * there already: `file`, which is borrowed, is where the part was read.
 */
int input_logs_read(struct input_logs *in, const json_t *head, const char *file, struct errmsg *e);

#endif

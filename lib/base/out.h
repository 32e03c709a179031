/*
 * out: a buffered writer of whole records to a descriptor.
 *
 * A record is written into the buffer in place (out_reserve, out_commit), so that the buffer always ends with a whole
 * one. The descriptor may be blocking (out_flush) or not (out_push). The first error sticks: what follows it is
 * dropped, and every call from then on reports it, so that a caller may check once, at the end. The last act of a
 * command is out_finish on its standard output.
 *
 * Where a record is a line, a pipe that does not block takes whole ones, as long as they are not longer than PIPE_BUF:
 * a writer that stops because nobody reads leaves no half of one in it.
 */
#ifndef BOTIFY_OUT_H
#define BOTIFY_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"

struct out {
	int fd;
	const char *name; /* borrowed; for messages */
	char *buf;
	size_t head, len, cap; /* unwritten bytes are buf[head .. len) */
	int error;	       /* errno of the first failure, 0 if there was none */
	uint64_t written;      /* bytes that the descriptor has taken, in all */

	/* private */
	size_t pipe_size; /* 0 where it is not a pipe */
	int stop_fd;
	bool blocks;  /* a write may wait, whatever poll says of the descriptor */
	bool gave_up; /* told to stop, and the reader took nothing while it waited */
};

/* Bytes gathered before a write. A Linux pipe holds four: its reader has one to work on while more is written. */
enum { OUT_BLOCK = 1 << 14 };

/* Initialises `o` to write to fd, which stays the caller's to close. No memory is taken before the first record. */
void out_init(struct out *o, int fd, const char *name);

/*
 * Whenever stop_fd is readable (see stop.h), out_flush waits no longer than OUT_PATIENCE_MS for a reader that takes
 * nothing. A pipe or a terminal is opened anew for that, in the same place, so that it does not block; others that
 * share it do not notice.
 */
void out_watch(struct out *o, int stop_fd);

enum { OUT_PATIENCE_MS = 500 };

/*
 * For lines that are appended: where a regular file ends in the middle of a line, because its writer was killed, the
 * first thing to be written is a newline. To be called before anything is put.
 */
void out_end_cut_line(struct out *o);

/* Frees the buffer and forgets what is in it. */
void out_clear(struct out *o);

/*
 * Room for n more bytes, or NULL (an error has stuck). The pointer is valid until the next call. Nothing is written
 * to the descriptor here; see out_full.
 */
char *out_reserve(struct out *o, size_t n);

/* Counts n bytes of the room as written. */
static inline void out_commit(struct out *o, size_t n)
{
	o->len += n;
}

/* Copies n bytes. */
void out_put(struct out *o, const void *bytes, size_t n);

/* Whether a block has been gathered, so that it is time to flush. To be asked between records. */
static inline bool out_full(const struct out *o)
{
	return o->len - o->head >= OUT_BLOCK;
}

enum { OUT_STOPPED = 1 };

/*
 * Writes everything, waiting as long as it takes. Returns 0; -1 with the reason; or OUT_STOPPED, with bytes left, where
 * it was told to stop while the reader took nothing. From then on it writes what can be written without waiting.
 */
int out_flush(struct out *o, struct errmsg *e);

/* Writes what a non-blocking descriptor takes now. Returns 0 (perhaps with bytes left), or -1 with the reason. */
int out_push(struct out *o, struct errmsg *e);

/* Bytes not yet written. */
static inline size_t out_pending(const struct out *o)
{
	return o->len - o->head;
}

/* Bytes in all, written or not. */
static inline uint64_t out_total(const struct out *o)
{
	return o->written + out_pending(o);
}

/*
 * Flushes, closes the descriptor and frees the buffer; the error of any of these, or an earlier one, is returned as
 * -1 with the reason. What is left where out_flush was told to stop is dropped.
 */
int out_finish(struct out *o, struct errmsg *e);

#endif

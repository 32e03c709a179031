/*
 * lines: a file or pipe, one line at a time.
 *
 * Accepts LF and CRLF and a last line without either, and passes over a byte-order mark before a line, where a file
 * begins or files were joined. What is opened here and compressed is unpacked (see unpack.h). Lines longer than
 * LINES_MAX are skipped and reported one by one, so that the good lines around them are not lost. A reader may be tied
 * to a writer, which is then flushed whenever the reader is about to wait for input: a filter answers at once on a
 * quiet pipe and in whole blocks on a busy one.
 */
#ifndef BOTIFY_LINES_H
#define BOTIFY_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/eager.h"
#include "base/errmsg.h"

struct out;
struct unpack;

enum { LINES_MAX = 16 << 20 }; /* bytes in a line */

enum lines_status {
	LINES_END,  /* no more */
	LINES_LINE, /* a line is in text, len, number */
	LINES_BAD,  /* a line was too long and has been skipped; its number is in number. Reading may go on. */
	LINES_WAIT, /* a non-blocking descriptor has nothing yet */
	LINES_STOP, /* the stop descriptor became readable; see lines_watch and out_watch */
	LINES_FAILED /* reading or unpacking failed, or the flush of the tied writer did */
};

struct lines {
	/* the line; valid until the next call; not NUL-terminated, and NUL bytes may stand in it */
	const char *text;
	size_t len;
	unsigned long number; /* from 1 */
	const char *name;     /* of the file, for messages; borrowed */
	bool damaged;	      /* LINES_FAILED is because compressed input is damaged or cut off after the last line */

	/* private */
	int fd;
	uint64_t bytes; /* that were read, where nothing is unpacked */
	bool own_fd, opened, begun, ended, skipping;
	int failed; /* why the input could not be read, and cannot; 0: it could */
	int stop_fd;
	struct eager eager;
	struct out *tied;
	struct unpack *unpack; /* where the input is compressed */
	char *buf;
	size_t head, tail, searched, cap;
};

/*
 * Opens a file; "-" is standard input. Returns 0, or -1 with the reason. A directory is an error here. What was
 * opened is always waited for, also where the parent process left a standard input that does not block: no
 * LINES_WAIT.
 */
int lines_open(struct lines *l, const char *path, struct errmsg *e);

/*
 * Reads from a descriptor, which stays the caller's, perhaps to poll it; so what is compressed is refused. `name` is
 * borrowed.
 */
void lines_init(struct lines *l, int fd, const char *name);

/* Frees the buffer, and closes what lines_open opened. */
void lines_clear(struct lines *l);

/* `tied` is flushed before a read that may wait. Borrowed; NULL unties. */
void lines_tie(struct lines *l, struct out *tied);

/* Whenever stop_fd is readable (see stop.h), lines_next returns LINES_STOP instead of reading more. */
void lines_watch(struct lines *l, int stop_fd);

/* lines_open and lines_watch in one. A FIFO that nobody writes to yet is waited for only when a line is. */
int lines_open_watched(struct lines *l, const char *path, int stop_fd, struct errmsg *e);

/*
 * The next line. On LINES_BAD and LINES_FAILED the reason is in e, with the file's name, and with the number of the
 * line that is bad or damaged.
 */
enum lines_status lines_next(struct lines *l, struct errmsg *e);

/*
 * For reading in bulk, where lines are split elsewhere: as many whole lines, at least one, as stand in the next
 * `bytes` (more than 0) of the input or some more; `text` ends with a newline, but where the input ends without one.
 * It stands in a buffer of its own: the one of *cap bytes at *buf (NULL and 0 at first) is given to the reader, and
 * the caller gets one for it, to be freed or given back in the next call.
 *
 * Lines are not counted, and any of them may be longer than LINES_MAX, which is for the caller to see. One that is
 * much longer is skipped here: LINES_BAD, with the reason of lines_too_long. Byte-order marks stay in the text. Where
 * `damaged` is set, the reason comes without the name, for the caller to put before it which line that is. Before
 * damage is told, or that the input cannot be read, all whole lines are handed out. Not to be mixed with lines_next.
 */
enum lines_status lines_next_many(struct lines *l, size_t bytes, char **buf, size_t *cap, struct errmsg *e);

/* Sets the reason for refusing a line longer than LINES_MAX. Returns -1. */
int lines_too_long(struct errmsg *e);

/* The bytes of the byte-order mark that a text begins with: 3, or 0 where there is none. */
size_t lines_mark(const char *text, size_t len);

/*
 * For readers that do not unpack: whether the beginning of a file is that of a compressed one. Returns -1 with the
 * reason, which says by what; or else 0.
 */
int lines_refuse_compressed(const char *text, size_t len, struct errmsg *e);

/* Whether the line was ended by the end of the input instead of a newline. */
bool lines_cut(const struct lines *l);

/* So many bytes of the input have been read, as they lie in the file: compressed, where it is. */
uint64_t lines_bytes(const struct lines *l);

/* Whether the next line has been read already, so that lines_next need not read for it. */
bool lines_ready(const struct lines *l);

/* Whether the line, or any other text, holds nothing but spaces and tabs. */
bool lines_blank(const struct lines *l);
bool lines_is_blank(const char *text, size_t len);

#endif

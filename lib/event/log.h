/*
 * log: the events of one or several log files, in order. See botify-events(5).
 *
 * Blank lines are passed over. A line that is not an event is reported and counted, and reading goes on after it.
 * Lines are parsed in blocks, perhaps by several threads; events come in the order of the log all the same.
 */
#ifndef BOTIFY_LOG_H
#define BOTIFY_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/lines.h"
#include "base/parallel.h"
#include "event/event.h"

enum log_status {
	LOG_END,   /* no more */
	LOG_EVENT, /* an event has been read */
	LOG_BAD,   /* a line is not an event; file, line and reason are in the errmsg. Reading may go on. */
	LOG_FAILED, /* a file could not be opened or read; likewise. The next call goes on with the next file. */
	LOG_NO_MEMORY /* events are lost, and what was made of the others is worth nothing; likewise */
};

enum { LOG_THREADS_MAX = PARALLEL_THREADS_MAX };

/* Is told now and then how many bytes of the files have been read. Without `read`, nobody is. */
struct log_watch {
	void (*read)(void *ctx, uint64_t bytes);
	void *ctx;
	uint64_t before; /* bytes of files that were read before these: they count too */
};

struct log_block;
struct log_team;

struct log {
	struct lines lines;
	char *const *paths;
	size_t n_paths;
	bool open, ended;
	uint64_t closed_bytes; /* of files that have been read */
	struct log_watch watch;
	struct log_team *team;	   /* the threads and their blocks */
	struct log_block *current; /* whose lines are being handed out, from `next_line` on */
	size_t next_line;
	struct slice text;	   /* the line of the event that log_next gave, without its end; as long valid */
	unsigned long before;	   /* lines of the file before those of the block */
	unsigned long events;	   /* so far */
	unsigned long bad;	   /* lines that were not events, so far */
	unsigned long failed;	   /* files that could not be read, so far */
};

/*
 * Starts reading the files in order; "-" is standard input, and so is a list of none. `paths` is borrowed. `threads` is
 * how many may work, the caller's own included, at most LOG_THREADS_MAX; 0 is one for each processor. Returns 0, or -1
 * with the reason.
 */
int log_open(struct log *log, char *const *paths, size_t n_paths, unsigned threads, struct errmsg *e);

/* From now on somebody watches. */
void log_watch(struct log *log, const struct log_watch *watch);

/* So many bytes of the files have been read, as they lie there. */
uint64_t log_bytes(const struct log *log);

/* Ends the threads and frees everything. A zeroed struct may be closed too. */
void log_close(struct log *log);

/* The next event; borrowed, valid until the next call. */
enum log_status log_next(struct log *log, const struct event **ev, struct errmsg *e);

/*
 * The event of the n-th line, from 1, after that which log_next gave, so that what it will need can be fetched. NULL
 * where that line is not an event or is not in the same block; so it is a hint, not a way to read.
 */
const struct event *log_ahead(const struct log *log, size_t n);

#endif

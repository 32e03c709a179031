/*
 * log: the events of one or several log files, in order. See botify-events(5).
 *
 * Blank lines are passed over. A line that is no event is reported and counted, and reading goes on behind it.
 */
#ifndef BOTIFY_LOG_H
#define BOTIFY_LOG_H

#include <stddef.h>

#include "event.h"
#include "lines.h"

enum log_status {
	LOG_END,   /* no more */
	LOG_EVENT, /* an event has been read */
	LOG_BAD,   /* a line is no event; file, line and reason are in the errmsg. Reading may go on. */
	LOG_FAILED /* a file could not be opened or read; likewise. The next call goes on with the next file. */
};

struct log {
	struct lines lines;
	struct event_parser parser;
	char *const *paths;
	size_t n_paths;
	int open;
	unsigned long bad;    /* lines that were no event, so far */
	unsigned long failed; /* files that could not be read, so far */
};

/* Starts reading the files in order; "-" is standard input, and so is a list of none. `paths` is borrowed. */
void log_init(struct log *log, char *const *paths, size_t n_paths);
void log_clear(struct log *log);

/* The next event; what it points at is valid until the next call. */
enum log_status log_next(struct log *log, struct event *ev, struct errmsg *e);

#endif

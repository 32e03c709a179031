/*
 * log_block (private to lib/event): a piece of a log file, some whole lines, and what they turned out to be.
 *
 * The reader of the file fills it, a thread that has time parses it, and the reader of the log takes its lines one by
 * one. Only the last knows how many lines of the file came before, so lines are numbered within the block.
 */
#ifndef BOTIFY_LOG_BLOCK_H
#define BOTIFY_LOG_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errmsg.h"
#include "event/event.h"

/* A line that is not blank. */
struct log_line {
	unsigned long number; /* in the block, from 1 */
	const char *reason;   /* NULL: it is an event. Else why it is not. */
	struct slice text;    /* of the block, without its end */
	struct event event;
};

/* What may have gone wrong after the text of a block. */
enum log_problem { LOG_NO_PROBLEM, LOG_LONG_LINE, LOG_FILE_DAMAGED, LOG_FILE_FAILED };

/* Zero-initialise. */
struct log_block {
	const char *file; /* its name; borrowed */
	bool first;	  /* it is the first of its file */
	const char *text; /* len bytes in buf, as lines_next_many gives them */
	size_t len;
	char *buf;
	size_t buf_cap;
	enum log_problem problem; /* with its reason: why a line was skipped, or reading the file ended */
	struct errmsg reason;

	/* after log_block_parse */
	struct log_line *lines; /* n of them */
	size_t n, lines_cap;
	unsigned long n_lines; /* the blank ones too */
	bool no_memory;	       /* not all could be read or parsed for want of it */

	/* private */
	struct event_parser parser;
};

void log_block_clear(struct log_block *b);

/* Empties a block, and keeps the memory for another. */
void log_block_reset(struct log_block *b);

/* Parses the text. */
void log_block_parse(struct log_block *b);

#endif

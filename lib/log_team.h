/*
 * log_team: threads that parse blocks of lines. One hands blocks out in order and takes them back in that order, parsed;
 * in between they are parsed by whoever has time.
 */
#ifndef BOTIFY_LOG_TEAM_H
#define BOTIFY_LOG_TEAM_H

#include <stdbool.h>
#include <stddef.h>

#include "errmsg.h"
#include "event.h"

/* A line of a block, and what became of it. */
struct log_line {
	size_t start, len;    /* in the block's text */
	unsigned long number; /* of the line in its file */
	const char *file;     /* borrowed */
	struct event event;
	char *reason;	  /* NULL: it is an event. Else why it is none, with file and line. */
	bool file_failed; /* the reason is that the file could not be read */
};

struct log_block {
	char *text;
	size_t text_len, text_cap;
	struct log_line *lines; /* n of them */
	size_t n, cap;
	struct event_parser parser;
	bool done;
};

/* Adds a line that is to be parsed. The text is copied. Returns 0, or -1 where there is no memory. */
int log_block_add(struct log_block *b, const char *text, size_t len, unsigned long number, const char *file);

/* Adds what is known not to be an event: a bad line, or a file that failed. Likewise. */
int log_block_add_problem(struct log_block *b, const struct errmsg *reason, bool file_failed);

/* A team of so many threads, the caller's own included; 0 is one for each processor. New; NULL: no memory. */
struct log_team *log_team_new(unsigned threads);

/* Ends the threads and frees the blocks. NULL is fine. */
void log_team_free(struct log_team *t);

/* An empty block to fill, borrowed until it is handed out; NULL where all are underway. */
struct log_block *log_team_empty(struct log_team *t);

/* Hands out the block that log_team_empty gave. */
void log_team_submit(struct log_team *t);

/*
 * The block that was handed out first, parsed, once it is; borrowed until log_team_recycle. NULL where none is underway.
 */
struct log_block *log_team_take(struct log_team *t);

/* Takes back the block that log_team_take gave. */
void log_team_recycle(struct log_team *t);

#endif

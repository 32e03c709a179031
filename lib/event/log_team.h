/*
 * log_team (private to lib/event): threads that parse blocks of lines. One thread hands blocks out in order and takes
 * them back in that order, parsed; in between they are parsed by whichever thread has time.
 */
#ifndef BOTIFY_LOG_TEAM_H
#define BOTIFY_LOG_TEAM_H

#include "event/log_block.h"

/* A team of so many threads, the caller's own included; 0 is one for each processor. New; NULL: no memory. */
struct log_team *log_team_new(unsigned threads);

/* Ends the threads and frees the blocks. NULL is fine. */
void log_team_free(struct log_team *t);

/* An empty block to fill, borrowed until it is handed out; NULL where all are underway. */
struct log_block *log_team_empty(struct log_team *t);

/* Hands out the block that log_team_empty gave. */
void log_team_submit(struct log_team *t);

/*
 * The block that was handed out first, parsed, once it is; borrowed until log_team_recycle. NULL where none is
 * underway.
 */
struct log_block *log_team_take(struct log_team *t);

/* Takes back the block that log_team_take gave. */
void log_team_recycle(struct log_team *t);

#endif

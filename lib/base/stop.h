/*
 * stop: SIGINT and SIGTERM as something to read from, so that a loop can finish what it has begun.
 *
 * Signals that are ignored (nohup, a background job of a script) stay ignored. See lines_watch.
 */
#ifndef BOTIFY_STOP_H
#define BOTIFY_STOP_H

#include "base/errmsg.h"

/*
 * From now on the signals do not end the process; the descriptor that is returned becomes readable instead, and stays so.
 * Returns -1 with the reason where that fails. To be called once.
 */
int stop_open(struct errmsg *e);

/* Ends the process by the signal that arrived, as it would have been without stop_open. Returns if there was none. */
void stop_raise(int fd);

#endif

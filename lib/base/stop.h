/*
 * stop: SIGHUP, SIGINT and SIGTERM as something to read from, so that a loop can finish what it has begun.
 *
 * Signals that are ignored (nohup, a background job of a script) stay ignored. See lines_watch and out_watch.
 */
#ifndef BOTIFY_STOP_H
#define BOTIFY_STOP_H

#include "base/errmsg.h"

enum { STOP_AGAIN_MS = 500 }; /* between two signals, for them to be two: timeout(1) sends one twice */

/*
 * From now on the first of these signals does not end the process; the descriptor that is returned becomes readable
 * instead, and stays so. A second one ends it at once, and files that are noted as unfinished are removed. Returns -1
 * with the reason where that fails. To be called once.
 */
int stop_open(struct errmsg *e);

/* Whether it has been told to stop; never, where fd is -1. */
int stop_told(int fd);

/* Ends the process by the signal that arrived, as it would have been without stop_open. Returns if there was none. */
void stop_raise(int fd);

#endif

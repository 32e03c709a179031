/*
 * now: what time it is.
 */
#ifndef BOTIFY_NOW_H
#define BOTIFY_NOW_H

#include <stdint.h>

/* Nanoseconds since some moment before the process began. This clock never goes back, whoever sets the time. */
int64_t now_ns(void);

/* The same in seconds. */
double now_seconds(void);

/* Milliseconds since the epoch, by the clock on the wall. */
int64_t now_epoch_ms(void);

#endif

/*
 * event_digest: a number of 64 bits that stands for an event: the sum of those of a log stands for the log, in whatever order its
 * events are. Not against malice: whoever wants two logs of the same digest can have them.
 */
#ifndef BOTIFY_EVENT_DIGEST_H
#define BOTIFY_EVENT_DIGEST_H

#include <stdint.h>

#include "event/event.h"

/* Of everything that the event says, but for "exclude" and "candidates". */
uint64_t event_digest(const struct event *ev);

#endif

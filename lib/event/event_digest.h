/*
 * event_digest: tells whether two events are equal in every field, without keeping either. The sum of the digests of a
 * log stands for the log, in whatever order its events are.
 */
#ifndef BOTIFY_EVENT_DIGEST_H
#define BOTIFY_EVENT_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

/*
 * A number that is the same for events that are equal in every field that is read: an absent field differs from any
 * value, -0 does not differ from 0. Events that differ have the same number with a chance of one in 2^64, unless
 * somebody made them for it. Machines of another byte order have other numbers.
 */
uint64_t event_digest(const struct event *ev);

/*
 * The same of the arms alone, in their order. Never 0. Mostly they are those of an earlier event, for which the reader
 * of events remembers it (arms_digest); where it did not, event_digest does this too.
 */
uint64_t event_digest_arms(const struct event_arm *arms, size_t n);

#endif

/*
 * event_digest: tells whether two events are the same without keeping either: whether every field is equal. The sum
 * of the digests of a log stands for the log, in whatever order its events are.
 */
#ifndef BOTIFY_EVENT_DIGEST_H
#define BOTIFY_EVENT_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

/*
 * A number that is the same for events of which every field that is read is the same: what is absent and what is
 * there differ, -0 and 0 do not. Two others have the same number by chance, of one in 2^64. It is not made against
 * malice. Machines of another byte order have other numbers.
 */
uint64_t event_digest(const struct event *ev);

/*
 * The same of arms alone, their order included. Never 0. Mostly they are those of an event before, and it is for
 * the reader of events to remember it; event_digest makes up for it where none was.
 */
uint64_t event_digest_arms(const struct event_arm *arms, size_t n);

#endif

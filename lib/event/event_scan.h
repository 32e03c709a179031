/*
 * event_scan (private to lib/event): events in one pass over the line, without allocating: the fast way of
 * event_parse.
 *
 * It takes the lines that events usually are: any order of keys, any spacing, unknown keys with nested values. Whatever
 * it is not sure of (escapes in names, bytes beyond ASCII, odd numbers, anything wrong) it leaves to event_json. Where
 * it takes a line, the event is the one that event_json would have made; tests/fuzz holds them against each other.
 */
#ifndef BOTIFY_EVENT_SCAN_H
#define BOTIFY_EVENT_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "event/event.h"

/* Returns whether the line was taken. Strings of the event point into `text`, arrays into the parser. */
bool event_scan(struct event_parser *p, const char *text, size_t len, struct event *ev);

#endif

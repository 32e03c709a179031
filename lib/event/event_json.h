/*
 * event_json (private to lib/event): events by way of jansson. It decides what an event is, and says what is wrong
 * with a line that is not one.
 */
#ifndef BOTIFY_EVENT_JSON_H
#define BOTIFY_EVENT_JSON_H

#include <stddef.h>

#include "base/errmsg.h"
#include "event/event.h"

/* As event_parse. Strings are copied into the parser. */
int event_json_parse(struct event_parser *p, const char *text, size_t len, struct event *ev, struct errmsg *e);

#endif

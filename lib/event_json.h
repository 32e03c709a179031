/*
 * event_json: events by way of jansson. It decides what an event is, and says what is wrong with a line that is none.
 */
#ifndef BOTIFY_EVENT_JSON_H
#define BOTIFY_EVENT_JSON_H

#include <stddef.h>

#include "errmsg.h"
#include "event.h"

/* As event_parse. p->json is NULL before, and is what the event points into afterwards. */
int event_json_parse(struct event_parser *p, const char *text, size_t len, struct event *ev, struct errmsg *e);

#endif

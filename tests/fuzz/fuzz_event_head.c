/*
 * What event_parse takes has a head, which is that of the event.
 */
#include <stdint.h>
#include <stdlib.h>

#include "event/event_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct event_parser p = {0};
	struct event_head head;
	struct event ev;
	struct errmsg e;
	int has = event_head_read(&head, &p, (const char *)data, size, &e);

	if (event_parse(&p, (const char *)data, size, &ev, &e) == 0 &&
	    (has < 0 || head.user != ev.user || head.timestamp != ev.timestamp || head.message != ev.message))
		abort();
	event_parser_clear(&p);
	return 0;
}

/* A line of a log: what is an event is read back as the same event from what is written of it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/out.h"
#include "event/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void require_same(const struct event *a, const struct event *b)
{
	require(a->message == b->message && a->timestamp == b->timestamp && a->user == b->user && a->track == b->track);
	require(a->time == b->time && (a->latency == b->latency || (isnan(a->latency) && isnan(b->latency))));
	require(a->recommendation == b->recommendation && a->pool == b->pool && slice_equal(a->source, b->source));
	require(a->n_exclude == b->n_exclude && a->n_arms == b->n_arms);
	for (size_t i = 0; i < a->n_exclude; i++)
		require(a->exclude[i] == b->exclude[i]);
	for (size_t i = 0; i < a->n_arms; i++)
		require(slice_equal(a->arms[i].experiment, b->arms[i].experiment) && slice_equal(a->arms[i].arm, b->arms[i].arm));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct event_parser p = {0}, again = {0};
	struct event ev, back;
	struct errmsg e;
	struct out o;

	out_init(&o, -1, "nowhere");
	if (event_parse(&p, (const char *)data, size, &ev, &e) == 0) {
		event_write(&o, &ev, true);
		require(event_parse(&again, o.buf + o.head, out_pending(&o) - 1, &back, &e) == 0);
		require_same(&ev, &back);
	} else {
		/* the reason becomes an answer, which has to be JSON */
		event_write_error(&o, e.text, 1);
		require(event_parse(&again, o.buf + o.head, out_pending(&o) - 1, &back, &e) < 0);
		require(strncmp(e.text, "an error, not an event: ", 24) == 0);
	}
	out_clear(&o);
	event_parser_clear(&p);
	event_parser_clear(&again);
	return 0;
}

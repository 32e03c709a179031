/*
 * What event_scan takes, event_json takes too, and makes the same event of it; and what event_json refuses, event_scan
 * does not take. That holds whatever lines its parser has seen before.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "event/event_digest.h"
#include "event/event_json.h"
#include "event/event_scan.h"

static int same_number(double a, double b)
{
	return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static int same(const struct event *a, const struct event *b)
{
	if (a->message != b->message || a->timestamp != b->timestamp || a->user != b->user || a->track != b->track ||
	    !same_number(a->time, b->time) || !same_number(a->latency, b->latency) ||
	    a->recommendation != b->recommendation || !slice_equal(a->source, b->source) || a->pool != b->pool ||
	    a->n_exclude != b->n_exclude || a->n_arms != b->n_arms)
		return 0;
	for (size_t i = 0; i < a->n_exclude; i++)
		if (a->exclude[i] != b->exclude[i])
			return 0;
	for (size_t i = 0; i < a->n_arms; i++)
		if (!slice_equal(a->arms[i].experiment, b->arms[i].experiment) ||
		    !slice_equal(a->arms[i].arm, b->arms[i].arm))
			return 0;
	return event_digest(a) == event_digest(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { LINES = 64 }; /* between two resets */
	static struct event_parser fast;
	static unsigned lines;
	struct event_parser slow = {0};
	struct event a, b;
	struct errmsg e;

	if (event_scan(&fast, (const char *)data, size, &a) &&
	    (event_json_parse(&slow, (const char *)data, size, &b, &e) < 0 || !same(&a, &b)))
		abort();
	event_parser_clear(&slow);
	if (++lines % LINES == 0)
		event_parser_reset(&fast);
	return 0;
}

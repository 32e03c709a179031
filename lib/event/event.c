#include "event/event.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/out.h"
#include "event/event_json.h"
#include "event/event_scan.h"
#include "text/json_quote.h"
#include "text/number.h"

struct event event_of(enum event_message message, uint32_t user, uint32_t track, double time)
{
	return (struct event){
		.message = message,
		.timestamp = EVENT_NO_TIMESTAMP,
		.user = user,
		.track = track,
		.time = time,
		.latency = NAN,
		.propensity = NAN,
		.recommendation = EVENT_NO_TRACK,
	};
}

void event_parser_clear(struct event_parser *p)
{
	arena_clear(&p->arena);
	free(p->exclude);
	*p = (struct event_parser){0};
}

void event_parser_reset(struct event_parser *p)
{
	enum { EXCLUDE_KEPT = 1 << 14 };

	arena_reset(&p->arena);
	if (p->exclude_cap > EXCLUDE_KEPT) {
		free(p->exclude);
		p->exclude = NULL;
		p->exclude_cap = 0;
	}
	p->resets++;
}

int event_parse(struct event_parser *p, const char *text, size_t len, struct event *ev, struct errmsg *e)
{
	if (event_scan(p, text, len, ev))
		return 0;
	return event_json_parse(p, text, len, ev, e);
}

/* The writer. Each function puts its text at `to` and returns the end of it; the room has been made before. */

#define PUT(to, literal) ((char *)memcpy(to, literal, sizeof(literal) - 1) + sizeof(literal) - 1)

static size_t string_room(struct slice s)
{
	return json_quote_room(s.len);
}

static char *put_string(char *to, struct slice s)
{
	return json_quote(to, s.text, s.len);
}

static char *put_int(char *to, int64_t n)
{
	return to + number_write_int(to, n);
}

static char *put_ids(char *to, const uint32_t *ids, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		*to++ = i == 0 ? '[' : ',';
		to = put_int(to, ids[i]);
	}
	return PUT(to, "]");
}

static char *put_candidates(char *to, const struct event_candidate *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		*to++ = i == 0 ? '[' : ',';
		to = put_int(PUT(to, "{\"track\":"), list[i].track);
		to = PUT(to, ",\"score\":");
		to += number_write(to, list[i].score);
		*to++ = '}';
	}
	return PUT(to, "]");
}

static char *put_arms(char *to, const struct event_arm *arms, size_t n)
{
	*to++ = '{';
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			*to++ = ',';
		to = put_string(to, arms[i].experiment);
		*to++ = ':';
		to = put_string(to, arms[i].arm);
	}
	return PUT(to, "}");
}

static size_t room_for(const struct event *ev)
{
	size_t candidates = (32 + 2 * NUMBER_SIZE) * ev->n_candidates;
	size_t room = 512 + string_room(ev->source) + NUMBER_SIZE * ev->n_exclude + candidates;

	for (size_t i = 0; i < ev->n_arms; i++)
		room += string_room(ev->arms[i].experiment) + string_room(ev->arms[i].arm) + 2;
	return room;
}

void event_write(struct out *o, const struct event *ev, bool answered)
{
	char *start = out_reserve(o, room_for(ev)), *to = start;

	if (!start)
		return;
	to = ev->message == EVENT_NEXT ? PUT(to, "{\"message\":\"next\"") : PUT(to, "{\"message\":\"last\"");
	if (ev->timestamp != EVENT_NO_TIMESTAMP)
		to = put_int(PUT(to, ",\"timestamp\":"), ev->timestamp);
	to = put_int(PUT(to, ",\"user\":"), ev->user);
	to = put_int(PUT(to, ",\"track\":"), ev->track);
	to = PUT(to, ",\"time\":");
	to += number_write(to, ev->time);
	if (!isnan(ev->latency)) {
		to = PUT(to, ",\"latency\":");
		to += number_write(to, ev->latency);
	}
	if (ev->recommendation != EVENT_NO_TRACK)
		to = put_int(PUT(to, ",\"recommendation\":"), ev->recommendation);
	else if (answered)
		to = PUT(to, ",\"recommendation\":null");
	if (ev->source.len > 0)
		to = put_string(PUT(to, ",\"source\":"), ev->source);
	if (ev->pool > 0)
		to = put_int(PUT(to, ",\"pool\":"), ev->pool);
	if (!isnan(ev->propensity)) {
		to = PUT(to, ",\"propensity\":");
		to += number_write(to, ev->propensity);
	}
	if (ev->n_candidates > 0)
		to = put_candidates(PUT(to, ",\"candidates\":"), ev->candidates, ev->n_candidates);
	if (ev->n_exclude > 0)
		to = put_ids(PUT(to, ",\"exclude\":"), ev->exclude, ev->n_exclude);
	if (answered)
		to = put_arms(PUT(to, ",\"experiments\":"), ev->arms, ev->n_arms);
	to = PUT(to, "}\n");
	out_commit(o, (size_t)(to - start));
}

void event_write_error(struct out *o, const char *reason, unsigned long line)
{
	struct slice s = slice_of(reason);
	char *start = out_reserve(o, 64 + string_room(s)), *to = start;

	if (!start)
		return;
	to = put_string(PUT(to, "{\"error\":"), s);
	to = put_int(PUT(to, ",\"line\":"), (int64_t)line);
	to = PUT(to, "}\n");
	out_commit(o, (size_t)(to - start));
}

void event_put_moment(const char *key, int64_t moment, FILE *f)
{
	if (moment == EVENT_NO_TIMESTAMP)
		fprintf(f, ",\"%s\":null", key);
	else
		fprintf(f, ",\"%s\":%" PRId64, key, moment);
}

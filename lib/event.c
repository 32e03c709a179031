#include "event.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "grow.h"
#include "ndjson.h"
#include "number.h"
#include "out.h"

bool slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.text, b.text, a.len) == 0);
}

struct slice slice_of(const char *text)
{
	return (struct slice){.text = text, .len = strlen(text)};
}

struct event event_of(enum event_message message, uint32_t user, uint32_t track, double time)
{
	return (struct event){
		.message = message,
		.timestamp = EVENT_NO_TIMESTAMP,
		.user = user,
		.track = track,
		.time = time,
		.latency = NAN,
		.recommendation = EVENT_NO_TRACK,
	};
}

void event_parser_clear(struct event_parser *p)
{
	json_decref(p->json);
	free(p->exclude);
	free(p->arms);
	*p = (struct event_parser){0};
}

/* One reader a key. Each takes the value into the event. */

static struct slice string_slice(const json_t *value)
{
	return (struct slice){.text = json_string_value(value), .len = json_string_length(value)};
}

static int read_message(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e)
{
	const char *text = json_string_value(value);

	(void)p;
	if (text && strcmp(text, "next") == 0)
		ev->message = EVENT_NEXT;
	else if (text && strcmp(text, "last") == 0)
		ev->message = EVENT_LAST;
	else
		return errmsg_set(e, "\"message\" is neither \"next\" nor \"last\"");
	return 0;
}

static int read_timestamp(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e)
{
	(void)p;
	if (!json_is_integer(value) || json_integer_value(value) == EVENT_NO_TIMESTAMP)
		return errmsg_set(e, "\"timestamp\" is no whole number of milliseconds");
	ev->timestamp = json_integer_value(value);
	return 0;
}

static int read_user(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e)
{
	(void)p;
	return ndjson_id(value, "user", &ev->user, e);
}

static int read_track(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e)
{
	(void)p;
	return ndjson_id(value, "track", &ev->track, e);
}

static int read_time(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e)
{
	(void)p;
	ev->time = json_number_value(value);
	if (!json_is_number(value) || !(ev->time >= 0 && ev->time <= 1))
		return errmsg_set(e, "\"time\" is no number from 0 to 1");
	return 0;
}

static int read_latency(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e)
{
	(void)p;
	if (json_is_null(value))
		return 0;
	if (!json_is_number(value) || json_number_value(value) < 0)
		return errmsg_set(e, "\"latency\" is no number of seconds");
	ev->latency = json_number_value(value);
	return 0;
}

static int read_recommendation(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e)
{
	(void)p;
	if (json_is_null(value))
		return 0;
	return ndjson_id(value, "recommendation", &ev->recommendation, e);
}

static int read_source(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e)
{
	(void)p;
	if (!json_is_string(value))
		return errmsg_set(e, "\"source\" is no string");
	ev->source = string_slice(value);
	return 0;
}

static int read_pool(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e)
{
	json_int_t n = json_integer_value(value);

	(void)p;
	if (!json_is_integer(value) || n < 1 || n > NDJSON_ID_MAX)
		return errmsg_set(e, "\"pool\" is no count of candidates");
	ev->pool = (uint32_t)n;
	return 0;
}

static int read_exclude(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e)
{
	size_t n = json_array_size(value);
	uint32_t *exclude;

	if (!json_is_array(value))
		return errmsg_set(e, "\"exclude\" is no array of track ids");
	exclude = grow(p->exclude, &p->exclude_cap, n, sizeof *exclude);
	if (!exclude)
		return errmsg_nomem(e);
	p->exclude = exclude;
	for (size_t i = 0; i < n; i++)
		if (ndjson_id(json_array_get(value, i), "exclude", &exclude[i], e) < 0)
			return -1;
	ev->exclude = exclude;
	ev->n_exclude = n;
	return 0;
}

static int read_experiments(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e)
{
	struct event_arm *arms;
	const char *name;
	const json_t *arm;

	if (!json_is_object(value))
		return errmsg_set(e, "\"experiments\" is no object of arms");
	arms = grow(p->arms, &p->arms_cap, json_object_size(value), sizeof *arms);
	if (!arms)
		return errmsg_nomem(e);
	ev->arms = p->arms = arms;
	json_object_foreach((json_t *)value, name, arm) {
		if (!json_is_string(arm))
			return errmsg_set(e, "the arm of experiment \"%s\" is no string", name);
		arms[ev->n_arms++] = (struct event_arm){.experiment = slice_of(name), .arm = string_slice(arm)};
	}
	return 0;
}

static int read_error(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e)
{
	const char *text = json_string_value(value);

	(void)p;
	(void)ev;
	return errmsg_set(e, "an error, not an event: %s", text ? text : "(no text)");
}

static const struct key {
	const char *name;
	int (*read)(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e);
	bool required;
} keys[] = {
	{"error", read_error, false},
	{"message", read_message, true},
	{"timestamp", read_timestamp, false},
	{"user", read_user, true},
	{"track", read_track, true},
	{"time", read_time, true},
	{"latency", read_latency, false},
	{"recommendation", read_recommendation, false},
	{"source", read_source, false},
	{"pool", read_pool, false},
	{"exclude", read_exclude, false},
	{"experiments", read_experiments, false},
};

int event_parse(struct event_parser *p, const char *text, size_t len, struct event *ev, struct errmsg *e)
{
	json_decref(p->json);
	p->json = ndjson_parse(text, len, e);
	if (!p->json)
		return -1;
	*ev = event_of(EVENT_NEXT, 0, 0, 0);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const json_t *value = json_object_get(p->json, keys[i].name);

		if (!value && keys[i].required)
			return errmsg_set(e, "\"%s\" is missing", keys[i].name);
		if (value && keys[i].read(p, value, ev, e) < 0)
			return -1;
	}
	return 0;
}

/* The writer. Each function puts its text at `to` and returns the end of it; the room has been made before. */

#define PUT(to, literal) ((char *)memcpy(to, literal, sizeof(literal) - 1) + sizeof(literal) - 1)

/* A byte of a string may become \u00xx. */
static size_t string_room(struct slice s)
{
	return 6 * s.len + 2;
}

static char *put_string(char *to, struct slice s)
{
	*to++ = '"';
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.text[i];

		if (c == '"' || c == '\\') {
			*to++ = '\\';
			*to++ = (char)c;
		} else if (c < 0x20) {
			to = PUT(to, "\\u00");
			*to++ = "0123456789abcdef"[c >> 4];
			*to++ = "0123456789abcdef"[c & 15];
		} else {
			*to++ = (char)c;
		}
	}
	*to++ = '"';
	return to;
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
	size_t room = 512 + string_room(ev->source) + NUMBER_SIZE * ev->n_exclude;

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

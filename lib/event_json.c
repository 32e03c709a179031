#include "event_json.h"

#include <jansson.h>
#include <string.h>

#include "grow.h"
#include "ndjson.h"

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

int event_json_parse(struct event_parser *p, const char *text, size_t len, struct event *ev, struct errmsg *e)
{
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

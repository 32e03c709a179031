#include "event/event_json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "text/ndjson.h"
#include "text/number.h"

/* For each key a function that reads its value into the event. */

/* Keeps a copy of a string. Returns 0, or -1 where there is no memory. */
static int keep_string(struct event_parser *p, const char *text, size_t len, struct slice *s)
{
	*s = (struct slice){.text = arena_copy(&p->arena, text, len), .len = len};
	return s->text ? 0 : -1;
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
	if (!ndjson_whole(value, &ev->timestamp) || ev->timestamp == EVENT_NO_TIMESTAMP)
		return errmsg_set(e, "\"timestamp\" is not a whole number of milliseconds");
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
		return errmsg_set(e, "\"time\" is not a number from 0 to 1");
	return 0;
}

static int read_latency(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e)
{
	(void)p;
	if (!json_is_number(value) || json_number_value(value) < 0)
		return errmsg_set(e, "\"latency\" is not a number of seconds");
	ev->latency = json_number_value(value);
	return 0;
}

static int read_recommendation(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e)
{
	(void)p;
	return ndjson_id(value, "recommendation", &ev->recommendation, e);
}

static int read_source(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e)
{
	if (!json_is_string(value))
		return errmsg_set(e, "\"source\" is not a string");
	if (keep_string(p, json_string_value(value), json_string_length(value), &ev->source) < 0)
		return errmsg_nomem(e);
	return 0;
}

static int read_pool(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e)
{
	int64_t n;

	(void)p;
	if (!ndjson_whole(value, &n) || n < 1 || n > NUMBER_ID_MAX)
		return errmsg_set(e, "\"pool\" is not a count of candidates");
	ev->pool = (uint32_t)n;
	return 0;
}

static int read_propensity(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e)
{
	(void)p;
	ev->propensity = json_number_value(value);
	if (!json_is_number(value) || !(ev->propensity > 0 && ev->propensity <= 1))
		return errmsg_set(e, "\"propensity\" is not a number above 0 and up to 1");
	return 0;
}

static int read_exclude(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e)
{
	size_t n = json_array_size(value);
	uint32_t *exclude;

	if (!json_is_array(value))
		return errmsg_set(e, "\"exclude\" is not an array of track ids");
	exclude = grow(p->exclude, &p->exclude_cap, n, sizeof *exclude);
	if (!exclude)
		return errmsg_nomem(e);
	p->exclude = exclude;
	for (size_t i = 0; i < n; i++)
		if (ndjson_id(json_array_get(value, i), "exclude", &exclude[i], e) < 0)
			return -1;
	ev->exclude = arena_copy(&p->arena, exclude, n * sizeof *exclude);
	ev->n_exclude = n;
	return ev->exclude ? 0 : errmsg_nomem(e);
}

static int read_arm(struct event_parser *p, const char *name, const json_t *value, struct event_arm *arm,
		    struct errmsg *e)
{
	if (!json_is_string(value))
		return errmsg_set(e, "the arm of experiment \"%s\" is not a string", name);
	if (keep_string(p, name, strlen(name), &arm->experiment) < 0 ||
	    keep_string(p, json_string_value(value), json_string_length(value), &arm->arm) < 0)
		return errmsg_nomem(e);
	return 0;
}

static int read_arms(struct event_parser *p, const json_t *object, struct event_arm *arms, struct errmsg *e)
{
	const char *name;
	const json_t *value;

	json_object_foreach((json_t *)object, name, value)
		if (read_arm(p, name, value, arms++, e) < 0)
			return -1;
	return 0;
}

static int read_experiments(struct event_parser *p, const json_t *value, struct event *ev, struct errmsg *e)
{
	size_t n = json_object_size(value);
	struct event_arm *arms;
	int status;

	if (!json_is_object(value))
		return errmsg_set(e, "\"experiments\" is not an object of arms");
	arms = calloc(n + 1, sizeof *arms);
	if (!arms)
		return errmsg_nomem(e);
	status = read_arms(p, value, arms, e);
	if (status == 0) {
		ev->arms = arena_copy(&p->arena, arms, n * sizeof *arms);
		ev->n_arms = n;
		status = ev->arms ? 0 : errmsg_nomem(e);
	}
	free(arms);
	return status;
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
	{"propensity", read_propensity, false},
	{"exclude", read_exclude, false},
	{"experiments", read_experiments, false},
};

static int read_object(struct event_parser *p, const json_t *object, struct event *ev, struct errmsg *e)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const json_t *value = json_object_get(object, keys[i].name);

		if (!value && keys[i].required)
			return errmsg_set(e, "\"%s\" is missing", keys[i].name);
		/* null: there is none */
		if (value && (keys[i].required || !json_is_null(value)) && keys[i].read(p, value, ev, e) < 0)
			return -1;
	}
	return 0;
}

int event_json_parse(struct event_parser *p, const char *text, size_t len, struct event *ev, struct errmsg *e)
{
	json_t *object = ndjson_parse(text, len, e);
	int status;

	if (!object)
		return -1;
	*ev = event_of(EVENT_NEXT, 0, 0, 0);
	status = read_object(p, object, ev, e);
	json_decref(object);
	return status;
}

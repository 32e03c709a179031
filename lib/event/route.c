#include "event/route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/lines.h"
#include "base/murmur3.h"
#include "base/rng.h"
#include "event/event_head.h"
#include "text/day.h"
#include "text/number.h"
#include "text/part.h"

enum { HOUR_MS = DAY_MS / 24 };

/* Steps in the generator of RNG_SPLIT. */
enum { DRAW_USER, DRAW_SESSION, DRAW_EVENT };

/* The latest session of a user. */
struct route_session {
	uint32_t number;
	bool open, held_out;
};

int route_by_name(enum route_by *by, const char *name)
{
	static const char *const names[] = {"user", "day", "hour", "lines", "event", "session"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], name) == 0) {
			*by = (enum route_by)i;
			return 0;
		}
	return -1;
}

int route_parse_holdout(struct route_choice *c, const char *what, const char *text, struct errmsg *e)
{
	const char *colon = strchr(text, ':');
	char seed[NUMBER_SIZE];
	int64_t number = 0;

	if (colon && (size_t)(colon - text) < sizeof seed) {
		memcpy(seed, text, (size_t)(colon - text));
		seed[colon - text] = 0;
		c->holdout = number_parse_int(what, seed, 0, INT64_MAX, &number, e) == 0 &&
			     number_parse(what, colon + 1, 0, 1, &c->share, e) == 0;
		c->seed = (uint64_t)number;
		if (c->holdout)
			return 0;
	}
	return errmsg_set(e, "%s takes a seed and a share from 0 to 1, as 7:0.1, not '%s'", what, text);
}

void route_init(struct route *r, const struct route_choice *c)
{
	*r = (struct route){.choice = *c};
	if (c->holdout)
		r->choice.n = 2;
	r->users = assignment_of("botify-split", r->choice.n);
}

void route_clear(struct route *r)
{
	event_parser_clear(&r->parser);
	id_index_clear(&r->session_index);
	free(r->spans);
	free(r->sessions);
	*r = (struct route){0};
}

static bool draw(const struct route *r, uint32_t user, uint32_t session, uint32_t step)
{
	struct rng draw = rng_at(r->choice.seed, RNG_SPLIT, user, session, step);

	return rng_uniform(&draw) < r->choice.share;
}

/* The user's latest session; NULL where there is no memory. */
static struct route_session *find_session(struct route *r, uint32_t user)
{
	uint32_t *place = id_index_at(&r->session_index, user);
	struct route_session *sessions;

	if (!place)
		return NULL;
	if (*place == 0) {
		sessions = grow(r->sessions, &r->sessions_cap, r->n_sessions + 1, sizeof *sessions);
		if (!sessions)
			return NULL;
		r->sessions = sessions;
		sessions[r->n_sessions] = (struct route_session){0};
		*place = (uint32_t)++r->n_sessions;
	}
	return &r->sessions[*place - 1];
}

static enum route_status route_session(struct route *r, const struct event_head *h, size_t *shard, struct errmsg *e)
{
	struct route_session *s = find_session(r, h->user);

	if (!s) {
		errmsg_nomem(e);
		return ROUTE_FAILED;
	}
	if (!s->open)
		s->held_out = draw(r, h->user, ++s->number, DRAW_SESSION);
	s->open = h->message != EVENT_LAST;
	*shard = s->held_out;
	return ROUTE_ONE;
}

/* The number of a day or an hour, rounded down before the epoch too. */
static int64_t span_of(int64_t timestamp, int64_t length)
{
	return timestamp / length - (timestamp % length < 0);
}

/* A shard of its own for each day or hour. */
static enum route_status route_span(struct route *r, int64_t span, size_t *shard, struct errmsg *e)
{
	int64_t *spans;

	/* mostly it is that of the line before */
	if (r->n_spans > 0 && r->spans[r->last] == span) {
		*shard = r->last;
		return ROUTE_ONE;
	}
	for (*shard = 0; *shard < r->n_spans; ++*shard)
		if (r->spans[*shard] == span)
			return ROUTE_ONE;
	if (r->n_spans == ROUTE_MAX) {
		errmsg_set(e, "more than %d %s; say how many shards there shall be", ROUTE_MAX,
			   r->choice.by == ROUTE_DAY ? "days" : "hours");
		return ROUTE_FAILED;
	}
	spans = grow(r->spans, &r->spans_cap, r->n_spans + 1, sizeof *spans);
	if (!spans) {
		errmsg_nomem(e);
		return ROUTE_FAILED;
	}
	r->spans = spans;
	spans[r->n_spans++] = span;
	return ROUTE_ONE;
}

static enum route_status route_moment(struct route *r, const struct event_head *h, size_t *shard, struct errmsg *e)
{
	int64_t n = (int64_t)r->choice.n, span, rest;

	if (h->timestamp == EVENT_NO_TIMESTAMP) {
		errmsg_set(e, "\"timestamp\" is missing");
		return ROUTE_REFUSED;
	}
	span = span_of(h->timestamp, r->choice.by == ROUTE_DAY ? DAY_MS : HOUR_MS);
	if (n == 0)
		return route_span(r, span, shard, e);
	rest = span % n;
	*shard = (size_t)(rest < 0 ? rest + n : rest);
	return ROUTE_ONE;
}

size_t route_user(const struct route *r, uint32_t user)
{
	return r->choice.holdout ? draw(r, user, 0, DRAW_USER) : assignment_arm(&r->users, user);
}

static enum route_status route_by_head(struct route *r, const struct event_head *h, size_t *shard, struct errmsg *e)
{
	if (r->choice.by == ROUTE_DAY || r->choice.by == ROUTE_HOUR)
		return route_moment(r, h, shard, e);
	if (r->choice.by == ROUTE_SESSION)
		return route_session(r, h, shard, e);
	*shard = route_user(r, h->user);
	return ROUTE_ONE;
}

static enum route_status read_head(struct route *r, const char *text, size_t len, size_t *shard, struct errmsg *e)
{
	static const char state[] = "{\"botify-state\":";
	struct event_head h;

	if (r->choice.by == ROUTE_USER && len >= sizeof state && memcmp(text, state, sizeof state - 1) == 0)
		return ROUTE_EVERY;
	if (event_head_read(&h, &r->parser, text, len, e) < 0)
		return e->no_memory ? ROUTE_FAILED : ROUTE_REFUSED;
	return route_by_head(r, &h, shard, e);
}

static size_t draw_line(const struct route *r, const char *text, size_t len)
{
	return draw(r, murmur3(text, len, 0), (uint32_t)len, DRAW_EVENT);
}

enum route_status route_line(struct route *r, const char *text, size_t len, size_t *shard, struct errmsg *e)
{
	enum route_status status = ROUTE_ONE;

	if (part_begins(text, len)) {
		errmsg_set(e, "what --partial and --state write has to be given as a file, and without logs");
		return ROUTE_FAILED;
	}
	if (r->choice.by == ROUTE_LINES)
		*shard = r->lines++ % r->choice.n;
	else if (lines_is_blank(text, len))
		*shard = r->last;
	else if (r->choice.by == ROUTE_EVENT)
		*shard = draw_line(r, text, len);
	else
		status = read_head(r, text, len, shard, e);
	if (status == ROUTE_ONE)
		r->last = *shard;
	return status;
}

enum route_status route_event(struct route *r, const struct event *ev, struct slice text, size_t *shard,
			      struct errmsg *e)
{
	const struct event_head h = {ev->message, ev->timestamp, ev->user};

	if (r->choice.by != ROUTE_EVENT)
		return route_by_head(r, &h, shard, e);
	*shard = draw_line(r, text.text, text.len);
	return ROUTE_ONE;
}

size_t route_shards(const struct route *r)
{
	return r->choice.n > 0 ? r->choice.n : r->n_spans;
}

/* So many digits has the number of the last of n. */
static int digits_of(size_t n)
{
	return n > 100 ? 3 : n > 10 ? 2 : 1;
}

const char *route_name(const struct route *r, size_t shard, char name[ROUTE_NAME_SIZE])
{
	char day[DAY_SIZE];

	if (r->choice.holdout) {
		snprintf(name, ROUTE_NAME_SIZE, "%s", shard == 0 ? "train" : "test");
	} else if (r->choice.n > 0) {
		snprintf(name, ROUTE_NAME_SIZE, "%0*zu", digits_of(r->choice.n), shard);
	} else if (r->choice.by == ROUTE_DAY) {
		snprintf(name, ROUTE_NAME_SIZE, "%s", day_format(day, r->spans[shard] * DAY_MS));
	} else {
		int64_t hour = r->spans[shard] - 24 * span_of(r->spans[shard], 24);

		snprintf(name, ROUTE_NAME_SIZE, "%sT%02d", day_format(day, r->spans[shard] * HOUR_MS), (int)hour);
	}
	return name;
}

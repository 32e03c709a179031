#include "rank/counting.h"

#include <inttypes.h>
#include <string.h>

#include "event/event.h"
#include "text/day.h"
#include "text/ndjson.h"
#include "text/number.h"

enum counting_when counting_when(const struct counting *c, int64_t timestamp)
{
	if (!c->has_since && !c->has_until && c->half_life == 0)
		return COUNTING_INSIDE;
	if (timestamp == EVENT_NO_TIMESTAMP)
		return COUNTING_UNDATED;
	if ((c->has_since && timestamp < c->since) || (c->has_until && timestamp >= c->until))
		return COUNTING_OUTSIDE;
	return COUNTING_INSIDE;
}

int counting_parse_half_life(const char *what, const char *text, int64_t *ms, struct errmsg *e)
{
	char digits[NUMBER_SIZE];
	size_t len = strlen(text);
	int64_t unit = len > 0 && text[len - 1] == 'd' ? DAY_MS : COUNTING_HALF_LIFE_MIN, n;

	if (len >= 2 && len < sizeof digits && strchr("dh", text[len - 1])) {
		memcpy(digits, text, len - 1);
		digits[len - 1] = '\0';
		if (number_parse_int(what, digits, 1, 1000000, &n, e) == 0) {
			*ms = n * unit;
			return 0;
		}
	}
	return errmsg_set(e, "%s takes a number of days or hours, as 7d or 36h, not '%s'", what, text);
}

static void write_moment(const char *key, bool has, int64_t moment, FILE *f)
{
	if (has)
		fprintf(f, "\"%s\":%" PRId64 ",", key, moment);
	else
		fprintf(f, "\"%s\":null,", key);
}

void counting_write(const struct counting *c, FILE *f)
{
	char liked[NUMBER_SIZE];
	int len = (int)number_write(liked, c->liked);

	fputc('{', f);
	write_moment("since", c->has_since, c->since, f);
	write_moment("until", c->has_until, c->until, f);
	write_moment("half_life", c->half_life > 0, c->half_life, f);
	fprintf(f, "\"debias\":%s,\"wins\":%.*s,\"users\":%s,", c->debias ? "true" : "false", c->wins ? len : 4,
		c->wins ? liked : "null", c->users ? "true" : "false");
	fprintf(f, c->holdout[0] ? "\"holdout\":\"%s\"}" : "\"holdout\":null}", c->holdout);
}

static int refuse(const char *key, struct errmsg *e)
{
	return errmsg_set(e, "not partial counts: \"%s\" of \"how\" is missing or wrong", key);
}

static int read_moment(const json_t *object, const char *key, bool *has, int64_t *moment, struct errmsg *e)
{
	const json_t *value = json_object_get(object, key);

	*has = !json_is_null(value);
	return *has && !ndjson_whole(value, moment) ? refuse(key, e) : 0;
}

static int read_flag(const json_t *object, const char *key, bool *flag, struct errmsg *e)
{
	const json_t *value = json_object_get(object, key);

	*flag = json_is_true(value);
	return json_is_boolean(value) ? 0 : refuse(key, e);
}

static int read_liked(struct counting *c, const json_t *value, struct errmsg *e)
{
	c->wins = !json_is_null(value);
	c->liked = json_number_value(value);
	return c->wins && !(json_is_number(value) && c->liked >= 0 && c->liked <= 1) ? refuse("wins", e) : 0;
}

static int read_holdout(struct counting *c, const json_t *value, struct errmsg *e)
{
	static const char known[] = "abcdefghijklmnopqrstuvwxyz0123456789.:+- ";
	const char *text = json_string_value(value);

	/* what counting_write puts between quotes as it is */
	if (!json_is_null(value) && (!text || strlen(text) >= sizeof c->holdout || text[strspn(text, known)]))
		return refuse("holdout", e);
	strcpy(c->holdout, text ? text : "");
	return 0;
}

int counting_read(struct counting *c, const json_t *object, struct errmsg *e)
{
	bool ages;

	*c = (struct counting){0};
	if (read_moment(object, "since", &c->has_since, &c->since, e) < 0 ||
	    read_moment(object, "until", &c->has_until, &c->until, e) < 0 ||
	    read_moment(object, "half_life", &ages, &c->half_life, e) < 0 ||
	    read_flag(object, "debias", &c->debias, e) < 0 || read_flag(object, "users", &c->users, e) < 0 ||
	    read_liked(c, json_object_get(object, "wins"), e) < 0 ||
	    read_holdout(c, json_object_get(object, "holdout"), e) < 0)
		return -1;
	return ages && c->half_life < COUNTING_HALF_LIFE_MIN ? refuse("half_life", e) : 0;
}

bool counting_same(const struct counting *a, const struct counting *b)
{
	return a->has_since == b->has_since && (!a->has_since || a->since == b->since) &&
	       a->has_until == b->has_until && (!a->has_until || a->until == b->until) &&
	       a->half_life == b->half_life && a->debias == b->debias && a->wins == b->wins &&
	       (!a->wins || a->liked == b->liked) && a->users == b->users && strcmp(a->holdout, b->holdout) == 0;
}

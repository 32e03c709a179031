#include "study/overview_part.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/memstream.h"
#include "rank/popularity_part.h"
#include "text/json_put.h"
#include "text/ndjson.h"
#include "text/part.h"

enum { HUNDREDTH = 10000000 };

static const struct part_kind part_kind = {"botify-evaluate log", 1};

static void put_head(FILE *f, const struct overview *o)
{
	fprintf(f, "{\"partial\":\"%s\",\"version\":%d,\"skipped\":", part_kind.of, part_kind.version);
	json_put_number(f, o->choice.skipped);
	fputs(",\"liked\":", f);
	json_put_number(f, o->choice.liked);
	fprintf(f, ",\"catalog\":%s,\"sources\":[", o->with_catalog ? "true" : "false");
	for (size_t i = 0; i < o->sources.n; i++) {
		fputs(i > 0 ? "," : "", f);
		json_put_string(f, intern_text(&o->sources, i));
	}
	fputc(']', f);
	event_put_moment("from", o->from, f);
	event_put_moment("until", o->until, f);
	fputs(",\"parts\":1", f);
}

static void pack_plays(struct part_bytes *b, const struct overview_plays *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		part_put(b, list[i].plays);
		part_put(b, list[i].skipped);
		part_put(b, list[i].liked);
		part_put_multiple(b, list[i].billionths, HUNDREDTH);
	}
}

static int ascending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int pack_users(struct part_bytes *b, const struct overview *o)
{
	uint32_t *ids = malloc((o->n_users + 1) * sizeof *ids), before = 0;

	if (!ids)
		return -1;
	for (size_t i = 0; i < o->n_users; i++)
		ids[i] = o->ids[i];
	qsort(ids, o->n_users, sizeof *ids, ascending);
	part_put(b, o->n_users);
	for (size_t i = 0; i < o->n_users; i++)
		part_put_id(b, ids[i], &before);
	free(ids);
	return 0;
}

static int pack(struct part_bytes *b, const struct overview *o)
{
	if (pack_users(b, o) < 0)
		return -1;
	for (size_t i = 0; i < OVERVIEW_COUNTS; i++)
		part_put(b, o->counts[i]);
	pack_plays(b, &o->all, 1);
	pack_plays(b, &o->first, 1);
	pack_plays(b, o->places, OVERVIEW_PLACES);
	pack_plays(b, o->hours, OVERVIEW_HOURS);
	pack_plays(b, o->by_source, o->sources.n);
	for (size_t i = 0; i < o->sources.n; i++)
		part_put(b, o->answers[i]);
	return popularity_pack(b, &o->tracks) < 0 || popularity_pack(b, &o->spans) < 0 ? -1 : 0;
}

int overview_write_part(const struct overview *o, FILE *f, struct errmsg *e)
{
	struct part_bytes bytes = {0};
	struct memstream m;
	FILE *head = memstream_open(&m);
	char *text = NULL;
	int status = -1;

	if (head) {
		put_head(head, o);
		text = memstream_close(&m);
	}
	if (text && pack(&bytes, o) == 0)
		status = part_write(text, m.len, &bytes, f);
	free(text);
	part_bytes_clear(&bytes);
	return status < 0 ? errmsg_nomem(e) : 0;
}

/* Adds a count, or a time, unless there would be more than can be counted. */
static void take_count(struct part_numbers *in, uint64_t *sum)
{
	*sum += part_take_up_to(in, INT64_MAX - *sum);
}

static void take_time(struct part_numbers *in, int64_t *billionths)
{
	int64_t more = part_take_multiple(in, HUNDREDTH);

	if (more > INT64_MAX - *billionths)
		in->wrong = true;
	else
		*billionths += more;
}

static void take_plays(struct part_numbers *in, struct overview_plays *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		take_count(in, &list[i].plays);
		take_count(in, &list[i].skipped);
		take_count(in, &list[i].liked);
		take_time(in, &list[i].billionths);
	}
}

static int take_users(struct part_numbers *in, struct overview *o, struct errmsg *e)
{
	size_t n = part_take_length(in, 1);
	uint32_t id = 0;

	for (size_t i = 0; i < n; i++) {
		int new;

		part_take_id(in, &id);
		if (in->wrong)
			return part_refuse(e);
		new = overview_add_user(o, id);
		if (new < 0)
			return errmsg_nomem(e);
		if (!new)
			return part_refuse_user(id, e);
	}
	return 0;
}

/* Whether the sources are not more together than can be counted: a report sums them up. */
static bool can_be_summed(const struct overview *o)
{
	struct overview_plays left = {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX};
	uint64_t answers = INT64_MAX;

	for (size_t i = 0; i < o->sources.n; i++) {
		const struct overview_plays *p = &o->by_source[i];

		if (p->plays > left.plays || p->skipped > left.skipped || p->liked > left.liked ||
		    p->billionths > left.billionths || o->answers[i] > answers)
			return false;
		left.plays -= p->plays;
		left.skipped -= p->skipped;
		left.liked -= p->liked;
		left.billionths -= p->billionths;
		answers -= o->answers[i];
	}
	return true;
}

/* The sources of a part get their counts one by one, as they have other numbers here. */
static int take_sources(struct part_numbers *in, struct overview *o, const json_t *names, struct errmsg *e)
{
	size_t n = json_array_size(names);
	uint32_t *numbers = malloc((n + 1) * sizeof *numbers);
	int status = numbers ? 0 : errmsg_nomem(e);

	for (size_t i = 0; i < n && status == 0; i++) {
		const char *name = json_string_value(json_array_get(names, i));

		numbers[i] = overview_source(o, slice_of(name ? name : ""), INTERN_NONE);
		if (numbers[i] == INTERN_NONE)
			status = errmsg_nomem(e);
		else
			take_plays(in, &o->by_source[numbers[i]], 1);
	}
	for (size_t i = 0; i < n && status == 0; i++)
		take_count(in, &o->answers[numbers[i]]);
	free(numbers);
	if (status == 0 && !can_be_summed(o))
		in->wrong = true;
	return status;
}

static int take_numbers(struct overview *o, struct part *part, struct errmsg *e)
{
	struct part_numbers *in = &part->numbers;

	if (take_users(in, o, e) < 0)
		return -1;
	for (size_t i = 0; i < OVERVIEW_COUNTS; i++)
		take_count(in, &o->counts[i]);
	take_plays(in, &o->all, 1);
	take_plays(in, &o->first, 1);
	take_plays(in, o->places, OVERVIEW_PLACES);
	take_plays(in, o->hours, OVERVIEW_HOURS);
	if (take_sources(in, o, json_object_get(part->head, "sources"), e) < 0)
		return -1;
	return popularity_unpack(in, &o->tracks, e) < 0 || popularity_unpack(in, &o->spans, e) < 0 ? -1 : 0;
}

static void take_span(struct overview *o, const json_t *head)
{
	int64_t from, until;

	if (!ndjson_whole(json_object_get(head, "from"), &from) ||
	    !ndjson_whole(json_object_get(head, "until"), &until))
		return;
	if (o->from == EVENT_NO_TIMESTAMP || from < o->from)
		o->from = from;
	if (o->until == EVENT_NO_TIMESTAMP || until > o->until)
		o->until = until;
}

static int take_head(struct overview *o, const json_t *head, uint64_t *parts, struct errmsg *e)
{
	double skipped = json_number_value(json_object_get(head, "skipped"));
	double liked = json_number_value(json_object_get(head, "liked"));
	bool with_catalog = json_is_true(json_object_get(head, "catalog"));
	uint64_t n;

	if (ndjson_count(head, "parts", INT32_MAX, &n, e) < 0)
		return -1;
	if (*parts > 0 && (skipped != o->choice.skipped || liked != o->choice.liked || with_catalog != o->with_catalog))
		return errmsg_set(e, "counted with other options than the part before");
	o->choice.skipped = skipped;
	o->choice.liked = liked;
	o->with_catalog = with_catalog;
	*parts += n;
	take_span(o, head);
	return 0;
}

struct reading {
	struct overview *overview;
	uint64_t *parts;
};

static int take_part(void *reading, const struct part_file *f, struct part *part, struct errmsg *e)
{
	const struct reading *r = reading;

	(void)f;
	return take_head(r->overview, part->head, r->parts, e) < 0 ? -1 : take_numbers(r->overview, part, e);
}

int overview_read_part(struct overview *o, const char *path, uint64_t *parts, struct errmsg *e)
{
	return part_file_read(path, &part_kind, take_part, &(struct reading){o, parts}, e);
}

#include "event/input_logs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "text/ndjson.h"

enum { DIGEST_DIGITS = 16 };

void input_logs_clear(struct input_logs *in)
{
	free(in->list);
	free(in->wholes);
	*in = (struct input_logs){0};
}

/* Drops the last one where it has no events. */
static void drop_empty(struct input_logs *in)
{
	if (in->n > 0 && in->list[in->n - 1].events == 0)
		in->n--;
}

int input_logs_begin(struct input_logs *in, const char *file)
{
	struct input_log *list;

	drop_empty(in);
	list = grow(in->list, &in->cap, in->n + 1, sizeof *list);
	if (!list)
		return -1;
	in->list = list;
	list[in->n++] = (struct input_log){.from = EVENT_NO_TIMESTAMP, .until = EVENT_NO_TIMESTAMP, .file = file};
	return 0;
}

static void note_moment(struct input_log *log, int64_t moment)
{
	if (moment == EVENT_NO_TIMESTAMP)
		return;
	if (log->from == EVENT_NO_TIMESTAMP || moment < log->from)
		log->from = moment;
	if (moment > log->until)
		log->until = moment;
}

void input_logs_note(struct input_logs *in, int64_t timestamp, uint64_t digest)
{
	struct input_log *log = &in->list[in->n - 1];

	log->events++;
	log->digest += digest;
	note_moment(log, timestamp);
}

/* All of some logs together, from the first-th on. */
static struct input_log sum_of(const struct input_logs *in, size_t first)
{
	struct input_log sum = {.from = EVENT_NO_TIMESTAMP, .until = EVENT_NO_TIMESTAMP};

	for (size_t i = first; i < in->n; i++) {
		sum.file = in->list[i].file;
		sum.digest += in->list[i].digest;
		sum.events += in->list[i].events;
		note_moment(&sum, in->list[i].from);
		note_moment(&sum, in->list[i].until);
	}
	return sum;
}

int64_t input_logs_from(const struct input_logs *in)
{
	return sum_of(in, 0).from;
}

int64_t input_logs_until(const struct input_logs *in)
{
	return sum_of(in, 0).until;
}

static const struct input_log *find_log(const struct input_log *list, size_t n, const struct input_log *log)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].digest == log->digest && list[i].events == log->events)
			return &list[i];
	return NULL;
}

const struct input_log *input_logs_common(const struct input_logs *in, const struct input_logs *others,
					  const struct input_log **other)
{
	for (size_t i = 0; i < in->n; i++) {
		const struct input_log *log = &in->list[i];

		if (log->events == 0)
			continue;
		*other = find_log(others->list, others->n, log);
		if (!*other)
			*other = find_log(others->wholes, others->n_wholes, log);
		if (*other)
			return log;
	}
	return NULL;
}

bool input_logs_repeat(const struct input_logs *in, size_t first)
{
	struct input_log sum = sum_of(in, first);

	for (size_t i = first; i < in->n; i++)
		if (in->list[i].events > 0 && (find_log(in->list, i, &in->list[i]) ||
					       find_log(in->wholes, in->n_wholes, &in->list[i])))
			return true;
	return sum.events > 0 && (find_log(in->list, first, &sum) || find_log(in->wholes, in->n_wholes, &sum));
}

static int by_time(const void *a, const void *b)
{
	const struct input_log *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->until != y->until)
		return x->until < y->until ? -1 : 1;
	return (x->digest > y->digest) - (x->digest < y->digest);
}

/* Each bit of both changes about half of the bits; of the whole, nothing is changed. */
static uint64_t digest_piece(uint64_t digest, uint64_t piece)
{
	unsigned __int128 product;

	if (piece == 0)
		return digest;
	product = (unsigned __int128)(digest ^ UINT64_C(0x9e3779b97f4a7c15)) * (piece * UINT64_C(0xd6e8feb86659fd93));
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

void input_logs_write(struct input_logs *in, uint64_t piece, FILE *f)
{
	drop_empty(in);
	if (in->n > 0)
		qsort(in->list, in->n, sizeof *in->list, by_time);
	fprintf(f, ",\"parts\":%" PRIu64 ",\"inputs\":[", in->parts);
	for (size_t i = 0; i < in->n; i++) {
		fprintf(f, "%s{\"digest\":\"%016" PRIx64 "\",\"events\":%" PRIu64, i > 0 ? "," : "",
			digest_piece(in->list[i].digest, piece), in->list[i].events);
		event_put_moment("from", in->list[i].from, f);
		event_put_moment("until", in->list[i].until, f);
		fputc('}', f);
	}
	fputc(']', f);
}

static int refuse_inputs(struct errmsg *e)
{
	return errmsg_set(e, "not a part of a log: \"inputs\" are not logs");
}

static int read_moment(const json_t *value, int64_t *moment)
{
	*moment = EVENT_NO_TIMESTAMP;
	return json_is_null(value) || ndjson_whole(value, moment) ? 0 : -1;
}

static int read_log(struct input_logs *in, const json_t *object, const char *file, struct errmsg *e)
{
	const char *digest = json_string_value(json_object_get(object, "digest"));
	struct input_log log = {.file = file};
	struct input_log *list = grow(in->list, &in->cap, in->n + 1, sizeof *list);

	if (!list)
		return errmsg_nomem(e);
	in->list = list;
	if (!digest || strlen(digest) != DIGEST_DIGITS || strspn(digest, "0123456789abcdef") != DIGEST_DIGITS ||
	    ndjson_count(object, "events", INT64_MAX, &log.events, e) < 0 || log.events == 0 ||
	    read_moment(json_object_get(object, "from"), &log.from) < 0 ||
	    read_moment(json_object_get(object, "until"), &log.until) < 0)
		return refuse_inputs(e);
	log.digest = strtoull(digest, NULL, 16);
	list[in->n++] = log;
	return 0;
}

/* Whether a log is among those before it. */
static int check_log(const struct input_logs *in, size_t n, const struct input_log *log, struct errmsg *e)
{
	const struct input_log *other = find_log(in->list, n, log);

	if (!other)
		other = find_log(in->wholes, in->n_wholes, log);
	if (!other)
		return 0;
	return errmsg_set(e, "a part of the same log as %s: it would count twice", other->file);
}

/* Notes what a part of several logs has in all: that may be one log elsewhere. */
static int add_whole(struct input_logs *in, size_t first, struct errmsg *e)
{
	struct input_log *wholes = grow(in->wholes, &in->wholes_cap, in->n_wholes + 1, sizeof *wholes);
	struct input_log sum = sum_of(in, first);

	if (!wholes)
		return errmsg_nomem(e);
	in->wholes = wholes;
	if (check_log(in, first, &sum, e) < 0)
		return -1;
	wholes[in->n_wholes++] = sum;
	return 0;
}

int input_logs_read(struct input_logs *in, const json_t *head, const char *file, struct errmsg *e)
{
	const json_t *list = json_object_get(head, "inputs"), *object;
	uint64_t parts = 0;
	size_t first = in->n, i;

	if (ndjson_count(head, "parts", INT32_MAX, &parts, e) < 0)
		return errmsg_prefix(e, "not a part of a log");
	in->parts += parts;
	if (!json_is_array(list))
		return refuse_inputs(e);
	json_array_foreach(list, i, object)
		if (read_log(in, object, file, e) < 0 || check_log(in, in->n - 1, &in->list[in->n - 1], e) < 0)
			return -1;
	return in->n > first + 1 ? add_whole(in, first, e) : 0;
}

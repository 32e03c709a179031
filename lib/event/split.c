#include "event/split.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/lines.h"

enum { BLOCK_BYTES = 1 << 17 };

/* A file that is being dealt out. */
struct source {
	struct split *split;
	struct lines lines;
	unsigned long number; /* of the line */
	/* lines that go to one shard, one after another, and have not been put yet; NULL: none */
	const char *run;
	size_t shard;
};

/* Opens all shards that the route has by now. */
static int open_shards(struct split *s, struct errmsg *e)
{
	while (s->n_shards < route_shards(s->route)) {
		struct shard *shards = grow(s->shards, &s->shards_cap, s->n_shards + 1, sizeof *shards);
		char name[ROUTE_NAME_SIZE];

		if (!shards)
			return errmsg_nomem(e);
		s->shards = shards;
		if (s->open(s->ctx, &shards[s->n_shards], route_name(s->route, s->n_shards, name), e) < 0)
			return -1;
		s->n_shards++;
	}
	return 0;
}

/* What is wrong with a command is its own affair, as long as there are others. Returns 0, or -1. */
static int complain_of_shard(struct split *s, const struct shard *shard, const struct errmsg *e)
{
	if (shard->pid == 0)
		return -1;
	s->complain(s->ctx, e);
	s->failed++;
	return 0;
}

int split_put(struct split *s, size_t i, const char *lines, size_t n, struct errmsg *e)
{
	int status = i < s->n_shards ? shard_put(&s->shards[i], lines, n, e) : 0;

	return status < 0 ? complain_of_shard(s, &s->shards[i], e) : status;
}

/* Puts the lines that wait, which end before `end`. */
static int put_run(struct source *from, const char *end, struct errmsg *e)
{
	const char *run = from->run;

	from->run = NULL;
	return run ? split_put(from->split, from->shard, run, (size_t)(end - run), e) : 0;
}

static int put_everywhere(struct split *s, const char *line, size_t n, struct errmsg *e)
{
	int status = 0;

	for (size_t i = 0; i < s->n_shards && status == 0; i++)
		status = split_put(s, i, line, n, e);
	return status;
}

static void refuse(struct source *from, struct errmsg *e)
{
	from->split->count.bad++;
	errmsg_prefix(e, "%s:%lu", from->lines.name, from->number);
	from->split->complain(from->split->ctx, e);
}

/* Deals out the line of `len` bytes at `at`, which goes on to `next`. */
static int deal_line(struct source *from, const char *at, size_t len, const char *next, struct errmsg *e)
{
	struct split *s = from->split;
	size_t mark = lines_mark(at, len), shard = 0;
	enum route_status route = ROUTE_REFUSED;
	int status;

	len -= mark;
	len -= len > 0 && at[mark + len - 1] == '\r';
	if (len > LINES_MAX)
		lines_too_long(e);
	else
		route = route_line(s->route, at + mark, len, &shard, e);
	s->count.events += route <= ROUTE_EVERY;
	if (route == ROUTE_ONE && from->run && shard == from->shard)
		return 0;
	if (route == ROUTE_FAILED)
		return errmsg_prefix(e, "%s:%lu", from->lines.name, from->number);
	if (route == ROUTE_REFUSED) {
		refuse(from, e);
		return put_run(from, at, e);
	}
	if (s->n_shards < route_shards(s->route) && open_shards(s, e) < 0)
		return -1;
	status = put_run(from, at, e);
	if (status != 0)
		return status;
	if (route == ROUTE_EVERY)
		return put_everywhere(s, at, (size_t)(next - at), e);
	from->run = at;
	from->shard = shard;
	return 0;
}

static int deal_block(struct source *from, struct errmsg *e)
{
	const char *at = from->lines.text, *end = at + from->lines.len, *next;
	int status = 0;

	for (; at < end && status == 0; at = next) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		next = newline ? newline + 1 : end;
		from->number++;
		status = deal_line(from, at, (size_t)((newline ? newline : end) - at), next, e);
	}
	return status != 0 ? status : put_run(from, end, e);
}

/* Nobody is left to read. */
static bool all_failed(const struct split *s)
{
	return s->n_shards > 0 && s->failed == s->n_shards;
}

static void complain_of_file(struct source *from, struct errmsg *e)
{
	from->split->count.unread++;
	if (from->lines.damaged)
		errmsg_prefix(e, "%s:%lu", from->lines.name, from->number + 1);
	from->split->complain(from->split->ctx, e);
}

static int deal_file(struct split *s, const char *path, struct errmsg *e)
{
	struct source from = {.split = s};
	enum lines_status got = LINES_LINE;
	char *buf = NULL;
	size_t cap = 0;
	int status = 0;

	if (lines_open_watched(&from.lines, path, s->stop_fd, e) < 0) {
		complain_of_file(&from, e);
		return 0;
	}
	while (status == 0 && got != LINES_END && !all_failed(s)) {
		got = lines_next_many(&from.lines, BLOCK_BYTES, &buf, &cap, e);
		if (s->watch.read)
			s->watch.read(s->watch.ctx, s->closed_bytes + lines_bytes(&from.lines));
		if (got == LINES_LINE) {
			status = deal_block(&from, e);
		} else if (got == LINES_BAD) {
			from.number++;
			refuse(&from, e);
		} else if (got == LINES_STOP) {
			status = SPLIT_STOPPED;
		} else if (got != LINES_END) {
			status = e->no_memory ? -1 : 0;
			if (status == 0)
				complain_of_file(&from, e);
			break;
		}
	}
	free(buf);
	s->closed_bytes += lines_bytes(&from.lines);
	lines_clear(&from.lines);
	return status;
}

static int deal_all(struct split *s, char *const *paths, size_t n_paths, struct errmsg *e)
{
	int (*deal)(struct split *s, const char *path, struct errmsg *e) = s->deal ? s->deal : deal_file;
	int status = open_shards(s, e);

	if (status == 0 && n_paths == 0)
		status = deal(s, "-", e);
	for (size_t i = 0; i < n_paths && status == 0; i++)
		status = deal(s, paths[i], e);
	return status;
}

/* A command that has not ended well is complained of, once. */
static int close_one(struct split *s, size_t i, struct errmsg *e)
{
	struct shard *shard = &s->shards[i];
	bool command = shard->pid > 0, failed = shard->failed;
	int status = shard_close(shard, e);

	if (status >= 0 || !command)
		return status;
	s->complain(s->ctx, e);
	s->failed += !failed;
	return 0;
}

static int close_all(struct split *s, struct errmsg *e)
{
	int status = 0;

	for (size_t i = 0; i < s->n_shards && status == 0; i++) {
		status = shard_end(&s->shards[i], e);
		if (status < 0)
			status = complain_of_shard(s, &s->shards[i], e);
	}
	for (size_t i = 0; i < s->n_shards && status == 0; i++)
		status = close_one(s, i, e);
	return status;
}

int split_run(struct split *s, char *const *paths, size_t n_paths, struct errmsg *e)
{
	int status = deal_all(s, paths, n_paths, e);
	bool nothing = s->count.events == 0 && s->count.bad + s->count.unread > 0;

	if (status == 0 && !nothing)
		status = close_all(s, e);
	/* those that are closed do not mind */
	for (size_t i = 0; i < s->n_shards; i++)
		shard_abandon(&s->shards[i]);
	free(s->shards);
	s->shards = NULL;
	s->n_shards = s->shards_cap = 0;
	return status;
}

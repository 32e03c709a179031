#include "policy/sessions.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/grow.h"
#include "base/save.h"
#include "text/ndjson.h"
#include "text/number.h"

void sessions_clear(struct sessions *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->list[i].history) {
			history_clear(s->list[i].history);
			free(s->list[i].history);
		}
	for (size_t i = 0; i < s->n; i++)
		free(s->list[i].recent);
	for (size_t i = 0; i < s->n_spare; i++) {
		history_clear(s->spare[i]);
		free(s->spare[i]);
	}
	free(s->list);
	free(s->spare);
	idmap_clear(&s->index);
	*s = (struct sessions){0};
}

/* A user by its place in the list + 1. */
static struct session *at(struct sessions *s, uint32_t place)
{
	return &s->list[place - 1];
}

/* Takes a user out of the order; one that is not in it stays out. */
static void take_out(struct sessions *s, struct session *session)
{
	uint32_t place = (uint32_t)(session - s->list) + 1;

	if (s->oldest == place)
		s->oldest = session->newer;
	if (s->oldest_open == place)
		s->oldest_open = session->newer;
	if (s->newest == place)
		s->newest = session->older;
	if (session->older)
		at(s, session->older)->newer = session->newer;
	if (session->newer)
		at(s, session->newer)->older = session->older;
	session->older = session->newer = 0;
}

/* Puts a user who is not in the order before another one, or last where that is 0. */
static void put_before(struct sessions *s, struct session *session, uint32_t next)
{
	uint32_t place = (uint32_t)(session - s->list) + 1;

	session->newer = next;
	session->older = next ? at(s, next)->older : s->newest;
	*(session->older ? &at(s, session->older)->newer : &s->oldest) = place;
	*(next ? &at(s, next)->older : &s->newest) = place;
}

/* Of an open session: it is the last to give way. */
static void put_last(struct sessions *s, struct session *session)
{
	uint32_t place = (uint32_t)(session - s->list) + 1;

	if (s->newest == place && s->oldest_open)
		return;
	take_out(s, session);
	put_before(s, session, 0);
	if (!s->oldest_open)
		s->oldest_open = place;
}

/* Of one that is not open: after all others that are not. */
static void put_among_closed(struct sessions *s, struct session *session)
{
	take_out(s, session);
	put_before(s, session, s->oldest_open);
}

/* The user's entry, with or without an open session. */
static struct session *entry(struct sessions *s, uint32_t user)
{
	uint32_t i = idmap_get(&s->index, user, IDMAP_NONE), *place;
	struct session *list;

	if (i != IDMAP_NONE)
		return &s->list[i];
	list = grow(s->list, &s->cap, s->n + 1, sizeof *list);
	if (!list)
		return NULL;
	s->list = list;
	place = idmap_at(&s->index, user);
	if (!place)
		return NULL;
	*place = (uint32_t)s->n;
	list[s->n] = (struct session){.user = user, .timestamp = EVENT_NO_TIMESTAMP};
	put_among_closed(s, &list[s->n]);
	return &list[s->n++];
}

/* Opens a session. Returns 0, or -1 where there is no memory. */
static int open_session(struct sessions *s, struct session *session)
{
	if (s->max_open > 0 && s->n_open >= s->max_open) {
		sessions_end(s, at(s, s->oldest_open));
		s->dropped++;
	}
	session->history = s->n_spare > 0 ? s->spare[--s->n_spare] : calloc(1, sizeof *session->history);
	if (!session->history)
		return -1;
	s->n_open++;
	return 0;
}

struct session *sessions_open(struct sessions *s, uint32_t user)
{
	struct session *session = entry(s, user);

	if (!session || (!session->history && open_session(s, session) < 0))
		return NULL;
	put_last(s, session);
	return session;
}

/* Notes a listen among the last ones of the user. */
static int remember(const struct sessions *s, struct session *session, struct play play)
{
	if (s->remembered == 0)
		return 0;
	if (!session->recent)
		session->recent = calloc(s->remembered, sizeof *session->recent);
	if (!session->recent)
		return -1;
	if (session->n_recent == s->remembered)
		memmove(session->recent, session->recent + 1, --session->n_recent * sizeof *session->recent);
	session->recent[session->n_recent++] = play;
	return 0;
}

/* Adds a play to a history that does not grow without end. */
static int add_play(struct history *h, const struct catalog *c, struct play play)
{
	if (h->n == SESSIONS_MAX_PLAYS && history_forget(h, c, SESSIONS_MAX_PLAYS / 2) < 0)
		return -1;
	return history_add(h, c, play.track, play.time);
}

int sessions_add(struct sessions *s, struct session *session, const struct catalog *c, uint32_t track, double time)
{
	if (add_play(session->history, c, (struct play){.track = track, .time = time}) < 0)
		return -1;
	return remember(s, session, (struct play){.track = track, .time = time});
}

void sessions_end(struct sessions *s, struct session *session)
{
	enum { SPARE_PLAYS = 256 }; /* what a longer session took is not kept for others */
	struct history **spare = grow(s->spare, &s->spare_cap, s->n_spare + 1, sizeof *spare);

	if (session->history->cap > SPARE_PLAYS)
		history_clear(session->history);
	else
		history_reset(session->history);
	if (spare) {
		s->spare = spare;
		spare[s->n_spare++] = session->history;
	} else {
		history_clear(session->history);
		free(session->history);
	}
	session->history = NULL;
	session->number++;
	s->n_open--;
	put_among_closed(s, session);
}

struct loading {
	struct sessions *sessions;
	const struct catalog *catalog;
	int headed; /* the first line has been read */
};

static int read_play(const json_t *value, const struct loading *ld, const char *what, struct play *play, struct errmsg *e)
{
	const json_t *id = json_array_get(value, 0), *time = json_array_get(value, 1);

	*play = (struct play){.track = CATALOG_NONE, .time = json_number_value(time)};
	if (json_array_size(value) != 2 || !json_is_number(time))
		return errmsg_set(e, "a play is not [track, time]");
	if (json_is_null(id))
		return 0;
	if (ndjson_id(id, what, &play->track, e) < 0)
		return -1;
	play->track = catalog_find(ld->catalog, play->track);
	return 0;
}

static int read_plays(const json_t *object, const struct loading *ld, uint32_t user, struct errmsg *e)
{
	const json_t *plays = json_object_get(object, "plays");
	struct session *session = sessions_open(ld->sessions, user);
	uint64_t forgotten = 0;
	struct play play;

	if (!session)
		return errmsg_nomem(e);
	if (!json_is_array(plays))
		return errmsg_set(e, "\"plays\" is no array");
	if (json_object_get(object, "forgotten") && ndjson_count(object, "forgotten", UINT32_MAX, &forgotten, e) < 0)
		return -1;
	session->history->forgotten = (size_t)forgotten;
	for (size_t i = 0; i < json_array_size(plays); i++) {
		if (read_play(json_array_get(plays, i), ld, "plays", &play, e) < 0)
			return -1;
		if (add_play(session->history, ld->catalog, play) < 0)
			return errmsg_nomem(e);
	}
	return 0;
}

static int read_recent(const json_t *recent, const struct loading *ld, struct session *session, struct errmsg *e)
{
	struct play play;

	if (!json_is_array(recent))
		return errmsg_set(e, "\"recent\" is not an array");
	for (size_t i = 0; i < json_array_size(recent); i++) {
		if (read_play(json_array_get(recent, i), ld, "recent", &play, e) < 0)
			return -1;
		if (remember(ld->sessions, session, play) < 0)
			return errmsg_nomem(e);
	}
	return 0;
}

static int read_timestamp(const json_t *value, struct session *session, struct errmsg *e)
{
	if (value && !ndjson_whole(value, &session->timestamp))
		return errmsg_set(e, "\"timestamp\" is not a whole number of milliseconds");
	return 0;
}

static int read_line(const struct ndjson_line *line, void *ctx, struct errmsg *e)
{
	struct loading *ld = ctx;
	const json_t *recent = json_object_get(line->object, "recent");
	struct session *session;
	uint64_t number;
	uint32_t user;

	if (!ld->headed) {
		ld->headed = 1;
		if (ndjson_count(line->object, "botify-state", 1, &number, e) == 0 && number == 1)
			return 0;
		return errmsg_set(e, "no state of this botify: the first line is not {\"botify-state\":1}");
	}
	if (ndjson_id(json_object_get(line->object, "user"), "user", &user, e) < 0)
		return -1;
	if (idmap_get(&ld->sessions->index, user, IDMAP_NONE) != IDMAP_NONE)
		return errmsg_set(e, "user %u twice", user);
	if (ndjson_count(line->object, "sessions", UINT32_MAX, &number, e) < 0)
		return -1;
	session = entry(ld->sessions, user);
	if (!session)
		return errmsg_nomem(e);
	session->number = (uint32_t)number;
	if (read_timestamp(json_object_get(line->object, "timestamp"), session, e) < 0)
		return -1;
	if (recent && read_recent(recent, ld, session, e) < 0)
		return -1;
	return json_object_get(line->object, "plays") ? read_plays(line->object, ld, user, e) : 0;
}

int sessions_load(struct sessions *s, const char *path, const struct catalog *c, struct errmsg *e)
{
	struct loading ld = {.sessions = s, .catalog = c};
	struct stat st;

	if (stat(path, &st) < 0 && errno == ENOENT)
		return 0;
	return ndjson_each(path, read_line, &ld, e);
}

/* Writes ,"key":[[track,time],…], or nothing where there are none. */
static void write_plays(FILE *f, const char *key, const struct play *plays, size_t n, const struct catalog *c)
{
	for (size_t i = 0; i < n; i++) {
		char time[NUMBER_SIZE];
		int len = (int)number_write(time, plays[i].time);

		if (i == 0)
			fprintf(f, ",\"%s\":[[", key);
		else
			fputs(",[", f);
		if (plays[i].track == CATALOG_NONE)
			fputs("null", f);
		else
			fprintf(f, "%u", c->tracks[plays[i].track].id);
		fprintf(f, ",%.*s]", len, time);
	}
	if (n > 0)
		putc(']', f);
}

static void write_session(FILE *f, const struct session *session, const struct catalog *c)
{
	const struct history *h = session->history;

	fprintf(f, "{\"user\":%u,\"sessions\":%u", session->user, session->number);
	if (session->timestamp != EVENT_NO_TIMESTAMP)
		fprintf(f, ",\"timestamp\":%" PRId64, session->timestamp);
	if (h && h->forgotten > 0)
		fprintf(f, ",\"forgotten\":%zu", h->forgotten);
	if (h)
		write_plays(f, "plays", h->plays, h->n, c);
	write_plays(f, "recent", session->recent, session->n_recent, c);
	fputs("}\n", f);
}

int sessions_save(const struct sessions *s, const char *path, const struct catalog *c, struct errmsg *e)
{
	struct save save;

	if (save_open(&save, path, e) < 0)
		return -1;
	fputs("{\"botify-state\":1}\n", save.file);
	for (uint32_t place = s->oldest; place; place = s->list[place - 1].newer)
		write_session(save.file, &s->list[place - 1], c);
	return save_commit(&save, e);
}

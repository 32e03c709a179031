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
	return &list[s->n++];
}

struct session *sessions_open(struct sessions *s, uint32_t user)
{
	struct session *session = entry(s, user);

	if (session && !session->history)
		session->history = s->n_spare > 0 ? s->spare[--s->n_spare] : calloc(1, sizeof *session->history);
	return session && session->history ? session : NULL;
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

int sessions_add(struct sessions *s, struct session *session, const struct catalog *c, uint32_t track, double time)
{
	if (history_add(session->history, c, track, time) < 0)
		return -1;
	return remember(s, session, (struct play){.track = track, .time = time});
}

void sessions_end(struct sessions *s, struct session *session)
{
	struct history **spare = grow(s->spare, &s->spare_cap, s->n_spare + 1, sizeof *spare);

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

static int read_plays(const json_t *plays, const struct loading *ld, uint32_t user, struct errmsg *e)
{
	struct session *session = sessions_open(ld->sessions, user);
	struct play play;

	if (!session)
		return errmsg_nomem(e);
	if (!json_is_array(plays))
		return errmsg_set(e, "\"plays\" is no array");
	for (size_t i = 0; i < json_array_size(plays); i++) {
		if (read_play(json_array_get(plays, i), ld, "plays", &play, e) < 0)
			return -1;
		if (history_add(session->history, ld->catalog, play.track, play.time) < 0)
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
	const json_t *plays = json_object_get(line->object, "plays"), *recent = json_object_get(line->object, "recent");
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
	return plays ? read_plays(plays, ld, user, e) : 0;
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
	for (size_t i = 0; i < s->n; i++)
		write_session(save.file, &s->list[i], c);
	return save_commit(&save, e);
}

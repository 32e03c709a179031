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
	for (size_t i = 0; i < s->n_changes; i++)
		if (s->changes[i].ended) {
			history_clear(s->changes[i].ended);
			free(s->changes[i].ended);
		}
	free(s->list);
	free(s->spare);
	free(s->changes);
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

/* Makes room for the last listens of a user. Returns 0, or -1 where there is no memory. */
static int reserve_recent(const struct sessions *s, struct session *session)
{
	if (s->remembered > 0 && !session->recent)
		session->recent = calloc(s->remembered, sizeof *session->recent);
	return s->remembered > 0 && !session->recent ? -1 : 0;
}

/* Notes a listen among the last ones of the user, for which there is room. Returns whether the oldest had to go. */
static bool remember(const struct sessions *s, struct session *session, struct play play, struct play *oldest)
{
	bool full = session->n_recent == s->remembered;

	if (s->remembered == 0)
		return false;
	if (full) {
		*oldest = session->recent[0];
		memmove(session->recent, session->recent + 1, --session->n_recent * sizeof *session->recent);
	}
	session->recent[session->n_recent++] = play;
	return full;
}

/* Takes the newest of the last listens back, and the oldest in again where it had to go. */
static void forget(struct session *session, bool forgot, struct play oldest)
{
	if (session->n_recent == 0)
		return;
	session->n_recent--;
	if (!forgot)
		return;
	memmove(session->recent + 1, session->recent, session->n_recent++ * sizeof *session->recent);
	session->recent[0] = oldest;
}

/* Makes room for one more change. Returns 0, or -1 where there is no memory. */
static int reserve_change(struct sessions *s)
{
	struct sessions_change *moved;

	if (s->n_changes < s->changes_cap)
		return 0;
	moved = grow(s->changes, &s->changes_cap, s->n_changes + 1, sizeof *moved);
	if (!moved)
		return -1;
	s->changes = moved;
	return 0;
}

int sessions_add(struct sessions *s, struct session *session, const struct catalog *c, struct play play)
{
	struct sessions_change *change;

	if (reserve_change(s) < 0 || reserve_recent(s, session) < 0 || history_add_play(session->history, c, play) < 0)
		return -1;
	change = &s->changes[s->n_changes++];
	change->end = UINT64_MAX;
	change->ended = NULL;
	change->timestamp = session->timestamp;
	change->place = (uint32_t)(session - s->list);
	change->forgot = remember(s, session, play, &change->forgotten);
	return 0;
}

/* Keeps the memory of a history for another session. */
static void recycle(struct sessions *s, struct history *h)
{
	struct history **spare = grow(s->spare, &s->spare_cap, s->n_spare + 1, sizeof *spare);

	history_reset(h);
	if (spare) {
		s->spare = spare;
		spare[s->n_spare++] = h;
	} else {
		history_clear(h);
		free(h);
	}
}

void sessions_end(struct sessions *s, struct session *session)
{
	s->changes[s->n_changes - 1].ended = session->history;
	session->history = NULL;
	session->number++;
}

void sessions_written(struct sessions *s, uint64_t end)
{
	s->changes[s->n_changes - 1].end = end;
}

void sessions_delivered(struct sessions *s)
{
	for (size_t i = 0; i < s->n_changes; i++)
		if (s->changes[i].ended)
			recycle(s, s->changes[i].ended);
	s->n_changes = 0;
}

/* All changes after it have been undone. */
static void undo(struct sessions *s, const struct catalog *c, const struct sessions_change *change)
{
	struct session *session = &s->list[change->place];

	if (change->ended) {
		if (session->history) /* of a session that was opened since, and is empty again */
			recycle(s, session->history);
		session->history = change->ended;
		session->number--;
	}
	history_undo(session->history, c);
	forget(session, change->forgot, change->forgotten);
	session->timestamp = change->timestamp;
}

void sessions_undo(struct sessions *s, const struct catalog *c, uint64_t delivered)
{
	while (s->n_changes > 0 && s->changes[s->n_changes - 1].end > delivered)
		undo(s, c, &s->changes[--s->n_changes]);
}

struct loading {
	struct sessions *sessions;
	const struct catalog *catalog;
	int headed; /* the first line has been read */
};

static int read_play(const json_t *value, const struct loading *ld, const char *what, struct play *play, struct errmsg *e)
{
	const json_t *id = json_array_get(value, 0), *time = json_array_get(value, 1);

	*play = (struct play){.track = CATALOG_NONE, .id = HISTORY_NO_ID, .time = json_number_value(time)};
	if (json_array_size(value) != 2 || !json_is_number(time))
		return errmsg_set(e, "a play is not [track, time]");
	if (json_is_null(id))
		return 0;
	if (ndjson_id(id, what, &play->id, e) < 0)
		return -1;
	play->track = catalog_find(ld->catalog, play->id);
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
		if (history_add_play(session->history, ld->catalog, play) < 0)
			return errmsg_nomem(e);
	}
	return 0;
}

static int read_recent(const json_t *recent, const struct loading *ld, struct session *session, struct errmsg *e)
{
	struct play play, oldest;

	if (!json_is_array(recent))
		return errmsg_set(e, "\"recent\" is not an array");
	if (reserve_recent(ld->sessions, session) < 0)
		return errmsg_nomem(e);
	for (size_t i = 0; i < json_array_size(recent); i++) {
		if (read_play(json_array_get(recent, i), ld, "recent", &play, e) < 0)
			return -1;
		remember(ld->sessions, session, play, &oldest);
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
static void write_plays(FILE *f, const char *key, const struct play *plays, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char time[NUMBER_SIZE];
		int len = (int)number_write(time, plays[i].time);

		if (i == 0)
			fprintf(f, ",\"%s\":[[", key);
		else
			fputs(",[", f);
		if (plays[i].id == HISTORY_NO_ID)
			fputs("null", f);
		else
			fprintf(f, "%u", plays[i].id);
		fprintf(f, ",%.*s]", len, time);
	}
	if (n > 0)
		putc(']', f);
}

static void write_session(FILE *f, const struct session *session)
{
	const struct history *h = session->history;
	size_t n_plays = h ? h->n : 0;

	if (session->number == 0 && session->timestamp == EVENT_NO_TIMESTAMP && n_plays == 0 && session->n_recent == 0)
		return;
	fprintf(f, "{\"user\":%u,\"sessions\":%u", session->user, session->number);
	if (session->timestamp != EVENT_NO_TIMESTAMP)
		fprintf(f, ",\"timestamp\":%" PRId64, session->timestamp);
	if (h)
		write_plays(f, "plays", h->plays, n_plays);
	write_plays(f, "recent", session->recent, session->n_recent);
	fputs("}\n", f);
}

int sessions_save(const struct sessions *s, const char *path, struct lock *lock, struct errmsg *e)
{
	struct save save;
	struct lock next = {.fd = -1};

	if (save_open(&save, path, e) < 0)
		return -1;
	fputs("{\"botify-state\":1}\n", save.file);
	for (size_t i = 0; i < s->n; i++)
		write_session(save.file, &s->list[i]);
	if (lock->fd >= 0)
		lock_take_new(&next, fileno(save.file));
	if (save_commit(&save, e) < 0) {
		lock_release(&next);
		return -1;
	}
	lock_release(lock);
	*lock = next;
	return 0;
}

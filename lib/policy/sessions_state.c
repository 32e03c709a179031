#include "policy/sessions.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "base/save.h"
#include "base/unfinished.h"
#include "policy/recent.h"
#include "text/ndjson.h"
#include "text/number.h"

struct loading {
	struct sessions *sessions;
	const struct catalog *catalog;
	int headed; /* the first line has been read */
};

static int read_play(const json_t *value, const struct loading *ld, const char *what, struct play *play,
		     struct errmsg *e)
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

static int read_plays(const json_t *object, const struct loading *ld, uint32_t user, struct errmsg *e)
{
	const json_t *plays = json_object_get(object, "plays");
	struct session *session = sessions_open(ld->sessions, user);
	uint64_t forgotten = 0;
	struct play play;
	int status = 0;

	if (!session)
		return errmsg_nomem(e);
	if (!json_is_array(plays))
		return errmsg_set(e, "\"plays\" is not an array");
	if (json_object_get(object, "forgotten") && ndjson_count(object, "forgotten", UINT32_MAX, &forgotten, e) < 0)
		return -1;
	session->history->forgotten = (size_t)forgotten;
	for (size_t i = 0; status == 0 && i < json_array_size(plays); i++) {
		if (read_play(json_array_get(plays, i), ld, "plays", &play, e) < 0)
			return -1;
		if (session->history->n == SESSIONS_MAX_PLAYS)
			status = history_forget(session->history, ld->catalog, SESSIONS_MAX_PLAYS / 2);
		if (status < 0 || history_add_play(session->history, ld->catalog, play) < 0)
			status = errmsg_nomem(e);
	}
	return status;
}

static int read_recent(const json_t *recent, const struct loading *ld, struct session *session, struct errmsg *e)
{
	struct play play, oldest;

	if (!json_is_array(recent))
		return errmsg_set(e, "\"recent\" is not an array");
	if (recent_reserve(session, ld->sessions->remembered) < 0)
		return errmsg_nomem(e);
	for (size_t i = 0; i < json_array_size(recent); i++) {
		if (read_play(json_array_get(recent, i), ld, "recent", &play, e) < 0)
			return -1;
		recent_add(session, ld->sessions->remembered, play, &oldest);
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
	if (session_table_find(&ld->sessions->users, user))
		return errmsg_set(e, "user %u twice", user);
	if (ndjson_count(line->object, "sessions", UINT32_MAX, &number, e) < 0)
		return -1;
	session = sessions_user(ld->sessions, user);
	if (!session)
		return errmsg_nomem(e);
	session->number = (uint32_t)number;
	if (read_timestamp(json_object_get(line->object, "timestamp"), session, e) < 0)
		return -1;
	if (recent && read_recent(recent, ld, session, e) < 0)
		return -1;
	if (json_object_get(line->object, "plays") && read_plays(line->object, ld, user, e) < 0)
		return -1;
	sessions_delivered(ld->sessions);
	return 0;
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
	if (h && h->forgotten > 0)
		fprintf(f, ",\"forgotten\":%zu", h->forgotten);
	if (h)
		write_plays(f, "plays", h->plays, n_plays);
	write_plays(f, "recent", session->recent, session->n_recent);
	fputs("}\n", f);
}

int sessions_save(const struct sessions *s, const char *path, struct lock *lock, struct errmsg *e)
{
	struct save save;
	struct lock next = {.fd = -1};
	sigset_t before;
	int status;

	if (save_open(&save, path, e) < 0)
		return -1;
	fputs("{\"botify-state\":1}\n", save.file);
	for (uint32_t place = s->oldest; place; place = session_table_at(&s->users, place)->newer)
		write_session(save.file, session_table_at(&s->users, place));
	if (lock->fd >= 0)
		lock_take_new(&next, fileno(save.file));
	unfinished_hold(&before);
	status = save_commit(&save, e);
	if (status == 0)
		lock_keep(lock);
	unfinished_let_go(&before);
	lock_release(status < 0 ? &next : lock);
	if (status == 0)
		*lock = next;
	return status;
}

#include "policy/sessions.h"

#include <errno.h>
#include <stdlib.h>
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
	list[s->n] = (struct session){.user = user};
	return &list[s->n++];
}

struct session *sessions_open(struct sessions *s, uint32_t user)
{
	struct session *session = entry(s, user);

	if (session && !session->history)
		session->history = s->n_spare > 0 ? s->spare[--s->n_spare] : calloc(1, sizeof *session->history);
	return session && session->history ? session : NULL;
}

int sessions_play(struct sessions *s, struct session *session, const struct catalog *c, struct play play, bool last)
{
	if (s->n_changes == s->changes_cap) {
		struct sessions_change *moved = grow(s->changes, &s->changes_cap, s->n_changes + 1, sizeof *moved);

		if (!moved)
			return -1;
		s->changes = moved;
	}
	if (history_add_play(session->history, c, play) < 0)
		return -1;
	s->changes[s->n_changes++] = (struct sessions_change){
		.end = UINT64_MAX, .place = (uint32_t)(session - s->list), .ended = last ? session->history : NULL};
	if (last) {
		session->history = NULL;
		session->number++;
	}
	return 0;
}

void sessions_written(struct sessions *s, uint64_t end)
{
	s->changes[s->n_changes - 1].end = end;
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

void sessions_delivered(struct sessions *s)
{
	for (size_t i = 0; i < s->n_changes; i++)
		if (s->changes[i].ended)
			recycle(s, s->changes[i].ended);
	s->n_changes = 0;
}

void sessions_undo(struct sessions *s, const struct catalog *c, uint64_t delivered)
{
	while (s->n_changes > 0 && s->changes[s->n_changes - 1].end > delivered) {
		const struct sessions_change *change = &s->changes[--s->n_changes];
		struct session *session = &s->list[change->place];

		if (change->ended) {
			/* what came after it has been undone: if another session was opened, it is empty */
			if (session->history)
				recycle(s, session->history);
			session->history = change->ended;
			session->number--;
		}
		history_undo(session->history, c);
	}
}

struct loading {
	struct sessions *sessions;
	const struct catalog *catalog;
	int headed; /* the first line has been read */
};

static int read_play(const json_t *play, const struct loading *ld, struct history *h, struct errmsg *e)
{
	const json_t *id = json_array_get(play, 0), *time = json_array_get(play, 1);
	struct play p = {.track = CATALOG_NONE, .id = HISTORY_NO_ID, .time = json_number_value(time)};

	if (json_array_size(play) != 2 || !json_is_number(time))
		return errmsg_set(e, "a play is no [track, time]");
	if (!json_is_null(id)) {
		if (ndjson_id(id, "plays", &p.id, e) < 0)
			return -1;
		p.track = catalog_find(ld->catalog, p.id);
	}
	return history_add_play(h, ld->catalog, p) < 0 ? errmsg_nomem(e) : 0;
}

static int read_plays(const json_t *plays, const struct loading *ld, uint32_t user, struct errmsg *e)
{
	struct session *session = sessions_open(ld->sessions, user);

	if (!session)
		return errmsg_nomem(e);
	if (!json_is_array(plays))
		return errmsg_set(e, "\"plays\" is no array");
	for (size_t i = 0; i < json_array_size(plays); i++)
		if (read_play(json_array_get(plays, i), ld, session->history, e) < 0)
			return -1;
	return 0;
}

static int read_line(const struct ndjson_line *line, void *ctx, struct errmsg *e)
{
	struct loading *ld = ctx;
	const json_t *plays = json_object_get(line->object, "plays");
	struct session *session;
	uint64_t number;
	uint32_t user;

	if (!ld->headed) {
		ld->headed = 1;
		if (json_integer_value(json_object_get(line->object, "botify-state")) == 1)
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

static void write_session(FILE *f, const struct session *session)
{
	const struct history *h = session->history;

	if (session->number == 0 && (!h || h->n == 0))
		return;
	fprintf(f, "{\"user\":%u,\"sessions\":%u", session->user, session->number);
	for (size_t i = 0; h && i < h->n; i++) {
		char time[NUMBER_SIZE];
		int len = (int)number_write(time, h->plays[i].time);

		fputs(i == 0 ? ",\"plays\":[[" : ",[", f);
		if (h->plays[i].id == HISTORY_NO_ID)
			fputs("null", f);
		else
			fprintf(f, "%u", h->plays[i].id);
		fprintf(f, ",%.*s]", len, time);
	}
	fputs(h && h->n > 0 ? "]}\n" : "}\n", f);
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

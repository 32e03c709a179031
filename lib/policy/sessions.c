#include "policy/sessions.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/grow.h"
#include "base/save.h"
#include "base/unfinished.h"
#include "text/ndjson.h"
#include "text/number.h"

static void free_history(struct history *h)
{
	if (h)
		history_clear(h);
	free(h);
}

/* What is kept of a session beside its history, and can be made again. */
static void drop_tallies(struct session *session)
{
	tallies_free(session->tallies);
	session->tallies = NULL;
}

void sessions_clear(struct sessions *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free_history(s->list[i].history);
		drop_tallies(&s->list[i]);
		free(s->list[i].recent);
	}
	for (size_t i = 0; i < s->n_spare; i++)
		free_history(s->spare[i]);
	for (size_t i = 0; i < s->n_changes; i++) {
		free_history(s->changes[i].ended);
		free(s->changes[i].shed);
	}
	free(s->list);
	free(s->spare);
	free(s->changes);
	idmap_clear(&s->index);
	*s = (struct sessions){0};
}

/* A user by its place in the list + 1. */
static struct session *session_at(struct sessions *s, uint32_t place)
{
	return &s->list[place - 1];
}

/* Takes a user out of the order; one that is not in it stays out. */
static void remove_from_order(struct sessions *s, struct session *session)
{
	uint32_t place = (uint32_t)(session - s->list) + 1;

	if (s->oldest == place)
		s->oldest = session->newer;
	if (s->oldest_open == place)
		s->oldest_open = session->newer;
	if (s->newest == place)
		s->newest = session->older;
	if (session->older)
		session_at(s, session->older)->newer = session->newer;
	if (session->newer)
		session_at(s, session->newer)->older = session->older;
	session->older = session->newer = 0;
}

/* Puts a user who is not in the order before another one, or last where that is 0. */
static void insert_before(struct sessions *s, struct session *session, uint32_t next)
{
	uint32_t place = (uint32_t)(session - s->list) + 1;

	session->newer = next;
	session->older = next ? session_at(s, next)->older : s->newest;
	*(session->older ? &session_at(s, session->older)->newer : &s->oldest) = place;
	*(next ? &session_at(s, next)->older : &s->newest) = place;
	session->moved = ++s->moves;
}

/* Of an open session: it is the last to give way. */
static void move_to_end(struct sessions *s, struct session *session)
{
	uint32_t place = (uint32_t)(session - s->list) + 1;

	if (s->newest == place && s->oldest_open)
		return;
	remove_from_order(s, session);
	insert_before(s, session, 0);
	if (!s->oldest_open)
		s->oldest_open = place;
}

/* Of one that is not open: after all others that are not. */
static void put_among_closed(struct sessions *s, struct session *session)
{
	remove_from_order(s, session);
	insert_before(s, session, s->oldest_open);
}

/* The user's entry, with or without an open session. */
static struct session *find_or_add_user(struct sessions *s, uint32_t user)
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

/* Makes room for so many more changes. Returns 0, or -1 where there is no memory. */
static int reserve_changes(struct sessions *s, size_t n)
{
	struct sessions_change *moved;

	if (s->n_changes + n <= s->changes_cap)
		return 0;
	moved = grow(s->changes, &s->changes_cap, s->n_changes + n, sizeof *moved);
	if (!moved)
		return -1;
	s->changes = moved;
	return 0;
}

/* Notes a change, for which there is room. */
static struct sessions_change *note_change(struct sessions *s, enum sessions_change_kind kind,
					   const struct session *session, uint64_t moved)
{
	struct sessions_change *change = &s->changes[s->n_changes++];

	*change = (struct sessions_change){
		.kind = kind, .place = (uint32_t)(session - s->list), .end = UINT64_MAX, .moved = moved};
	return change;
}

/* Ends a session; there is room to note it. Its history is kept until that will not be undone. */
static struct sessions_change *end_session(struct sessions *s, struct session *session)
{
	struct sessions_change *change = note_change(s, SESSIONS_ENDED, session, session->moved);

	change->ended = session->history;
	session->history = NULL;
	drop_tallies(session);
	session->number++;
	s->n_open--;
	put_among_closed(s, session);
	return change;
}

/* Opens a session. Returns 0, or -1 where there is no memory. */
static int open_session(struct sessions *s, struct session *session)
{
	if (reserve_changes(s, 2) < 0)
		return -1;
	if (s->max_open > 0 && s->n_open >= s->max_open) {
		end_session(s, session_at(s, s->oldest_open))->gave_way = true;
		s->dropped++;
	}
	session->history = s->n_spare > 0 ? s->spare[--s->n_spare] : calloc(1, sizeof *session->history);
	if (!session->history)
		return -1;
	note_change(s, SESSIONS_OPENED, session, session->moved);
	s->n_open++;
	return 0;
}

struct session *sessions_open(struct sessions *s, uint32_t user)
{
	struct session *session = find_or_add_user(s, user);

	if (!session || (!session->history && open_session(s, session) < 0))
		return NULL;
	s->before = session->moved;
	move_to_end(s, session);
	return session;
}

/* Makes room for the last listens of a user. Returns 0, or -1 where there is no memory. */
static int reserve_recent(const struct sessions *s, struct session *session)
{
	if (s->remembered > 0 && !session->recent)
		session->recent = calloc(s->remembered, sizeof *session->recent);
	return s->remembered > 0 && !session->recent ? -1 : 0;
}

/* Notes a listen among the last ones of the user, for which there is room. Returns whether the oldest had to go. */
static bool remember_play(const struct sessions *s, struct session *session, struct play play, struct play *oldest)
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
static void forget_newest(struct session *session, bool forgot, struct play oldest)
{
	if (session->n_recent == 0)
		return;
	session->n_recent--;
	if (!forgot)
		return;
	memmove(session->recent + 1, session->recent, session->n_recent++ * sizeof *session->recent);
	session->recent[0] = oldest;
}

/*
 * So that a history does not grow without end. What it loses is copied to *shed, new. Returns 0, or -1 for want of
 * memory.
 */
static int shed_plays(struct history *h, const struct catalog *c, struct play **plays)
{
	size_t half = SESSIONS_MAX_PLAYS / 2;

	*plays = NULL;
	if (h->n < SESSIONS_MAX_PLAYS)
		return 0;
	*plays = malloc(half * sizeof **plays);
	if (!*plays)
		return -1;
	memcpy(*plays, h->plays, half * sizeof **plays);
	return history_forget(h, c, half);
}

int sessions_add(struct sessions *s, struct session *session, const struct catalog *c, struct play play)
{
	struct sessions_change *change;
	struct play *gone;

	if (reserve_changes(s, 2) < 0 || reserve_recent(s, session) < 0)
		return -1;
	if (shed_plays(session->history, c, &gone) < 0 || history_add_play(session->history, c, play) < 0) {
		free(gone);
		return -1;
	}
	if (gone || (session->tallies && tallies_add(session->tallies, session->history) < 0))
		drop_tallies(session);
	change = note_change(s, SESSIONS_PLAYED, session, s->before);
	change->timestamp = session->timestamp;
	change->shed = gone;
	change->forgot = remember_play(s, session, play, &change->forgotten);
	return 0;
}

/* Keeps the memory of a history for another session. */
static void recycle_history(struct sessions *s, struct history *h)
{
	struct history **spare = grow(s->spare, &s->spare_cap, s->n_spare + 1, sizeof *spare);

	history_reset(h);
	if (spare) {
		s->spare = spare;
		spare[s->n_spare++] = h;
	} else {
		free_history(h);
	}
}

int sessions_end(struct sessions *s, struct session *session)
{
	if (reserve_changes(s, 1) < 0)
		return -1;
	end_session(s, session);
	return 0;
}

void sessions_written(struct sessions *s, uint64_t end)
{
	for (size_t i = s->n_changes; i > 0 && s->changes[i - 1].end == UINT64_MAX; i--)
		s->changes[i - 1].end = end;
}

void sessions_delivered(struct sessions *s)
{
	for (size_t i = 0; i < s->n_changes; i++) {
		if (s->changes[i].ended)
			recycle_history(s, s->changes[i].ended);
		free(s->changes[i].shed);
	}
	s->n_changes = 0;
}

/* All changes after it have been undone. */
static void undo_change(struct sessions *s, const struct catalog *c, struct sessions_change *change)
{
	struct session *session = &s->list[change->place];

	drop_tallies(session);
	switch (change->kind) {
	case SESSIONS_OPENED:
		recycle_history(s, session->history);
		session->history = NULL;
		s->n_open--;
		break;
	case SESSIONS_PLAYED:
		history_undo(session->history, c);
		if (change->shed)
			history_recall(session->history, c, change->shed, SESSIONS_MAX_PLAYS / 2);
		forget_newest(session, change->forgot, change->forgotten);
		session->timestamp = change->timestamp;
		break;
	case SESSIONS_ENDED:
		session->history = change->ended;
		session->number--;
		s->n_open++;
		s->dropped -= change->gave_way;
		break;
	}
	session->moved = change->moved;
	free(change->shed);
}

static int by_order(const void *a, const void *b)
{
	const struct session *x = *(struct session *const *)a, *y = *(struct session *const *)b;

	if (!x->history != !y->history)
		return x->history ? 1 : -1;
	return (x->moved > y->moved) - (x->moved < y->moved);
}

/* Puts all users in order again, as far as there is memory for it. */
static void put_in_order(struct sessions *s)
{
	struct session **all = malloc(s->n * sizeof *all);
	uint64_t moves = s->moves;

	if (!all)
		return;
	for (size_t i = 0; i < s->n; i++)
		all[i] = &s->list[i];
	qsort(all, s->n, sizeof *all, by_order);
	s->oldest = s->oldest_open = s->newest = 0;
	for (size_t i = 0; i < s->n; i++) {
		uint64_t moved = all[i]->moved;

		insert_before(s, all[i], 0);
		all[i]->moved = moved;
		if (all[i]->history && !s->oldest_open)
			s->oldest_open = s->newest;
	}
	s->moves = moves;
	free(all);
}

void sessions_undo(struct sessions *s, const struct catalog *c, uint64_t delivered)
{
	size_t before = s->n_changes;

	while (s->n_changes > 0 && s->changes[s->n_changes - 1].end > delivered)
		undo_change(s, c, &s->changes[--s->n_changes]);
	if (s->n_changes < before)
		put_in_order(s);
}

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
	struct play play, *gone;
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
		if (shed_plays(session->history, ld->catalog, &gone) < 0 ||
		    history_add_play(session->history, ld->catalog, play) < 0)
			status = errmsg_nomem(e);
		free(gone);
	}
	return status;
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
		remember_play(ld->sessions, session, play, &oldest);
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
	session = find_or_add_user(ld->sessions, user);
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
	for (uint32_t place = s->oldest; place; place = s->list[place - 1].newer)
		write_session(save.file, &s->list[place - 1]);
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

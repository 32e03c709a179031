#include "policy/sessions.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "policy/recent.h"

static void free_history(struct history *h)
{
	if (h)
		history_clear(h);
	free(h);
}

void sessions_clear(struct sessions *s)
{
	for (uint32_t place = 1; place <= s->users.n; place++) {
		struct session *session = session_table_at(&s->users, place);

		free_history(session->history);
		kept_drop(&session->kept);
		free(session->recent);
	}
	for (size_t i = 0; i < s->n_spare; i++)
		free_history(s->spare[i]);
	for (size_t i = 0; i < s->n_changes; i++) {
		free_history(s->changes[i].ended);
		free(s->changes[i].shed);
	}
	free(s->spare);
	free(s->changes);
	session_table_clear(&s->users);
	*s = (struct sessions){0};
}

/* Takes a user out of the order; one that is not in it stays out. */
static void remove_from_order(struct sessions *s, struct session *session)
{
	uint32_t place = session->place;

	if (s->oldest == place)
		s->oldest = session->newer;
	if (s->oldest_open == place)
		s->oldest_open = session->newer;
	if (s->newest == place)
		s->newest = session->older;
	if (session->older)
		session_table_at(&s->users, session->older)->newer = session->newer;
	if (session->newer)
		session_table_at(&s->users, session->newer)->older = session->older;
	session->older = session->newer = 0;
}

/* Puts a user who is not in the order before another one, or last where that is 0. */
static void insert_before(struct sessions *s, struct session *session, uint32_t next)
{
	uint32_t place = session->place;

	session->newer = next;
	session->older = next ? session_table_at(&s->users, next)->older : s->newest;
	*(session->older ? &session_table_at(&s->users, session->older)->newer : &s->oldest) = place;
	*(next ? &session_table_at(&s->users, next)->older : &s->newest) = place;
	session->moved = ++s->moves;
}

/* Of an open session: it is the last to give way. */
static void move_to_end(struct sessions *s, struct session *session)
{
	uint32_t place = session->place;

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

struct session *sessions_user(struct sessions *s, uint32_t user)
{
	struct session *session = session_table_find(&s->users, user);

	if (session)
		return session;
	session = session_table_add(&s->users, user);
	if (!session)
		return NULL;
	session->timestamp = EVENT_NO_TIMESTAMP;
	put_among_closed(s, session);
	return session;
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
					   struct session *session, uint64_t moved)
{
	struct sessions_change *change = &s->changes[s->n_changes++];

	*change = (struct sessions_change){
		.kind = kind, .session = session, .end = UINT64_MAX, .moved = moved};
	return change;
}

/* Ends a session; there is room to note it. Its history is kept until that will not be undone. */
static struct sessions_change *end_session(struct sessions *s, struct session *session)
{
	struct sessions_change *change = note_change(s, SESSIONS_ENDED, session, session->moved);

	change->ended = session->history;
	session->history = NULL;
	kept_drop(&session->kept);
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
		end_session(s, session_table_at(&s->users, s->oldest_open))->gave_way = true;
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
	struct session *session = sessions_user(s, user);

	if (!session || (!session->history && open_session(s, session) < 0))
		return NULL;
	s->before = session->moved;
	move_to_end(s, session);
	return session;
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

	if (reserve_changes(s, 2) < 0 || recent_reserve(session, s->remembered) < 0)
		return -1;
	if (shed_plays(session->history, c, &gone) < 0 || history_add_play(session->history, c, play) < 0) {
		free(gone);
		return -1;
	}
	if (gone)
		kept_drop(&session->kept);
	else
		kept_add(&session->kept, session->history);
	change = note_change(s, SESSIONS_PLAYED, session, s->before);
	change->timestamp = session->timestamp;
	change->shed = gone;
	change->forgot = recent_add(session, s->remembered, play, &change->forgotten);
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
	struct session *session = change->session;

	kept_drop(&session->kept);
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
		recent_undo(session, change->forgot ? &change->forgotten : NULL);
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
	uint32_t n = s->users.n;
	struct session **all = malloc(n * sizeof *all);
	uint64_t moves = s->moves;

	if (!all)
		return;
	for (uint32_t i = 0; i < n; i++)
		all[i] = session_table_at(&s->users, i + 1);
	qsort(all, n, sizeof *all, by_order);
	s->oldest = s->oldest_open = s->newest = 0;
	for (uint32_t i = 0; i < n; i++) {
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

#include "sim/session_queue.h"

#include <stdlib.h>

enum { PLACES = 4096 };

int session_queue_init(struct session_queue *t, const struct arrivals *s)
{
	*t = (struct session_queue){
		.arrivals = s,
		.users = calloc(s->users, sizeof *t->users),
		.free_user = SESSION_QUEUE_NONE,
		.waiting = calloc(PLACES, sizeof *t->waiting),
	};
	if (!t->users || !t->waiting)
		return -1;
	for (uint32_t i = 0; i < s->users; i++)
		t->users[i] = (struct session_queue_user){.first = SESSION_QUEUE_NONE, .last = SESSION_QUEUE_NONE};
	for (uint32_t i = 0; i < PLACES; i++)
		t->waiting[i].next = i + 1 < PLACES ? i + 1 : SESSION_QUEUE_NONE;
	return 0;
}

void session_queue_clear(struct session_queue *t)
{
	free(t->users);
	free(t->waiting);
	*t = (struct session_queue){0};
}

/* Puts a session at the end of its user's queue. */
static void enqueue_session(struct session_queue *t, struct session_queue_user *u, uint64_t session)
{
	uint32_t place = t->empty_place;

	t->empty_place = t->waiting[place].next;
	t->waiting[place] = (struct session_queue_waiting){.session = session, .next = SESSION_QUEUE_NONE};
	if (u->last == SESSION_QUEUE_NONE)
		u->first = place;
	else
		t->waiting[u->last].next = place;
	u->last = place;
}

/* Takes the first session of a user's queue. */
static uint64_t dequeue_session(struct session_queue *t, struct session_queue_user *u)
{
	uint32_t place = u->first;

	u->first = t->waiting[place].next;
	if (u->first == SESSION_QUEUE_NONE)
		u->last = SESSION_QUEUE_NONE;
	t->waiting[place].next = t->empty_place;
	t->empty_place = place;
	return t->waiting[place].session;
}

bool session_queue_next(struct session_queue *t, uint64_t *session)
{
	if (t->free_user != SESSION_QUEUE_NONE) {
		struct session_queue_user *u = &t->users[t->free_user];

		t->free_user = u->next_free;
		u->busy = true;
		*session = dequeue_session(t, u);
		return true;
	}
	while (t->arrived < t->arrivals->sessions && t->empty_place != SESSION_QUEUE_NONE) {
		struct session_queue_user *u = &t->users[arrivals_at(t->arrivals, t->arrived).user];

		*session = t->arrived++;
		if (!u->busy) {
			u->busy = true;
			return true;
		}
		enqueue_session(t, u, *session);
	}
	return false;
}

void session_queue_over(struct session_queue *t, uint32_t user)
{
	struct session_queue_user *u = &t->users[user];

	u->busy = false;
	if (u->first == SESSION_QUEUE_NONE)
		return;
	u->next_free = t->free_user;
	t->free_user = user;
}

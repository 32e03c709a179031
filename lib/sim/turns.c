#include "sim/turns.h"

#include <stdlib.h>

enum { PLACES = 4096 };

int turns_init(struct turns *t, const struct schedule *s)
{
	*t = (struct turns){
		.schedule = s,
		.users = calloc(s->users, sizeof *t->users),
		.free_user = TURNS_NONE,
		.waiting = calloc(PLACES, sizeof *t->waiting),
	};
	if (!t->users || !t->waiting)
		return -1;
	for (uint32_t i = 0; i < s->users; i++)
		t->users[i] = (struct turns_user){.first = TURNS_NONE, .last = TURNS_NONE};
	for (uint32_t i = 0; i < PLACES; i++)
		t->waiting[i].next = i + 1 < PLACES ? i + 1 : TURNS_NONE;
	return 0;
}

void turns_clear(struct turns *t)
{
	free(t->users);
	free(t->waiting);
	*t = (struct turns){0};
}

/* Puts a session at the end of its user's queue. */
static void enqueue(struct turns *t, struct turns_user *u, uint64_t session)
{
	uint32_t place = t->empty_place;

	t->empty_place = t->waiting[place].next;
	t->waiting[place] = (struct turns_waiting){.session = session, .next = TURNS_NONE};
	if (u->last == TURNS_NONE)
		u->first = place;
	else
		t->waiting[u->last].next = place;
	u->last = place;
}

/* Takes the first session of a user's queue. */
static uint64_t dequeue(struct turns *t, struct turns_user *u)
{
	uint32_t place = u->first;

	u->first = t->waiting[place].next;
	if (u->first == TURNS_NONE)
		u->last = TURNS_NONE;
	t->waiting[place].next = t->empty_place;
	t->empty_place = place;
	return t->waiting[place].session;
}

bool turns_next(struct turns *t, uint64_t *session)
{
	if (t->free_user != TURNS_NONE) {
		struct turns_user *u = &t->users[t->free_user];

		t->free_user = u->next_free;
		u->busy = true;
		*session = dequeue(t, u);
		return true;
	}
	while (t->arrived < t->schedule->sessions && t->empty_place != TURNS_NONE) {
		struct turns_user *u = &t->users[schedule_arrival(t->schedule, t->arrived).user];

		*session = t->arrived++;
		if (!u->busy) {
			u->busy = true;
			return true;
		}
		enqueue(t, u, *session);
	}
	return false;
}

void turns_over(struct turns *t, uint32_t user)
{
	struct turns_user *u = &t->users[user];

	u->busy = false;
	if (u->first == TURNS_NONE)
		return;
	u->next_free = t->free_user;
	t->free_user = user;
}

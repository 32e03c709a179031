#include "rank/queries.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

struct queries_user {
	uint32_t sessions, step;
	uint32_t first, before; /* of the open session; EVENT_NO_TRACK: none is open */
	double time;
	bool judged; /* whether a listen of the query was held out: else it is none */
	struct relevant *relevant; /* n of them, of which `sorted` are by track, each once */
	size_t n, sorted, cap;
};

void queries_clear(struct queries *s)
{
	for (size_t i = 0; i < s->n_users; i++)
		free(s->users[i].relevant);
	free(s->users);
	id_index_clear(&s->index);
	s->users = NULL;
	s->n_users = s->cap = 0;
}

int query_unit_by_name(enum query_unit *unit, const char *name)
{
	static const char *const names[] = {"user", "session", "listen"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], name) == 0) {
			*unit = (enum query_unit)i;
			return 0;
		}
	return -1;
}

/* The user's state; NULL where there is no memory. */
static struct queries_user *find_user(struct queries *s, uint32_t user)
{
	uint32_t *place = id_index_at(&s->index, user);
	struct queries_user *users;

	if (!place)
		return NULL;
	if (*place > 0)
		return &s->users[*place - 1];
	users = grow(s->users, &s->cap, s->n_users + 1, sizeof *users);
	if (!users)
		return NULL;
	s->users = users;
	users[s->n_users] = (struct queries_user){.first = EVENT_NO_TRACK, .before = EVENT_NO_TRACK};
	*place = (uint32_t)++s->n_users;
	return &users[*place - 1];
}

/* By track, and of a track the largest gain first. */
static int by_track(const void *a, const void *b)
{
	const struct relevant *x = a, *y = b;

	if (x->track != y->track)
		return x->track < y->track ? -1 : 1;
	return (x->gain < y->gain) - (x->gain > y->gain);
}

/* Leaves each track once, with its largest gain. */
static void settle(struct queries_user *u)
{
	size_t n = 0;

	if (u->sorted == u->n)
		return;
	qsort(u->relevant, u->n, sizeof *u->relevant, by_track);
	for (size_t i = 0; i < u->n; i++)
		if (n == 0 || u->relevant[n - 1].track != u->relevant[i].track)
			u->relevant[n++] = u->relevant[i];
	u->n = u->sorted = n;
}

static int add_relevant(struct queries_user *u, uint32_t track, double gain, struct errmsg *e)
{
	struct relevant *list;

	/* the same tracks over and over take no more room */
	if (u->n == u->cap && u->n > 2 * u->sorted)
		settle(u);
	list = grow(u->relevant, &u->cap, u->n + 1, sizeof *list);
	if (!list)
		return errmsg_nomem(e);
	u->relevant = list;
	list[u->n++] = (struct relevant){track, gain};
	return 0;
}

/* Asks for what a user, or the open session, has come to. */
static int ask(const struct queries *s, uint32_t user, struct queries_user *u, struct errmsg *e)
{
	struct query q = {.user = user, .session = u->sessions, .first = u->first, .before = u->first, .time = 1};

	if (!u->judged)
		return 0;
	if (s->choice.unit == QUERY_USER)
		q = (struct query){.user = user, .first = EVENT_NO_TRACK, .before = EVENT_NO_TRACK, .time = NAN};
	settle(u);
	q.relevant = u->relevant;
	q.n = u->n;
	u->n = u->sorted = 0;
	u->judged = false;
	return s->ask(s->ctx, &q, e);
}

/* A listen that was liked, as a query of its own. */
static int ask_listen(const struct queries *s, const struct queries_user *u, const struct event *ev, double gain,
		      struct errmsg *e)
{
	struct relevant relevant = {ev->track, gain};
	const struct query q = {.user = ev->user, .session = u->sessions, .step = u->step, .first = u->first,
				.before = u->before, .time = u->before == EVENT_NO_TRACK ? NAN : u->time,
				.relevant = &relevant, .n = 1};

	return s->ask(s->ctx, &q, e);
}

/* Takes a listen that the ranking is judged by. */
static int judge(struct queries *s, struct queries_user *u, const struct event *ev, struct errmsg *e)
{
	bool liked = ev->time >= s->choice.liked && ev->time > 0;
	double gain = s->choice.graded ? ev->time : 1;

	s->held_out++;
	s->liked += liked;
	if (s->choice.unit == QUERY_LISTEN)
		return liked ? ask_listen(s, u, ev, gain, e) : 0;
	u->judged = true;
	if (!liked || (s->choice.unit == QUERY_SESSION && ev->track == u->first))
		return 0;
	return add_relevant(u, ev->track, gain, e);
}

static bool skips_first(const struct queries *s)
{
	return s->choice.recommended || s->choice.unit == QUERY_SESSION;
}

int queries_add(struct queries *s, const struct event *ev, bool held_out, struct errmsg *e)
{
	struct queries_user *u = find_user(s, ev->user);
	bool first;

	if (!u)
		return errmsg_nomem(e);
	first = u->step++ == 0;
	if (first)
		u->sessions++;
	if (held_out && !(first && skips_first(s)) && judge(s, u, ev, e) < 0)
		return -1;
	if (first)
		u->first = ev->track;
	u->before = ev->track;
	u->time = ev->time;
	if (ev->message != EVENT_LAST)
		return 0;
	if (s->choice.unit == QUERY_SESSION && ask(s, ev->user, u, e) < 0)
		return -1;
	u->step = 0;
	u->first = u->before = EVENT_NO_TRACK;
	return 0;
}

int queries_end(struct queries *s, struct errmsg *e)
{
	size_t n = 0;
	struct idmap_entry *users = s->choice.unit != QUERY_LISTEN ? id_index_take(&s->index, &n) : NULL;
	int status = 0;

	if (!users)
		return s->choice.unit == QUERY_LISTEN || s->n_users == 0 ? 0 : errmsg_nomem(e);
	for (size_t i = 0; i < n && status == 0; i++)
		status = ask(s, users[i].key, &s->users[users[i].value - 1], e);
	free(users);
	return status;
}

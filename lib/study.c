#include "study.h"

#include <stdlib.h>
#include <string.h>

#include "grow.h"

void study_init(struct study *s, enum study_order order, char *const *wanted, size_t n_wanted)
{
	*s = (struct study){.order = order, .wanted = wanted, .n_wanted = n_wanted};
}

void study_clear(struct study *s)
{
	for (size_t i = 0; i < s->names.n; i++) {
		symbols_clear(&s->experiments[i].arms);
		metrics_summary_clear(&s->experiments[i].summary);
	}
	free(s->experiments);
	symbols_clear(&s->names);
	idmap_clear(&s->index);
	free(s->users);
	free(s->members);
	free(s->arms);
	symbols_clear(&s->arm_sets);
	free(s->held);
	*s = (struct study){0};
}

static bool is_wanted(const struct study *s, struct slice name)
{
	for (size_t i = 0; i < s->n_wanted; i++)
		if (slice_equal(slice_of(s->wanted[i]), name))
			return true;
	return s->n_wanted == 0;
}

/* The number of an experiment. SYMBOLS_NONE where there is no memory. */
static uint32_t experiment_at(struct study *s, struct slice name, uint32_t guess)
{
	size_t known = s->names.n;
	uint32_t number;

	/* first the room, so that no name is without its experiment */
	if (known == s->experiments_cap) {
		struct study_experiment *experiments = grow(s->experiments, &s->experiments_cap, known + 1, sizeof *experiments);

		if (!experiments)
			return SYMBOLS_NONE;
		s->experiments = experiments;
	}
	number = symbols_intern(&s->names, name, guess);
	if (s->names.n > known)
		s->experiments[number] = (struct study_experiment){.wanted = is_wanted(s, name)};
	return number;
}

/* Turns the names in an event into numbers: s->arms[0 .. *n). Returns 0, or -1 where there is no memory. */
static int read_arms(struct study *s, const struct event *ev, size_t *n)
{
	struct study_arm *arms = grow(s->arms, &s->arms_cap, ev->n_arms, sizeof *arms);

	if (!arms)
		return -1;
	s->arms = arms;
	*n = 0;
	for (size_t i = 0; i < ev->n_arms; i++) {
		uint32_t experiment = experiment_at(s, ev->arms[i].experiment, (uint32_t)i), arm;
		struct study_experiment *x;

		if (experiment == SYMBOLS_NONE)
			return -1;
		x = &s->experiments[experiment];
		if (!x->wanted)
			continue;
		arm = symbols_intern(&x->arms, ev->arms[i].arm, x->last_arm);
		if (arm == SYMBOLS_NONE)
			return -1;
		x->last_arm = arm;
		arms[(*n)++] = (struct study_arm){.experiment = experiment, .arm = arm};
	}
	return 0;
}

static int add_user(struct study *s)
{
	struct study_user *users = grow(s->users, &s->users_cap, s->n_users + 1, sizeof *users);

	if (!users)
		return -1;
	s->users = users;
	users[s->n_users++] = (struct study_user){.latest = EVENT_NO_TIMESTAMP};
	return 0;
}

#define NO_USER UINT32_MAX

/* The place of a user, made where it is new. NO_USER where there is no memory. */
static uint32_t user_at(struct study *s, uint32_t id)
{
	uint32_t *place = idmap_at(&s->index, id);

	if (!place)
		return NO_USER;
	if (*place == 0) {
		if (add_user(s) < 0)
			return NO_USER;
		*place = (uint32_t)s->n_users;
	}
	return *place - 1;
}

/* Counts an event that comes too late. */
static void check_order(struct study *s, struct study_user *u, int64_t timestamp)
{
	if (timestamp == EVENT_NO_TIMESTAMP)
		return;
	if (timestamp < u->latest)
		s->out_of_order++;
	else
		u->latest = timestamp;
}

/* A new record of a user in an experiment; it comes first in the user's chain. NULL where there is no memory. */
static struct study_member *add_member(struct study *s, uint32_t user, struct study_arm in)
{
	struct study_member *members = grow(s->members, &s->members_cap, s->n_members + 1, sizeof *members);

	if (!members)
		return NULL;
	s->members = members;
	if (s->n_members == UINT32_MAX)
		return NULL;
	members[s->n_members] = (struct study_member){
		.did = {.arm = in.arm}, .experiment = in.experiment, .next = s->users[user].member,
	};
	s->users[user].member = (uint32_t)++s->n_members;
	return &members[s->n_members - 1];
}

/* The record of a user in an experiment, made where it is new. NULL where there is no memory. */
static struct study_member *member_at(struct study *s, uint32_t user, struct study_arm in)
{
	for (uint32_t link = s->users[user].member; link != 0; link = s->members[link - 1].next)
		if (s->members[link - 1].experiment == in.experiment)
			return &s->members[link - 1];
	return add_member(s, user, in);
}

/* Takes the next event of a user, in the arms that s->arms begins with, into account. */
static int count_event(struct study *s, uint32_t user, struct metrics_event ev, size_t n_arms)
{
	s->users[user].in_session = !ev.last;
	for (size_t i = 0; i < n_arms; i++) {
		struct study_member *m = member_at(s, user, s->arms[i]);

		if (!m)
			return -1;
		ev.arm = s->arms[i].arm;
		metrics_add(&m->did, &ev);
	}
	return 0;
}

static int hold_event(struct study *s, const struct event *ev, uint32_t user, size_t n_arms)
{
	struct slice bytes = {.text = (const char *)s->arms, .len = n_arms * sizeof *s->arms};
	struct study_held *held = grow(s->held, &s->held_cap, s->n_held + 1, sizeof *held);
	uint32_t set;

	if (!held)
		return -1;
	s->held = held;
	set = symbols_intern(&s->arm_sets, bytes, s->n_held > 0 ? held[s->n_held - 1].arms : 0);
	if (set == SYMBOLS_NONE)
		return -1;
	held[s->n_held] = (struct study_held){
		.timestamp = ev->timestamp == EVENT_NO_TIMESTAMP ? s->users[user].latest : ev->timestamp,
		.time = ev->time, .latency = ev->latency, .user = user, .arms = set,
		.order = s->n_held, .last = ev->message == EVENT_LAST,
	};
	s->n_held++;
	return 0;
}

int study_add(struct study *s, const struct event *ev, struct errmsg *e)
{
	struct metrics_event counted = {.last = ev->message == EVENT_LAST, .time = ev->time, .latency = ev->latency};
	uint32_t user = user_at(s, ev->user);
	size_t n_arms;
	int status;

	if (user == NO_USER || read_arms(s, ev, &n_arms) < 0)
		return errmsg_nomem(e);
	s->events++;
	check_order(s, &s->users[user], ev->timestamp);
	status = s->order == STUDY_STREAM ? count_event(s, user, counted, n_arms) : hold_event(s, ev, user, n_arms);
	return status < 0 ? errmsg_nomem(e) : 0;
}

static int by_user_and_time(const void *a, const void *b)
{
	const struct study_held *x = a, *y = b;

	if (x->user != y->user)
		return x->user < y->user ? -1 : 1;
	if (x->timestamp != y->timestamp)
		return x->timestamp < y->timestamp ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static int count_held(struct study *s)
{
	if (s->n_held > 0)
		qsort(s->held, s->n_held, sizeof *s->held, by_user_and_time);
	for (size_t i = 0; i < s->n_held; i++) {
		const struct study_held *h = &s->held[i];
		const struct symbol *set = &s->arm_sets.list[h->arms];
		struct metrics_event ev = {.last = h->last, .time = h->time, .latency = h->latency};

		/* names keep bytes, which may stand anywhere */
		if (set->len > 0)
			memcpy(s->arms, set->text, set->len);
		if (count_event(s, h->user, ev, set->len / sizeof *s->arms) < 0)
			return -1;
	}
	return 0;
}

static int by_id(const void *a, const void *b)
{
	uint32_t x = ((const struct idmap_entry *)a)->key, y = ((const struct idmap_entry *)b)->key;

	return (x > y) - (x < y);
}

/* The users' ids and places (plus 1), in ascending order of ids. New; NULL where there is no memory. */
static struct idmap_entry *in_order(const struct study *s)
{
	struct idmap_entry *users = malloc((s->n_users + 1) * sizeof *users);
	size_t n = 0;

	if (!users)
		return NULL;
	for (size_t i = 0; n < s->n_users; i++)
		if (s->index.slots[i].key != IDMAP_NONE)
			users[n++] = s->index.slots[i];
	qsort(users, n, sizeof *users, by_id);
	return users;
}

static void summarise(struct study *s, const struct study_user *u)
{
	s->unfinished += u->in_session;
	for (uint32_t link = u->member; link != 0; link = s->members[link - 1].next) {
		const struct study_member *m = &s->members[link - 1];

		metrics_summarise(&s->experiments[m->experiment].summary, &m->did);
	}
}

int study_end(struct study *s, struct errmsg *e)
{
	struct idmap_entry *users;

	if (count_held(s) < 0)
		return errmsg_nomem(e);
	for (size_t i = 0; i < s->names.n; i++)
		if (metrics_summary_init(&s->experiments[i].summary, s->experiments[i].arms.n, e) < 0)
			return -1;
	users = in_order(s);
	if (!users)
		return errmsg_nomem(e);
	for (size_t i = 0; i < s->n_users; i++)
		summarise(s, &s->users[users[i].value - 1]);
	free(users);
	return 0;
}

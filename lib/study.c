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
		metrics_clear(&s->experiments[i].metrics);
		metrics_summary_clear(&s->experiments[i].summary);
	}
	free(s->experiments);
	symbols_clear(&s->names);
	idmap_clear(&s->index);
	free(s->latest);
	free(s->in_session);
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
	int64_t *latest = grow(s->latest, &s->latest_cap, s->users + 1, sizeof *latest);
	bool *in_session = grow(s->in_session, &s->in_session_cap, s->users + 1, sizeof *in_session);

	s->latest = latest ? latest : s->latest;
	s->in_session = in_session ? in_session : s->in_session;
	if (!latest || !in_session)
		return -1;
	latest[s->users] = EVENT_NO_TIMESTAMP;
	in_session[s->users++] = false;
	return 0;
}

/* The place of a user, counted from 1. Returns 0 where there is no memory. */
static uint32_t user_at(struct study *s, uint32_t id)
{
	uint32_t *place = idmap_at(&s->index, id);

	if (!place)
		return 0;
	if (*place == 0 && add_user(s) == 0)
		*place = (uint32_t)s->users;
	return *place;
}

/* Counts an event that comes too late. */
static void check_order(struct study *s, int64_t *latest, int64_t timestamp)
{
	if (timestamp == EVENT_NO_TIMESTAMP)
		return;
	if (timestamp < *latest)
		s->out_of_order++;
	else
		*latest = timestamp;
}

/* Takes the next event of the user at `place`, in the arms that s->arms begins with, into account. */
static int count_event(struct study *s, uint32_t place, struct metrics_event ev, size_t n_arms, struct errmsg *e)
{
	s->in_session[place - 1] = !ev.last;
	for (size_t i = 0; i < n_arms; i++) {
		ev.arm = s->arms[i].arm;
		if (metrics_add(&s->experiments[s->arms[i].experiment].metrics, &ev, e) < 0)
			return -1;
	}
	return 0;
}

/* `latest` is the latest timestamp of the user so far. */
static int hold_event(struct study *s, const struct event *ev, int64_t latest, size_t n_arms)
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
		.timestamp = ev->timestamp == EVENT_NO_TIMESTAMP ? latest : ev->timestamp,
		.time = ev->time, .latency = ev->latency, .user = ev->user, .arms = set,
		.order = s->n_held, .last = ev->message == EVENT_LAST,
	};
	s->n_held++;
	return 0;
}

int study_add(struct study *s, const struct event *ev, struct errmsg *e)
{
	struct metrics_event counted = {
		.user = ev->user, .last = ev->message == EVENT_LAST, .time = ev->time, .latency = ev->latency,
	};
	uint32_t place = user_at(s, ev->user);
	size_t n_arms;

	if (place == 0 || read_arms(s, ev, &n_arms) < 0)
		return errmsg_nomem(e);
	s->events++;
	check_order(s, &s->latest[place - 1], ev->timestamp);
	if (s->order == STUDY_STREAM)
		return count_event(s, place, counted, n_arms, e);
	return hold_event(s, ev, s->latest[place - 1], n_arms) < 0 ? errmsg_nomem(e) : 0;
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

static int count_held(struct study *s, struct errmsg *e)
{
	if (s->n_held > 0)
		qsort(s->held, s->n_held, sizeof *s->held, by_user_and_time);
	for (size_t i = 0; i < s->n_held; i++) {
		const struct study_held *h = &s->held[i];
		const struct symbol *set = &s->arm_sets.list[h->arms];
		struct metrics_event ev = {.user = h->user, .last = h->last, .time = h->time, .latency = h->latency};

		/* names keep bytes, which may stand anywhere */
		if (set->len > 0)
			memcpy(s->arms, set->text, set->len);
		if (count_event(s, idmap_get(&s->index, h->user, 0), ev, set->len / sizeof *s->arms, e) < 0)
			return -1;
	}
	return 0;
}

int study_end(struct study *s, struct errmsg *e)
{
	if (count_held(s, e) < 0)
		return -1;
	for (size_t i = 0; i < s->users; i++)
		s->unfinished += s->in_session[i];
	for (size_t i = 0; i < s->names.n; i++) {
		struct study_experiment *x = &s->experiments[i];

		if (metrics_summarise(&x->metrics, x->arms.n, &x->summary, e) < 0)
			return -1;
	}
	return 0;
}

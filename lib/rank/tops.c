#include "rank/tops.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "event/event_digest.h"

void tops_init(struct tops *t, const struct tops_choice *choice)
{
	*t = (struct tops){.choice = *choice};
}

static void clear_lists(struct tops *t)
{
	for (size_t i = 0; i < t->n_lists; i++)
		popularity_clear(&t->lists[i].popularity);
	t->n_lists = 0;
	intern_clear(&t->arms);
}

void tops_clear(struct tops *t)
{
	clear_lists(t);
	free(t->lists);
	idmap_clear(&t->expected);
	intern_clear(&t->parts.arms);
	input_logs_clear(&t->parts.logs);
	intern_clear(&t->parts.first_arms);
	tops_users_clear(&t->parts.users);
	*t = (struct tops){0};
}

/* Arms are few, and looking at each of a few is quicker than hashing. */
struct tops_list *tops_list_of(struct tops *t, struct slice arm)
{
	enum { FEW = 8 };
	struct tops_list *lists;
	uint32_t number;

	for (size_t i = 0; i < t->n_lists && i < FEW; i++)
		if (slice_equal(t->lists[i].name, arm))
			return &t->lists[i];
	lists = grow(t->lists, &t->cap, t->n_lists + 1, sizeof *lists);
	if (!lists)
		return NULL;
	t->lists = lists;
	number = intern_add(&t->arms, arm, INTERN_NONE);
	if (number == INTERN_NONE)
		return NULL;
	if (number == t->n_lists) {
		const char *name = intern_text(&t->arms, number);

		lists[t->n_lists++] = (struct tops_list){.arm = name, .name = {name, arm.len}};
	}
	return &lists[number];
}

bool tops_chosen(const struct tops *t, struct slice arm)
{
	for (size_t i = 0; i < t->choice.n_arms; i++)
		if (slice_equal(slice_of(t->choice.arms[i]), arm))
			return true;
	return t->choice.n_arms == 0;
}

/* The arm of an event in the experiment; NULL where it has none. */
static const struct slice *arm_of(const struct tops *t, const struct event *ev)
{
	struct slice experiment = slice_of(t->choice.experiment);

	for (size_t i = 0; i < ev->n_arms; i++)
		if (slice_equal(ev->arms[i].experiment, experiment))
			return &ev->arms[i].arm;
	return NULL;
}

/*
 * Whether the track of an event was recommended by the event of its user before it. Returns 1 or 0, or -1 where
 * there is no memory.
 */
static int was_recommended(struct tops *t, const struct event *ev)
{
	uint32_t *expected = idmap_at(&t->expected, ev->user);
	int was;

	if (!expected)
		return -1;
	was = *expected == ev->track + 1;
	*expected = ev->recommendation == EVENT_NO_TRACK ? 0 : ev->recommendation + 1;
	return was;
}

int tops_begin_log(struct tops *t, const char *name)
{
	t->parts.logs.parts = 1;
	return input_logs_begin(&t->parts.logs, name);
}

/* Takes note of an event for a part; `arm` is NULL where it does not count. Returns 0, or -1: no memory. */
static int note_for_part(struct tops *t, const struct event *ev, const struct slice *arm)
{
	uint32_t number = TOPS_NO_ARM;

	if (t->parts.logs.n == 0 && tops_begin_log(t, "a log") < 0)
		return -1;
	input_logs_note(&t->parts.logs, ev->timestamp, event_digest(ev));
	if (!t->choice.recommended)
		return 0;
	if (arm) {
		number = intern_add(&t->parts.first_arms, *arm, 0);
		if (number == INTERN_NONE)
			return -1;
	}
	return tops_users_add_event(&t->parts.users, ev, number);
}

int tops_add(struct tops *t, const struct event *ev, struct errmsg *e)
{
	static const struct slice everything = {.text = ""};
	const struct slice *arm = t->choice.experiment ? arm_of(t, ev) : &everything;
	bool chosen = arm && tops_chosen(t, *arm);
	struct tops_list *list;
	int counts = t->choice.recommended ? was_recommended(t, ev) : 1;

	if (counts < 0 || (t->choice.partial && note_for_part(t, ev, chosen ? arm : NULL) < 0))
		return errmsg_nomem(e);
	t->events++;
	t->outside += !arm;
	if (!counts || !chosen)
		return 0;
	list = tops_list_of(t, *arm);
	return list ? popularity_add(&list->popularity, ev->track, ev->time, e) : errmsg_nomem(e);
}

int tops_check_names(const struct tops *t, struct errmsg *e)
{
	const struct tops_choice *c = &t->choice;

	if (!c->experiment || t->events == 0)
		return 0;
	if (t->outside == t->events)
		return errmsg_set(e, "no event is in experiment '%s'", c->experiment);
	for (size_t i = 0; i < c->n_arms; i++) {
		bool seen = false;

		for (size_t j = 0; j < t->n_lists; j++)
			seen = seen || strcmp(t->lists[j].arm, c->arms[i]) == 0;
		if (!seen)
			return errmsg_set(e, "no event is on arm '%s' of experiment '%s'", c->arms[i], c->experiment);
	}
	return 0;
}

/* Makes one list of all. */
static int join_lists(struct tops *t, struct errmsg *e)
{
	struct popularity all = {0};
	int status = 0;

	for (size_t i = 0; status == 0 && i < t->n_lists; i++)
		status = popularity_merge(&all, &t->lists[i].popularity, e);
	clear_lists(t);
	if (status == 0 && tops_list_of(t, slice_of(""))) {
		t->lists[0].popularity = all;
		return 0;
	}
	popularity_clear(&all);
	return status < 0 ? -1 : errmsg_nomem(e);
}

static int by_arm(const void *a, const void *b)
{
	return strcmp(((const struct tops_list *)a)->arm, ((const struct tops_list *)b)->arm);
}

void tops_sort(struct tops *t)
{
	if (t->n_lists > 0)
		qsort(t->lists, t->n_lists, sizeof *t->lists, by_arm);
}

int tops_end(struct tops *t, struct errmsg *e)
{
	if (tops_check_names(t, e) < 0)
		return -1;
	if (!t->choice.by_arm)
		return join_lists(t, e);
	/* an arm that was named has no list yet only where the log has no events */
	for (size_t i = 0; i < t->choice.n_arms; i++)
		if (!tops_list_of(t, slice_of(t->choice.arms[i])))
			return errmsg_nomem(e);
	tops_sort(t);
	return 0;
}

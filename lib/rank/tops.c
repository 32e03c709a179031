#include "rank/tops.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "event/event_digest.h"

void tops_init(struct tops *t, const struct tops_choice *choice)
{
	*t = (struct tops){.choice = *choice, .newest = EVENT_NO_TIMESTAMP};
}

static void clear_counts(struct tops_list *list)
{
	popularity_clear(&list->popularity);
	decayed_clear(&list->decayed);
	track_users_clear(&list->users);
}

static void clear_lists(struct tops *t)
{
	for (size_t i = 0; i < t->n_lists; i++)
		clear_counts(&t->lists[i]);
	t->n_lists = 0;
	intern_clear(&t->arms);
}

void tops_clear(struct tops *t)
{
	clear_lists(t);
	free(t->lists);
	expected_clear(&t->expected);
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

int tops_begin_log(struct tops *t, const char *name)
{
	t->parts.logs.parts = 1;
	return input_logs_begin(&t->parts.logs, name);
}

/*
 * Takes note of an event for a part; `arm` is NULL where it does not count. Returns whether it may be counted as what
 * its user was recommended, with its weight (see expected_meets); or -1 where there is no memory.
 */
static int note_for_part(struct tops *t, const struct event *ev, const struct slice *arm, double *weight)
{
	uint32_t number = TOPS_NO_ARM;

	if (t->parts.logs.n == 0 && tops_begin_log(t, "a log") < 0)
		return -1;
	input_logs_note(&t->parts.logs, ev->timestamp, event_digest(ev));
	if (!tops_follows(t))
		return 1;
	if (arm) {
		number = intern_add(&t->parts.first_arms, *arm, 0);
		if (number == INTERN_NONE)
			return -1;
	}
	return tops_users_add_event(&t->parts.users, ev, number, weight);
}

/* The same of any event. What a part notes of users is what is expected of them. */
static int note_event(struct tops *t, const struct event *ev, const struct slice *arm, double *weight)
{
	if (t->choice.partial)
		return note_for_part(t, ev, arm, weight);
	return tops_follows(t) ? expected_meets(&t->expected, ev, weight) : 1;
}

int tops_count(struct tops *t, struct slice arm, const struct tops_listen *l, struct errmsg *e)
{
	const struct counting *c = &t->choice.counting;
	const struct popularity_count one = {.track = l->track, .plays = 1, .billionths = l->billionths};
	struct tops_list *list;
	double value = popularity_time(&one), weight = c->debias ? l->weight : 1;

	if (isnan(weight)) {
		t->left.unweighed++;
		return 0;
	}
	if (c->wins)
		value = l->billionths >= popularity_billionths(c->liked);
	list = tops_list_of(t, arm);
	if (!list || (c->users && track_users_add(&list->users, l->track, l->user) < 0))
		return errmsg_nomem(e);
	if (counting_sums(c) &&
	    decayed_add(&list->decayed, l->track, l->timestamp, c->half_life, weight, value, e) < 0)
		return -1;
	return popularity_add_count(&list->popularity, &one, e);
}

/* Whether an event is to be counted at all, by its time. */
static bool is_in_time(struct tops *t, const struct event *ev)
{
	enum counting_when when = counting_when(&t->choice.counting, ev->timestamp);

	t->left.undated += when == COUNTING_UNDATED;
	t->left.outside += when == COUNTING_OUTSIDE;
	if (when == COUNTING_INSIDE && ev->timestamp > t->newest)
		t->newest = ev->timestamp;
	return when == COUNTING_INSIDE;
}

/* Takes an event that is to be counted, or not. */
static int take_event(struct tops *t, const struct event *ev, bool counts, struct errmsg *e)
{
	static const struct slice everything = {.text = ""};
	const struct slice *arm = t->choice.experiment ? arm_of(t, ev) : &everything;
	bool chosen = counts && arm && tops_chosen(t, *arm);
	struct tops_listen l = {.user = ev->user, .track = ev->track, .timestamp = ev->timestamp, .weight = 1};
	int met = note_event(t, ev, chosen ? arm : NULL, &l.weight);

	if (met < 0)
		return errmsg_nomem(e);
	t->events += counts;
	t->outside += counts && !arm;
	if (!chosen)
		return 0;
	if (!met) {
		t->left.unrecommended++;
		return 0;
	}
	l.billionths = popularity_billionths(ev->time);
	return tops_count(t, *arm, &l, e);
}

int tops_add(struct tops *t, const struct event *ev, struct errmsg *e)
{
	return take_event(t, ev, is_in_time(t, ev), e);
}

int tops_pass(struct tops *t, const struct event *ev, struct errmsg *e)
{
	t->left.outside++;
	return take_event(t, ev, false, e);
}

/* Whether anything is left, and can be ranked. */
static int check_counts(const struct tops *t, struct errmsg *e)
{
	const struct counting *c = &t->choice.counting;
	double ages = c->has_until && c->half_life > 0 && t->newest != EVENT_NO_TIMESTAMP ?
		((double)c->until - (double)t->newest) / (double)c->half_life : 0;

	if (score_check(t->choice.by, c, e) < 0)
		return -1;
	if (t->events == 0 && t->left.outside + t->left.undated > 0)
		return errmsg_set(e, "no event is left: %" PRId64 " are held out or not between --since and --until, "
				  "and %" PRId64 " have no timestamp", t->left.outside, t->left.undated);
	if (t->n_lists == 0 && t->left.unweighed > 0)
		return errmsg_set(e, "--debias needs to know how likely recommendations were, and none of the log has "
				  "a pool or a propensity");
	/* weights would all be 0 */
	if (ages > 1000)
		return errmsg_set(e, "--until is more than 1000 half-lives after the newest event");
	return 0;
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

/* Adds the counts of a list to another. */
static int merge_counts(struct tops_list *to, const struct tops_list *from, struct errmsg *e)
{
	if (popularity_merge(&to->popularity, &from->popularity, e) < 0 ||
	    decayed_merge(&to->decayed, &from->decayed, e) < 0)
		return -1;
	return track_users_merge(&to->users, &from->users) < 0 ? errmsg_nomem(e) : 0;
}

/* Makes one list of all. */
static int join_lists(struct tops *t, struct errmsg *e)
{
	struct tops_list all = {0}, *list;
	int status = 0;

	for (size_t i = 0; status == 0 && i < t->n_lists; i++)
		status = merge_counts(&all, &t->lists[i], e);
	clear_lists(t);
	list = status == 0 ? tops_list_of(t, slice_of("")) : NULL;
	if (list) {
		list->popularity = all.popularity;
		list->decayed = all.decayed;
		list->users = all.users;
		return 0;
	}
	clear_counts(&all);
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

static int sort_users(struct tops *t)
{
	for (size_t i = 0; i < t->n_lists; i++)
		track_users_sort(&t->lists[i].users);
	return 0;
}

int tops_end(struct tops *t, struct errmsg *e)
{
	if (check_counts(t, e) < 0 || tops_check_names(t, e) < 0)
		return -1;
	if (!t->choice.by_arm)
		return join_lists(t, e) < 0 ? -1 : sort_users(t);
	/* an arm that was named has no list yet only where the log has no events */
	for (size_t i = 0; i < t->choice.n_arms; i++)
		if (!tops_list_of(t, slice_of(t->choice.arms[i])))
			return errmsg_nomem(e);
	tops_sort(t);
	return sort_users(t);
}

#include <stdlib.h>
#include <string.h>

#include "study/study.h"
#include "study/study_internal.h"

static int by_user_and_time(const void *a, const void *b)
{
	const struct study_held *x = a, *y = b;

	if (x->user != y->user)
		return x->user < y->user ? -1 : 1;
	if (x->timestamp != y->timestamp)
		return x->timestamp < y->timestamp ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* Whether two neighbours in that order are one event, delivered twice. */
static bool are_one_event(const struct study_held *a, const struct study_held *b)
{
	return a->user == b->user && a->digest != 0 && a->digest == b->digest;
}

static int count_one(struct study *s, const struct study_held *h)
{
	struct study_event ev = {
		.did = {.last = h->last, .billionths = h->billionths, .nanoseconds = h->nanoseconds},
		.timestamp = h->timestamp, .digest = h->digest, .undated = h->undated, .arms = h->arms,
		.n_arms = study_arms_of(s, h->arms),
	};

	if (s->keep.recommendations)
		ev.answer = s->held_answers[h->order];
	return study_count(s, h->user, &ev);
}

static int count_held(struct study *s)
{
	if (s->n_held > 0)
		qsort(s->held, s->n_held, sizeof *s->held, by_user_and_time);
	for (size_t i = 0; i < s->n_held; i++) {
		if (i > 0 && are_one_event(&s->held[i - 1], &s->held[i]))
			s->duplicates++;
		else if (count_one(s, &s->held[i]) < 0)
			return -1;
	}
	return 0;
}

/* An experiment, while experiments are put in order. */
struct standing {
	const struct interned *name;
	const struct study_experiment *experiment;
	uint32_t number;
};

static int by_standing(const void *a, const void *b)
{
	const struct standing *x = a, *y = b;

	if (x->experiment->first != y->experiment->first)
		return x->experiment->first < y->experiment->first ? -1 : 1;
	if (x->experiment->place != y->experiment->place)
		return x->experiment->place < y->experiment->place ? -1 : 1;
	return intern_compare(x->name, y->name);
}

/* Gives the experiments new numbers: that at order[i] gets i. Returns 0, or -1 where there is no memory. */
static int renumber_experiments(struct study *s, const struct standing *order, struct study_experiment *moved,
				uint32_t *to)
{
	struct intern names = {0};

	for (size_t i = 0; i < s->names.n; i++) {
		struct slice name = {.text = order[i].name->text, .len = order[i].name->len};

		if (intern_add(&names, name, INTERN_NONE) == INTERN_NONE) {
			intern_clear(&names);
			return -1;
		}
		moved[i] = *order[i].experiment;
		to[order[i].number] = (uint32_t)i;
	}
	intern_clear(&s->names);
	s->names = names;
	memcpy(s->experiments, moved, names.n * sizeof *moved);
	for (size_t i = 0; i < s->n_participants; i++)
		if (s->participants[i].experiment != STUDY_BEFORE)
			s->participants[i].experiment = to[s->participants[i].experiment];
	if (s->keep.joinable && study_ends_renumber(s, to) < 0)
		return -1;
	return recommendations_renumber(&s->recommendations, to);
}

/* Puts the experiments in the order of the report. Mostly they are in it already. */
static int order_experiments(struct study *s)
{
	size_t n = s->names.n;
	struct standing *order = calloc(n + 1, sizeof *order);
	struct study_experiment *moved = calloc(n + 1, sizeof *moved);
	uint32_t *to = calloc(n + 1, sizeof *to);
	bool in_order = true;
	int status = order && moved && to ? 0 : -1;

	for (size_t i = 0; status == 0 && i < n; i++)
		order[i] = (struct standing){&s->names.list[i], &s->experiments[i], (uint32_t)i};
	for (size_t i = 1; status == 0 && i < n; i++)
		in_order = in_order && by_standing(&order[i - 1], &order[i]) < 0;
	if (status == 0 && !in_order) {
		qsort(order, n, sizeof *order, by_standing);
		status = renumber_experiments(s, order, moved, to);
	}
	free(order);
	free(moved);
	free(to);
	return status;
}

/* Tells each experiment how many events before the moment name it. */
static void find_early(struct study *s)
{
	for (size_t i = 0; i < s->early.n; i++) {
		struct slice name = {.text = s->early.list[i].text, .len = s->early.list[i].len};
		uint32_t number = intern_find(&s->names, name);

		if (number != INTERN_NONE)
			s->experiments[number].early = s->early_events[i];
	}
}

/* Puts the sessions of a participant side by side, in their order. */
static int group_sessions(struct study_sessions *all, size_t n_participants)
{
	/*
	 * next[m + 2] counts those of m; then next[m + 1] is where the next one of m goes, and in the end where m's
	 * end
	 */
	size_t *next = calloc(n_participants + 2, sizeof *next);
	double *times = malloc((all->n + 1) * sizeof *times);

	if (!next || !times) {
		free(next);
		free(times);
		return -1;
	}
	for (size_t k = 0; k < all->n; k++)
		next[all->participants[k] + 2]++;
	for (size_t m = 1; m < n_participants + 2; m++)
		next[m] += next[m - 1];
	for (size_t k = 0; k < all->n; k++)
		times[next[all->participants[k] + 1]++] = all->times[k];
	free(all->times);
	free(all->participants);
	*all = (struct study_sessions){.times = times, .first = next, .n = all->n};
	return 0;
}

static void summarise_user(struct study *s, const struct study_user *u)
{
	s->unfinished += u->in_session;
	for (uint32_t link = u->participant; link != 0; link = s->participants[link - 1].next) {
		const struct study_participant *m = &s->participants[link - 1];

		if (m->experiment != STUDY_BEFORE)
			metrics_summarise(&s->experiments[m->experiment].summary, &m->did);
	}
}

/*
 * Users of ascending ids lie anywhere in memory: fetches those that will be needed soon. Always inline, or gcc takes it
 * for a function without effect and leaves its calls out.
 */
static inline __attribute__((always_inline)) void look_ahead(const struct study *s, size_t i)
{
	enum { NEAR = 8, FAR = 16, LAST = sizeof(struct study_participant) - 1 };

	if (i + FAR < s->n_users)
		__builtin_prefetch(&s->users[s->ids[i + FAR].value - 1]);
	if (i + NEAR < s->n_users) {
		uint32_t link = s->users[s->ids[i + NEAR].value - 1].participant;

		/* the record may begin in one line of the cache and end in the next */
		if (link != 0) {
			__builtin_prefetch(&s->participants[link - 1]);
			__builtin_prefetch((const char *)&s->participants[link - 1] + LAST);
		}
	}
}

static void summarise_users(struct study *s)
{
	for (size_t i = 0; i < s->n_users; i++) {
		look_ahead(s, i);
		summarise_user(s, &s->users[s->ids[i].value - 1]);
	}
}

int study_settle(struct study *s, struct errmsg *e)
{
	size_t n;

	if (count_held(s) < 0 || order_experiments(s) < 0)
		return errmsg_nomem(e);
	find_early(s);
	/* the list of ids takes over the memory of the index by which users were found */
	s->ids = id_index_take(&s->index, &n);
	if (!s->ids)
		return errmsg_nomem(e);
	if (s->keep.sessions && group_sessions(&s->sessions, s->n_participants) < 0)
		return errmsg_nomem(e);
	/* what was held has been counted */
	free(s->held);
	free(s->held_answers);
	s->held = NULL;
	s->held_answers = NULL;
	return 0;
}

int study_end(struct study *s, struct errmsg *e)
{
	if (study_settle(s, e) < 0)
		return -1;
	for (size_t i = 0; i < s->names.n; i++)
		if (metrics_summary_init(&s->experiments[i].summary, s->experiments[i].arms.n, e) < 0)
			return -1;
	summarise_users(s);
	return 0;
}

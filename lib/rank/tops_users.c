#include "rank/tops_users.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/grow.h"
#include "base/radix.h"
#include "rank/expected.h"
#include "rank/popularity.h"

void tops_users_clear(struct tops_users *u)
{
	free(u->list);
	free(u->latest);
	id_index_clear(&u->index);
	*u = (struct tops_users){0};
}

int tops_users_add(struct tops_users *u, const struct tops_user *user)
{
	struct tops_user *list = grow(u->list, &u->cap, u->n + 1, sizeof *list);

	if (!list)
		return -1;
	u->list = list;
	list[u->n++] = *user;
	return 0;
}

/* A user's first event. Returns 0, or -1 where there is no memory. */
static int begin_user(struct tops_users *u, const struct event *ev, uint32_t arm)
{
	const struct tops_user user = {.user = ev->user, .first = ev->track, .at = ev->timestamp, .arm = arm,
				       .billionths = popularity_billionths(ev->time)};
	struct tops_latest *latest = grow(u->latest, &u->latest_cap, u->n_latest + 1, sizeof *latest);

	if (!latest)
		return -1;
	u->latest = latest;
	if (tops_users_add(u, &user) < 0)
		return -1;
	latest[u->n_latest++] = (struct tops_latest){.waits = EVENT_NO_TRACK, .place = (uint32_t)u->n - 1};
	return 0;
}

int tops_users_add_event(struct tops_users *u, const struct event *ev, uint32_t arm, double *weight)
{
	uint32_t *place = id_index_at(&u->index, ev->user);
	struct tops_latest *latest;
	int met;

	if (!place)
		return -1;
	if (*place == 0) {
		if (begin_user(u, ev, arm) < 0)
			return -1;
		*place = (uint32_t)u->n_latest;
	}
	latest = &u->latest[*place - 1];
	met = latest->waits == ev->track;
	*weight = latest->weight;
	latest->waits = ev->recommendation;
	latest->until = ev->timestamp;
	latest->weight = expected_weight(ev);
	return met;
}

/* Notes with the users what their last events were. No event may be added any more. */
static void settle_latest(struct tops_users *u)
{
	for (size_t i = 0; i < u->n_latest; i++) {
		const struct tops_latest *latest = &u->latest[i];
		struct tops_user *user = &u->list[latest->place];

		user->waits = latest->waits;
		user->until = latest->until;
		user->weight = latest->weight;
	}
	free(u->latest);
	id_index_clear(&u->index);
	u->latest = NULL;
	u->n_latest = u->latest_cap = 0;
}

static int compare_times(int64_t x, int64_t y)
{
	return (x > y) - (x < y);
}

static int by_user_and_time(const void *a, const void *b)
{
	const struct tops_user *x = a, *y = b;
	int order = compare_times(x->user, y->user);

	if (order == 0)
		order = compare_times(x->at, y->at);
	if (order == 0)
		order = compare_times(x->until, y->until);
	return order != 0 ? order : (x->order > y->order) - (x->order < y->order);
}

static bool are_sorted(const struct tops_users *u)
{
	for (size_t i = 1; i < u->n; i++)
		if (by_user_and_time(&u->list[i - 1], &u->list[i]) > 0)
			return false;
	return true;
}

/* So many of them, from the i-th on, are of one user. */
static size_t count_same(const struct tops_users *u, size_t i)
{
	size_t n = 1;

	while (i + n < u->n && u->list[i + n].user == u->list[i].user)
		n++;
	return n;
}

/* Orders them by user, those of one staying as they are. Returns 0, or -1 where there is no memory. */
static int sort_by_user(struct tops_users *u)
{
	uint64_t *items = malloc(2 * u->n * sizeof *items);
	struct tops_user *sorted = malloc(u->n * sizeof *sorted);
	int status = items && sorted ? 0 : -1;

	for (size_t i = 0; status == 0 && i < u->n; i++)
		items[i] = radix_item(u->list[i].user, (uint32_t)i);
	if (status == 0) {
		radix_sort(items, items + u->n, u->n);
		for (size_t i = 0; i < u->n; i++)
			sorted[i] = u->list[radix_place(items[i])];
		free(u->list);
		u->list = sorted;
		u->cap = u->n;
	} else {
		free(sorted);
	}
	free(items);
	return status;
}

void tops_users_sort(struct tops_users *u)
{
	settle_latest(u);
	if (are_sorted(u))
		return;
	if (u->n > UINT32_MAX || sort_by_user(u) < 0) {
		qsort(u->list, u->n, sizeof *u->list, by_user_and_time);
		return;
	}
	for (size_t i = 0, n; i < u->n; i += n) {
		n = count_same(u, i);
		if (n > 1)
			qsort(&u->list[i], n, sizeof *u->list, by_user_and_time);
	}
}

static const char *file_of(const struct tops_user *u)
{
	return u->file ? u->file : "this part";
}

static int tell_mixed(const struct tops_user *x, const struct tops_user *y, const char *what, struct errmsg *e)
{
	return errmsg_set(e, "user %u: %s %s and %s", x->user, what, file_of(x), file_of(y));
}

static bool is_dated(const struct tops_user *u)
{
	return u->at != EVENT_NO_TIMESTAMP && u->until != EVENT_NO_TIMESTAMP;
}

static int by_first(const void *a, const void *b)
{
	const struct tops_user *x = *(const struct tops_user *const *)a, *y = *(const struct tops_user *const *)b;

	return compare_times(x->first, y->first);
}

/* For parts of a user in no known order: none of the n may wait for what another one begins with. */
static int check_all(const struct tops_user *list, size_t n, struct errmsg *e)
{
	const struct tops_user **firsts = malloc(n * sizeof *firsts);
	int status = firsts ? 0 : errmsg_nomem(e);

	for (size_t i = 0; firsts && i < n; i++)
		firsts[i] = &list[i];
	if (firsts)
		qsort(firsts, n, sizeof *firsts, by_first);
	for (size_t i = 0; status == 0 && i < n; i++) {
		const struct tops_user key = {.first = list[i].waits}, *sought = &key, **found;

		found = bsearch(&sought, firsts, n, sizeof *firsts, by_first);
		/* the one found may be this part itself, between two others */
		if (found && *found == &list[i])
			found = found > firsts && by_first(found - 1, found) == 0 ? found - 1 :
				found + 1 < firsts + n && by_first(found + 1, found) == 0 ? found + 1 : NULL;
		if (found)
			status = tell_mixed(&list[i], *found, "without timestamps, a session must not be in both", e);
	}
	free(firsts);
	return status;
}

struct joining {
	bool ordered;
	int (*count)(void *ctx, const struct tops_user *user, double weight, struct errmsg *e);
	void *ctx;
};

/* Joins the later of two parts of a user to the earlier. */
static int join_two(const struct joining *j, struct tops_user *x, const struct tops_user *y, struct errmsg *e)
{
	if (x->until > y->at)
		return tell_mixed(x, y, "the events are mixed over", e);
	if (j->ordered && x->order > y->order)
		return errmsg_set(e, "user %u: the events in %s come before those in %s, which was read first", x->user,
				  file_of(y), file_of(x));
	if (x->waits == y->first && y->arm != TOPS_NO_ARM && j->count(j->ctx, y, x->weight, e) < 0)
		return -1;
	x->waits = y->waits;
	x->weight = y->weight;
	x->until = y->until;
	/* where a third one turns out to be mixed with it */
	x->file = y->file;
	x->order = y->order;
	return 0;
}

/* Joins the n parts of one user; leaves how many there are then in *left. */
static int join_user(const struct joining *j, struct tops_user *list, size_t n, size_t *left, struct errmsg *e)
{
	bool dated = true;
	int status = 0;

	for (size_t i = 0; i < n; i++)
		dated = dated && is_dated(&list[i]);
	*left = dated ? 1 : n;
	if (!dated)
		return check_all(list, n, e);
	for (size_t i = 1; status == 0 && i < n; i++)
		status = join_two(j, &list[0], &list[i], e);
	return status;
}

int tops_users_join(struct tops_users *u, bool ordered,
		    int (*count)(void *ctx, const struct tops_user *user, double weight, struct errmsg *e), void *ctx,
		    struct errmsg *e)
{
	const struct joining j = {.ordered = ordered, .count = count, .ctx = ctx};
	size_t to = 0;
	int status = 0;

	for (size_t i = 0, n; status == 0 && i < u->n; i += n) {
		size_t left = 1;

		n = count_same(u, i);
		if (n > 1)
			status = join_user(&j, &u->list[i], n, &left, e);
		for (size_t k = 0; k < left; k++)
			u->list[to++] = u->list[i + k];
	}
	u->n = status == 0 ? to : u->n;
	return status;
}

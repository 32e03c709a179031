#include "study/days.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "event/event.h"
#include "study/study.h"
#include "study/user_values.h"
#include "text/day.h"

void days_clear(struct days *d)
{
	free(d->list);
	free(d->latest);
	*d = (struct days){0};
}

int32_t days_of(int64_t ms)
{
	int64_t day = ms / DAY_MS - (ms % DAY_MS < 0);

	/* a timestamp may be any 64-bit number; those too far from our time to be meant need not be told apart */
	return day < INT32_MIN ? INT32_MIN : day > INT32_MAX ? INT32_MAX : (int32_t)day;
}

/* The link to the latest day of a participant, made where it is new. NULL where there is no memory. */
static uint32_t *latest_of(struct days *d, uint32_t participant)
{
	size_t need = (size_t)participant + 1;
	uint32_t *latest = grow(d->latest, &d->participants_cap, need, sizeof *latest);

	if (!latest)
		return NULL;
	d->latest = latest;
	if (d->n_participants < need) {
		memset(latest + d->n_participants, 0, (need - d->n_participants) * sizeof *latest);
		d->n_participants = need;
	}
	return &latest[participant];
}

struct days_sums *days_at(struct days *d, uint32_t participant, int32_t day)
{
	struct days_sums *list = grow(d->list, &d->cap, d->n + 1, sizeof *list);
	uint32_t *link;

	if (!list)
		return NULL;
	d->list = list;
	if (d->n == UINT32_MAX)
		return NULL;
	link = latest_of(d, participant);
	if (!link)
		return NULL;
	/* mostly it is the latest, or a new one */
	while (*link != 0 && list[*link - 1].day > day)
		link = &list[*link - 1].next;
	if (*link == 0 || list[*link - 1].day != day) {
		list[d->n] = (struct days_sums){.day = day, .next = *link};
		*link = (uint32_t)++d->n;
	}
	return &list[*link - 1];
}

int days_add(struct days *d, uint32_t participant, int64_t timestamp, const struct metrics_sums *session)
{
	struct days_sums *day;

	if (timestamp == EVENT_NO_TIMESTAMP) {
		d->undated++;
		return 0;
	}
	day = days_at(d, participant, days_of(timestamp));
	if (!day)
		return -1;
	day->sessions++;
	metrics_sums_add(&day->did, session);
	return 0;
}

const struct days_sums *days_latest(const struct days *d, uint32_t participant)
{
	uint32_t link = participant < d->n_participants ? d->latest[participant] : 0;

	return link != 0 ? &d->list[link - 1] : NULL;
}

const struct days_sums *days_earlier(const struct days *d, const struct days_sums *day)
{
	return day->next != 0 ? &d->list[day->next - 1] : NULL;
}

static int by_day_and_user(const void *a, const void *b)
{
	const struct days_row *x = a, *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return x->user < y->user ? -1 : x->user > y->user;
}

/* Makes the rows of the users, in order. Returns 0, or -1 where there is no memory. */
static int make_rows(struct days_walk *w)
{
	size_t cap = 0;

	for (size_t i = 0; i < w->users->n; i++) {
		const struct days_sums *day = days_latest(w->days, w->users->participants[i]);

		for (; day; day = days_earlier(w->days, day)) {
			struct days_row *rows = grow(w->rows, &cap, w->n + 1, sizeof *rows);

			if (!rows)
				return -1;
			w->rows = rows;
			rows[w->n++] = (struct days_row){
				.day = day->day, .user = (uint32_t)i, .sums = (uint32_t)(day - w->days->list),
			};
		}
	}
	if (w->n > 0)
		qsort(w->rows, w->n, sizeof *w->rows, by_day_and_user);
	return 0;
}

int days_walk_init(struct days_walk *w, const struct study *s, const struct user_values *users, struct errmsg *e)
{
	*w = (struct days_walk){.users = users, .days = &s->days};
	w->today = calloc(users->n + 1, sizeof *w->today);
	w->so_far = calloc(users->n + 1, sizeof *w->so_far);
	if (!w->today || !w->so_far || make_rows(w) < 0)
		return errmsg_nomem(e);
	for (size_t i = 0; i < users->n; i++)
		w->today[i].arm = w->so_far[i].arm = users->arms[i];
	return 0;
}

void days_walk_clear(struct days_walk *w)
{
	free(w->today);
	free(w->so_far);
	free(w->rows);
	*w = (struct days_walk){0};
}

static void add_day(struct metrics_user *u, const struct days_sums *day)
{
	u->sessions += day->sessions;
	metrics_sums_add(&u->finished, &day->did);
}

bool days_walk_next(struct days_walk *w)
{
	if (w->next == w->n)
		return false;
	w->day = w->rows[w->next].day;
	for (size_t i = 0; i < w->users->n; i++)
		w->today[i] = (struct metrics_user){.arm = w->users->arms[i]};
	for (; w->next < w->n && w->rows[w->next].day == w->day; w->next++) {
		const struct days_row *row = &w->rows[w->next];

		add_day(&w->today[row->user], &w->days->list[row->sums]);
		add_day(&w->so_far[row->user], &w->days->list[row->sums]);
	}
	return true;
}

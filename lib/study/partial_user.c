#include "study/partial_user.h"

#include <stdlib.h>

#include "base/grow.h"
#include "study/study_internal.h"

void partial_user_clear(struct partial_user *u)
{
	free(u->participants);
	free(u->days);
	free(u->times);
	free(u->heard);
	free(u->openings);
	*u = (struct partial_user){0};
}

void partial_user_reset(struct partial_user *u)
{
	u->ends = (struct study_ends){.from = EVENT_NO_TIMESTAMP};
	u->n_participants = u->n_days = u->n_times = u->n_heard = u->n_openings = 0;
}

/* One more of n things, in an array that is moved perhaps: its place. NULL where there is no memory. */
static void *one_more(void **list, size_t *n, size_t *cap, size_t size)
{
	char *grown = grow(*list, cap, *n + 1, size);

	if (!grown)
		return NULL;
	*list = grown;
	return grown + (*n)++ * size;
}

#define ONE_MORE(u, what) one_more((void **)&(u)->what, &(u)->n_##what, &(u)->what##_cap, sizeof *(u)->what)

struct partial_participant *partial_user_participant(struct partial_user *u)
{
	return ONE_MORE(u, participants);
}

struct partial_day *partial_user_day(struct partial_user *u)
{
	return ONE_MORE(u, days);
}

int64_t *partial_user_time(struct partial_user *u)
{
	return ONE_MORE(u, times);
}

uint32_t *partial_user_heard(struct partial_user *u)
{
	return ONE_MORE(u, heard);
}

struct study_opening *partial_user_opening(struct partial_user *u)
{
	return ONE_MORE(u, openings);
}

static int by_experiment(const void *a, const void *b)
{
	uint32_t x = ((const struct partial_participant *)a)->experiment + 1;
	uint32_t y = ((const struct partial_participant *)b)->experiment + 1;

	return (x > y) - (x < y);
}

void partial_user_sort_participants(struct partial_user *u)
{
	if (u->n_participants > 1)
		qsort(u->participants, u->n_participants, sizeof *u->participants, by_experiment);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

void partial_user_sort_heard(struct partial_user *u)
{
	if (u->n_heard > 1)
		qsort(u->heard, u->n_heard, sizeof *u->heard, by_number);
}

bool partial_user_has_heard(const struct partial_user *u, size_t n, uint32_t track)
{
	return n > 0 && bsearch(&track, u->heard, n, sizeof *u->heard, by_number);
}

static int take_days(struct partial_user *u, struct partial_participant *p, const struct study *s, uint32_t participant)
{
	const struct days_sums *day = days_latest(&s->days, participant);

	p->days = u->n_days;
	for (; day; day = days_earlier(&s->days, day)) {
		struct partial_day *taken = partial_user_day(u);

		if (!taken)
			return -1;
		*taken = (struct partial_day){.day = day->day, .sessions = day->sessions, .did = day->did};
	}
	p->n_days = u->n_days - p->days;
	if (participant < s->n_first_days)
		p->first_day = s->first_days[participant];
	return 0;
}

static int take_times(struct partial_user *u, struct partial_participant *p, const struct study *s,
		      uint32_t participant)
{
	const struct study_sessions *all = &s->sessions;

	p->times = u->n_times;
	for (size_t k = all->first[participant]; k < all->first[participant + 1]; k++) {
		int64_t *time = partial_user_time(u);

		if (!time)
			return -1;
		*time = metrics_billionths(all->times[k]);
	}
	p->n_times = u->n_times - p->times;
	return 0;
}

static int take_participant(struct partial_user *u, const struct study *s, uint32_t participant)
{
	const struct study_participant *m = &s->participants[participant];
	struct partial_participant *p = partial_user_participant(u);

	if (!p)
		return -1;
	*p = (struct partial_participant){.did = m->did, .experiment = m->experiment};
	if (m->experiment == STUDY_BEFORE)
		return 0;
	if (s->keep.days && take_days(u, p, s, participant) < 0)
		return -1;
	return s->keep.sessions ? take_times(u, p, s, participant) : 0;
}

static int take_heard(struct partial_user *u, const struct study *s, uint32_t user)
{
	const struct play_counts *heard = recommendations_heard(&s->recommendations, user);

	for (size_t i = 0; heard && heard->tracks.n > 0 && i <= heard->tracks.mask; i++) {
		uint32_t *track;

		if (heard->tracks.slots[i].key == IDMAP_NONE)
			continue;
		track = partial_user_heard(u);
		if (!track)
			return -1;
		*track = heard->tracks.slots[i].key;
	}
	partial_user_sort_heard(u);
	return 0;
}

static int take_openings(struct partial_user *u, const struct study *s)
{
	for (uint32_t link = u->ends.opening; link != 0; link = s->openings[link - 1].next) {
		struct study_opening *taken = partial_user_opening(u);

		if (!taken)
			return -1;
		*taken = s->openings[link - 1];
	}
	return 0;
}

int partial_user_take(struct partial_user *u, const struct study *s, size_t i)
{
	uint32_t user = s->ids[i].value - 1;
	const struct study_user *of = &s->users[user];

	partial_user_reset(u);
	u->id = s->ids[i].key;
	u->in_session = of->in_session;
	u->latest = of->latest;
	u->ended = of->ended;
	u->digest = of->digest;
	u->left = of->left;
	u->ends = s->ends[user];
	if (s->order == STUDY_STREAM && (!s->merged || s->resumed))
		u->ends.ends = of->digest;
	for (uint32_t link = of->participant; link != 0; link = s->participants[link - 1].next)
		if (take_participant(u, s, link - 1) < 0)
			return -1;
	partial_user_sort_participants(u);
	if (s->keep.recommendations && (take_heard(u, s, user) < 0 || take_openings(u, s) < 0))
		return -1;
	return 0;
}

static int put_days(const struct partial_user *u, const struct partial_participant *p, struct study *s,
		    uint32_t participant)
{
	/* the latest is found first, so the earliest is put first */
	for (size_t i = p->n_days; i-- > 0;) {
		const struct partial_day *from = &u->days[p->days + i];
		struct days_sums *day = days_at(&s->days, participant, from->day);

		if (!day)
			return -1;
		day->did = from->did;
		day->sessions = from->sessions;
	}
	return s->keep.joinable && p->did.sessions > 0 ? study_first_day(s, participant, p->first_day) : 0;
}

static int put_participant(const struct partial_user *u, const struct partial_participant *p, struct study *s,
			   uint32_t user)
{
	const struct study_arm in = {.experiment = p->experiment, .arm = p->did.arm};
	struct study_participant *m = study_participant_at(s, user, in);
	uint32_t participant;

	if (!m)
		return -1;
	m->did = p->did;
	participant = (uint32_t)(m - s->participants);
	if (p->experiment == STUDY_BEFORE)
		return 0;
	for (size_t i = 0; s->keep.sessions && i < p->n_times; i++)
		if (study_keep_session(s, participant, metrics_tracks(u->times[p->times + i])) < 0)
			return -1;
	return s->keep.days ? put_days(u, p, s, participant) : 0;
}

static int put_recommendations(const struct partial_user *u, struct study *s, uint32_t user)
{
	if (u->in_session &&
	    recommendations_resume(&s->recommendations, user, u->heard, u->n_heard, s->keep.catalog) < 0)
		return -1;
	for (size_t i = 0; s->keep.joinable && i < u->n_openings; i++)
		if (study_add_opening(s, user, &u->openings[i]) < 0)
			return -1;
	return 0;
}

int partial_user_put(const struct partial_user *u, struct study *s)
{
	uint32_t user = study_user_at(s, u->id);
	struct study_user *to;

	if (user == STUDY_NO_USER)
		return -1;
	to = &s->users[user];
	to->in_session = u->in_session;
	to->latest = u->latest;
	to->ended = u->ended;
	to->digest = u->digest;
	to->counted = true;
	to->left = u->left;
	if (s->keep.joinable) {
		s->ends[user] = u->ends;
		s->ends[user].opening = s->ends[user].opening_end = 0;
	}
	/* each comes first in the chain of its user: from the last to the first */
	for (size_t i = u->n_participants; i-- > 0;)
		if (put_participant(u, &u->participants[i], s, user) < 0)
			return -1;
	return s->keep.recommendations ? put_recommendations(u, s, user) : 0;
}

#include "study/partial_user.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* STUDY_BEFORE comes first, then the experiments in the order of the report: so the same study has the same bytes. */
static int by_experiment(const void *a, const void *b)
{
	uint32_t x = ((const struct partial_participant *)a)->experiment + 1;
	uint32_t y = ((const struct partial_participant *)b)->experiment + 1;

	return (x > y) - (x < y);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
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
	if (u->n_heard > 1)
		qsort(u->heard, u->n_heard, sizeof *u->heard, by_number);
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
	if (u->n_participants > 1)
		qsort(u->participants, u->n_participants, sizeof *u->participants, by_experiment);
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

/* Adds to what was counted for the arms of a set. Returns 0, or -1 where there is no memory. */
static int count_for_set(struct study *s, uint32_t set, uint32_t source, const struct recommendations_count *count)
{
	size_t n = study_arms_of(s, set);

	for (size_t i = 0; i < n && s->arms[i].arm != STUDY_EARLY; i++)
		if (recommendations_add(&s->recommendations, s->arms[i].experiment, s->arms[i].arm, source, count) < 0)
			return -1;
	return 0;
}

/* The count with the other sign, to be added: sums of it are right modulo 2^64. */
static struct recommendations_count negated(const struct recommendations_count *c)
{
	return (struct recommendations_count){
		.recommendations = -c->recommendations, .pools = -c->pools, .pool = -c->pool,
		.repeated_tracks = -c->repeated_tracks, .with_artist = -c->with_artist,
		.repeated_artists = -c->repeated_artists,
	};
}

static bool is_heard(const struct partial_user *u, uint32_t track)
{
	return u->n_heard > 0 && bsearch(&track, u->heard, u->n_heard, sizeof *u->heard, by_number);
}

static uint32_t artist_of(const struct catalog *c, uint32_t track)
{
	uint32_t index = catalog_find(c, track);

	return index == CATALOG_NONE ? IDMAP_NONE : c->tracks[index].artist;
}

static bool is_artist_heard(const struct partial_user *u, const struct catalog *c, uint32_t track)
{
	uint32_t artist = c ? artist_of(c, track) : IDMAP_NONE;

	for (size_t i = 0; artist != IDMAP_NONE && i < u->n_heard; i++)
		if (artist_of(c, u->heard[i]) == artist)
			return true;
	return false;
}

/* Counts what an answer repeats of the session that had begun in the part before. */
static int repeat_opening(const struct partial_user *u, struct study_opening *o, struct study *s)
{
	struct recommendations_count more = {
		.repeated_tracks = !o->repeats_track && is_heard(u, o->track),
		.repeated_artists = o->has_artist && !o->repeats_artist &&
				    is_artist_heard(u, s->keep.catalog, o->track),
	};

	o->repeats_track = o->repeats_track || more.repeated_tracks > 0;
	o->repeats_artist = o->repeats_artist || more.repeated_artists > 0;
	if (more.repeated_tracks + more.repeated_artists == 0)
		return 0;
	return count_for_set(s, o->arms, o->source, &more);
}

/* Answers of the later part: those of its first session go on in the one that is open. */
static int join_openings(struct partial_user *u, struct partial_user *next, bool again, struct study *s)
{
	for (size_t i = 0; i < next->n_openings; i++) {
		struct study_opening *o = &next->openings[i], *kept;

		if (again && o->is_first)
			continue;
		if (u->in_session && repeat_opening(u, o, s) < 0)
			return -1;
		o->is_first = false;
		if (u->left || !study_may_repeat(o))
			continue;
		kept = partial_user_opening(u);
		if (!kept)
			return -1;
		*kept = *o;
	}
	return 0;
}

/* What the session that is open has heard: where none has ended in the later part, it is all that both heard. */
static int join_heard(struct partial_user *u, const struct partial_user *next)
{
	size_t own = u->in_session && !next->left ? u->n_heard : 0, n = 0;

	u->n_heard = own;
	for (size_t i = 0; i < next->n_heard; i++) {
		uint32_t *track;

		if (own > 0 && bsearch(&next->heard[i], u->heard, own, sizeof *u->heard, by_number))
			continue;
		track = partial_user_heard(u);
		if (!track)
			return -1;
		*track = next->heard[i];
	}
	n = u->n_heard;
	if (own > 0 && n > own)
		qsort(u->heard, n, sizeof *u->heard, by_number);
	return 0;
}

static struct partial_participant *find_participant(struct partial_user *u, uint32_t experiment)
{
	for (size_t i = 0; i < u->n_participants; i++)
		if (u->participants[i].experiment == experiment)
			return &u->participants[i];
	return NULL;
}

/* The day of a participant that is in its list; NULL where it is not. */
static struct partial_day *find_day(struct partial_user *u, const struct partial_participant *p, int32_t day)
{
	for (size_t i = 0; i < p->n_days; i++)
		if (u->days[p->days + i].day == day)
			return &u->days[p->days + i];
	return NULL;
}

/* Takes an event that came before already out of a participant: the first one, of which nothing is left. */
static void take_back(struct partial_user *u, struct partial_participant *p)
{
	const struct metrics_sums *one = &u->ends.one;
	struct partial_day *day;

	if (!u->ends.last) {
		metrics_sums_subtract(p->did.sessions > 0 ? &p->did.finished : &p->did.open, one);
		if (p->did.sessions == 0)
			return;
		day = find_day(u, p, p->first_day);
		if (day)
			metrics_sums_subtract(&day->did, one);
		if (p->n_times > 0)
			u->times[p->times] -= one->billionths;
		return;
	}
	metrics_sums_subtract(&p->did.finished, one);
	p->did.sessions--;
	day = find_day(u, p, p->first_day);
	if (day) {
		metrics_sums_subtract(&day->did, one);
		day->sessions--;
	}
	if (p->n_times > 0) {
		p->times++;
		p->n_times--;
	}
}

/* The same for all that its event named. */
static int take_back_first(struct partial_user *next, struct study *s)
{
	const struct study_ends *ends = &next->ends;
	size_t n = study_arms_of(s, ends->arms);
	struct partial_participant *before = find_participant(next, STUDY_BEFORE);
	const struct recommendations_count first = {
		.recommendations = 1, .pools = ends->answer.pool > 0, .pool = ends->answer.pool,
		.repeated_tracks = ends->repeats_track, .with_artist = ends->has_artist,
		.repeated_artists = ends->repeats_artist,
	}, none = negated(&first);

	s->duplicates++;
	if (s->keep.before && ends->from != EVENT_NO_TIMESTAMP && ends->from < s->keep.moment && before)
		take_back(next, before);
	for (size_t i = 0; i < n; i++) {
		struct partial_participant *p;

		if (s->arms[i].arm == STUDY_EARLY) {
			s->early_events[s->arms[i].experiment]--;
			continue;
		}
		p = find_participant(next, s->arms[i].experiment);
		if (p)
			take_back(next, p);
	}
	return s->keep.recommendations && ends->answer.recommendation != EVENT_NO_TRACK
		       ? count_for_set(s, ends->arms, ends->answer.source, &none) : 0;
}

/* Copies a range of days to the end, so that it can grow there. Returns 0, or -1 where there is no memory. */
static int move_days(struct partial_user *u, struct partial_participant *p)
{
	size_t to = u->n_days;

	for (size_t i = 0; i < p->n_days; i++) {
		struct partial_day *day = partial_user_day(u);

		if (!day)
			return -1;
		*day = u->days[p->days + i];
	}
	p->days = to;
	return 0;
}

static int by_day_backwards(const void *a, const void *b)
{
	int32_t x = ((const struct partial_day *)a)->day, y = ((const struct partial_day *)b)->day;

	return (x < y) - (x > y);
}

static int join_days(struct partial_user *u, struct partial_participant *p, const struct partial_user *next,
		     const struct partial_participant *more)
{
	if (move_days(u, p) < 0)
		return -1;
	for (size_t i = 0; i < more->n_days; i++) {
		const struct partial_day *from = &next->days[more->days + i];
		struct partial_day *day;

		if (from->sessions == 0)
			continue;
		day = find_day(u, p, from->day);
		if (!day) {
			day = partial_user_day(u);
			if (!day)
				return -1;
			*day = (struct partial_day){.day = from->day};
			p->n_days++;
		}
		day->sessions += from->sessions;
		metrics_sums_add(&day->did, &from->did);
	}
	if (p->n_days > 1)
		qsort(u->days + p->days, p->n_days, sizeof *u->days, by_day_backwards);
	return 0;
}

static int join_times(struct partial_user *u, struct partial_participant *p, const struct partial_user *next,
		      const struct partial_participant *more)
{
	size_t to = u->n_times;

	for (size_t i = 0; i < p->n_times + more->n_times; i++) {
		int64_t *time = partial_user_time(u);

		if (!time)
			return -1;
		*time = i < p->n_times ? u->times[p->times + i] : next->times[more->times + i - p->n_times];
	}
	p->times = to;
	p->n_times += more->n_times;
	return 0;
}

/* The session that is open ends with the first one of the later part. */
static void end_open_session(struct partial_participant *p, struct partial_user *next, struct partial_participant *more)
{
	struct partial_day *day = find_day(next, more, more->first_day);

	metrics_sums_add(&more->did.finished, &p->did.open);
	if (day)
		metrics_sums_add(&day->did, &p->did.open);
	if (more->n_times > 0)
		next->times[more->times] += p->did.open.billionths;
	p->did.open = (struct metrics_sums){0};
}

static int join_participant(struct partial_user *u, struct partial_participant *p, struct partial_user *next,
			    struct partial_participant *more)
{
	if (p->did.arm != more->did.arm)
		p->did.arm = METRICS_TWO_ARMS;
	if (more->did.sessions > 0)
		end_open_session(p, next, more);
	if (p->did.sessions == 0)
		p->first_day = more->first_day;
	p->did.sessions += more->did.sessions;
	metrics_sums_add(&p->did.finished, &more->did.finished);
	metrics_sums_add(&p->did.open, &more->did.open);
	if (more->n_days > 0 && join_days(u, p, next, more) < 0)
		return -1;
	return more->n_times > 0 ? join_times(u, p, next, more) : 0;
}

static int join_participants(struct partial_user *u, struct partial_user *next)
{
	for (size_t i = 0; i < next->n_participants; i++) {
		struct partial_participant *more = &next->participants[i], *p = find_participant(u, more->experiment);

		if (!p) {
			p = partial_user_participant(u);
			if (!p)
				return -1;
			*p = (struct partial_participant){.did = {.arm = more->did.arm}, .experiment = more->experiment,
							  .days = u->n_days, .times = u->n_times};
		}
		if (join_participant(u, p, next, more) < 0)
			return -1;
	}
	if (u->n_participants > 1)
		qsort(u->participants, u->n_participants, sizeof *u->participants, by_experiment);
	return 0;
}

/* Events of the later part's first moment come after the end of a session that ended at that moment. */
static void join_moments(struct partial_user *u, const struct partial_user *next, struct study *s)
{
	bool first_again = u->digest != 0 && u->digest == next->ends.first;
	uint32_t at_from = next->ends.at_from - (first_again && next->ends.at_from > 0);

	if (u->ended == next->ends.from) {
		s->after_end += at_from;
		at_from = 0;
	}
	if (u->ends.from == next->ends.from)
		u->ends.at_from += at_from;
	u->latest = next->latest;
	if (next->ended != EVENT_NO_TIMESTAMP)
		u->ended = next->ended;
	u->digest = next->digest;
}

int partial_user_join(struct partial_user *u, struct partial_user *next, struct study *s)
{
	bool again = u->ends.ends != 0 && u->ends.ends == next->ends.begins;

	if (again && take_back_first(next, s) < 0)
		return -1;
	if (s->keep.recommendations && (join_openings(u, next, again, s) < 0 || join_heard(u, next) < 0))
		return -1;
	if (join_participants(u, next) < 0)
		return -1;
	join_moments(u, next, s);
	u->in_session = next->in_session;
	u->left = u->left || next->left;
	u->ends.ends = next->ends.ends;
	return 0;
}

/* What two parts of a log, one later than the other, know of the same user: see partial_user.h. */
#include <stdlib.h>

#include "study/partial_user.h"
#include "study/study_internal.h"

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
		.repeated_tracks = !o->repeats_track && partial_user_has_heard(u, u->n_heard, o->track),
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
	size_t own = u->in_session && !next->left ? u->n_heard : 0;

	u->n_heard = own;
	for (size_t i = 0; i < next->n_heard; i++) {
		uint32_t *track;

		if (partial_user_has_heard(u, own, next->heard[i]))
			continue;
		track = partial_user_heard(u);
		if (!track)
			return -1;
		*track = next->heard[i];
	}
	if (own > 0 && u->n_heard > own)
		partial_user_sort_heard(u);
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
	partial_user_sort_participants(u);
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

#include "study/partial_code.h"

#include <stdlib.h>
#include <string.h>

#include "study/study_internal.h"

enum { HUNDREDTH = 10000000, MICROSECOND = 1000 }; /* in billionths of a track, and in nanoseconds */

/* What is true of a user. */
enum {
	IN_SESSION = 1 << 0,
	DATED = 1 << 1,	      /* some event has a timestamp */
	ENDED = 1 << 2,	      /* and so has a `last` */
	FIRST_UNDATED = 1 << 3,
	FIRST_LAST = 1 << 4,
	FIRST_LATENCY = 1 << 5,
	LEFT = 1 << 6,
	SORTED = 1 << 7,      /* the events that were counted first and last are not those of the log */
	FLAGS_ALL = (1 << 8) - 1
};

/* What is true of an answer. */
enum { REPEATS_TRACK = 1, HAS_ARTIST = 2, REPEATS_ARTIST = 4, IS_FIRST = 8, ANSWER_ALL = 15 };

void partial_numbers_clear(struct partial_numbers *n)
{
	for (size_t i = 0; n->arms && i < n->n_experiments; i++)
		free(n->arms[i]);
	free(n->experiments);
	free(n->arms);
	free(n->n_arms);
	free(n->sources);
	free(n->early);
	free(n->sets);
	*n = (struct partial_numbers){0};
}

static void put_sums(struct part_bytes *b, const struct metrics_sums *sums)
{
	part_put(b, sums->events);
	if (sums->events == 0)
		return;
	part_put_multiple(b, sums->billionths, HUNDREDTH);
	part_put(b, sums->events - sums->latencies);
	if (sums->latencies > 0)
		part_put_multiple(b, sums->nanoseconds, MICROSECOND);
}

static void get_sums(struct part_numbers *in, struct metrics_sums *sums)
{
	*sums = (struct metrics_sums){.events = (uint32_t)part_take_up_to(in, UINT32_MAX)};
	if (sums->events == 0)
		return;
	sums->billionths = part_take_multiple(in, HUNDREDTH);
	sums->latencies = sums->events - (uint32_t)part_take_up_to(in, sums->events);
	if (sums->latencies > 0)
		sums->nanoseconds = part_take_multiple(in, MICROSECOND);
	/* so that no sum of as many as there can be overflows */
	if (sums->billionths > (int64_t)sums->events * 1000000000)
		in->wrong = true;
}

static void put_days(struct part_bytes *b, const struct partial_user *u, const struct partial_participant *p)
{
	if (p->did.sessions > 0)
		part_put_signed(b, p->first_day);
	part_put(b, p->n_days);
	for (size_t i = 0; i < p->n_days; i++) {
		const struct partial_day *day = &u->days[p->days + i];

		if (i == 0)
			part_put_signed(b, day->day);
		else
			part_put(b, (uint64_t)((int64_t)day[-1].day - day->day));
		part_put(b, day->sessions);
		put_sums(b, &day->did);
	}
}

static int get_days(struct part_numbers *in, struct partial_user *u, struct partial_participant *p)
{
	size_t n;
	int64_t number = p->did.sessions > 0 ? part_take_signed(in) : 0;

	in->wrong = in->wrong || number < INT32_MIN || number > INT32_MAX;
	p->first_day = (int32_t)number;
	p->days = u->n_days;
	n = p->n_days = part_take_length(in, 3);
	for (size_t i = 0; i < n; i++) {
		struct partial_day *day = partial_user_day(u);

		if (!day)
			return -1;
		number = i == 0 ? part_take_signed(in) : number - (int64_t)part_take_up_to(in, UINT32_MAX);
		in->wrong = in->wrong || number < INT32_MIN || number > INT32_MAX || (i > 0 && number >= day[-1].day);
		day->day = (int32_t)number;
		day->sessions = (uint32_t)part_take_up_to(in, UINT32_MAX);
		in->wrong = in->wrong || day->sessions == 0;
		get_sums(in, &day->did);
	}
	return 0;
}

static void put_times(struct part_bytes *b, const struct partial_user *u, const struct partial_participant *p)
{
	part_put(b, p->n_times);
	for (size_t i = 0; i < p->n_times; i++)
		part_put_multiple(b, u->times[p->times + i], HUNDREDTH);
}

static int get_times(struct part_numbers *in, struct partial_user *u, struct partial_participant *p)
{
	size_t n = part_take_length(in, 1);

	p->times = u->n_times;
	p->n_times = n;
	for (size_t i = 0; i < n; i++) {
		int64_t *time = partial_user_time(u);

		if (!time)
			return -1;
		*time = part_take_multiple(in, HUNDREDTH);
		in->wrong = in->wrong || *time > INT64_MAX / 4;
	}
	return 0;
}

/* Whether a participant did what the one before did: mostly an event names all experiments. */
static bool did_the_same(const struct partial_user *u, const struct partial_participant *p)
{
	const struct partial_participant *o = p - 1;

	if (p == u->participants || o->experiment == STUDY_BEFORE || p->did.sessions != o->did.sessions ||
	    memcmp(&p->did.finished, &o->did.finished, sizeof p->did.finished) != 0 ||
	    memcmp(&p->did.open, &o->did.open, sizeof p->did.open) != 0)
		return false;
	if (p->first_day != o->first_day || p->n_days != o->n_days || p->n_times != o->n_times)
		return false;
	for (size_t i = 0; i < p->n_days; i++)
		if (memcmp(&u->days[p->days + i], &u->days[o->days + i], sizeof *u->days) != 0)
			return false;
	return p->n_times == 0 ||
	       memcmp(&u->times[p->times], &u->times[o->times], p->n_times * sizeof *u->times) == 0;
}

static void put_participant(struct part_bytes *b, const struct partial_user *u, const struct partial_participant *p,
			    const struct partial_shape *shape, const struct partial_numbers *to)
{
	bool before = p->experiment == STUDY_BEFORE, same = did_the_same(u, p);

	part_put(b, (uint64_t)(before ? 0 : p->experiment + 1) << 1 | same);
	if (!before)
		part_put(b, p->did.arm == METRICS_TWO_ARMS ? 0 : (uint64_t)to->arms[p->experiment][p->did.arm] + 1);
	if (same)
		return;
	part_put(b, p->did.sessions);
	if (p->did.sessions > 0)
		put_sums(b, &p->did.finished);
	put_sums(b, &p->did.open);
	if (shape->days && !before)
		put_days(b, u, p);
	if (shape->sessions && !before)
		put_times(b, u, p);
}

/* The number of an arm, of which 0 is METRICS_TWO_ARMS. */
static uint32_t get_arm(struct part_numbers *in, const struct partial_numbers *to, size_t experiment)
{
	uint64_t place = part_take_up_to(in, to->n_arms[experiment]);

	return place == 0 ? METRICS_TWO_ARMS : to->arms[experiment][place - 1];
}

static int get_sums_of_participant(struct part_numbers *in, struct partial_user *u, struct partial_participant *p,
				   const struct partial_shape *shape, bool before)
{
	p->did.sessions = (uint32_t)part_take_up_to(in, UINT32_MAX);
	if (p->did.sessions > 0)
		get_sums(in, &p->did.finished);
	get_sums(in, &p->did.open);
	if (shape->days && !before && get_days(in, u, p) < 0)
		return -1;
	return shape->sessions && !before ? get_times(in, u, p) : 0;
}

/* Gives a participant that did the same as the one before days and times of its own. */
static int copy_lists(struct partial_user *u, struct partial_participant *p)
{
	size_t days = p->days, times = p->times;

	p->days = u->n_days;
	p->times = u->n_times;
	for (size_t i = 0; i < p->n_days; i++) {
		struct partial_day *day = partial_user_day(u);

		if (!day)
			return -1;
		*day = u->days[days + i];
	}
	for (size_t i = 0; i < p->n_times; i++) {
		int64_t *time = partial_user_time(u);

		if (!time)
			return -1;
		*time = u->times[times + i];
	}
	return 0;
}

/* Takes the next participant; *place is that of its experiment, plus 1, and that of the one before. */
static int get_participant(struct part_numbers *in, struct partial_user *u, const struct partial_shape *shape,
			   const struct partial_numbers *to, uint64_t *place)
{
	uint64_t key = part_take_up_to(in, (uint64_t)to->n_experiments << 1 | 1), number = key >> 1;
	struct partial_participant *p = partial_user_participant(u);
	bool same = key & 1;

	if (!p)
		return -1;
	*p = (struct partial_participant){0};
	/* in order, so that none comes twice; and what is the same is that of another one */
	if (in->wrong || (u->n_participants > 1 && number <= *place) ||
	    (same && (u->n_participants < 2 || p[-1].experiment == STUDY_BEFORE))) {
		in->wrong = true;
		return 0;
	}
	*place = number;
	if (same)
		*p = p[-1];
	p->experiment = number == 0 ? STUDY_BEFORE : to->experiments[number - 1];
	p->did.arm = number == 0 ? 0 : get_arm(in, to, number - 1);
	return same ? copy_lists(u, p) : get_sums_of_participant(in, u, p, shape, number == 0);
}

/* Leaves out the participants of experiments that are not wanted, and what the study does not keep. */
static void leave_out(struct partial_user *u, const struct study_keep *keep)
{
	size_t n = 0;

	for (size_t i = 0; i < u->n_participants; i++) {
		struct partial_participant *p = &u->participants[n];

		if (u->participants[i].experiment == PARTIAL_LEFT_OUT)
			continue;
		*p = u->participants[i];
		n++;
		if (!keep->days)
			p->n_days = (size_t)(p->first_day = 0);
		if (!keep->sessions)
			p->n_times = 0;
	}
	u->n_participants = n;
}

static void put_answer(struct part_bytes *b, const struct study_ends *ends, const struct partial_numbers *to)
{
	part_put(b, ends->answer.recommendation == EVENT_NO_TRACK ? 0 : (uint64_t)ends->answer.recommendation + 1);
	if (ends->answer.recommendation == EVENT_NO_TRACK)
		return;
	part_put(b, to->sources[ends->answer.source]);
	part_put(b, ends->answer.pool);
	part_put(b, (ends->repeats_track ? REPEATS_TRACK : 0) | (ends->has_artist ? HAS_ARTIST : 0) |
			    (ends->repeats_artist ? REPEATS_ARTIST : 0));
}

/* The number of a source or of a set of arms. */
static uint32_t get_number(struct part_numbers *in, const uint32_t *numbers, size_t n)
{
	uint64_t place = part_take(in);

	if (place < n)
		return numbers[place];
	in->wrong = true;
	return 0;
}

static void get_answer(struct part_numbers *in, struct study_ends *ends, const struct partial_numbers *to, bool artists)
{
	uint64_t track = part_take_up_to(in, UINT32_MAX), flags;

	ends->answer = (struct answer){.recommendation = track == 0 ? EVENT_NO_TRACK : (uint32_t)track - 1};
	if (track == 0)
		return;
	ends->answer.source = get_number(in, to->sources, to->n_sources);
	ends->answer.pool = (uint32_t)part_take_up_to(in, UINT32_MAX);
	flags = part_take_up_to(in, ANSWER_ALL);
	ends->repeats_track = flags & REPEATS_TRACK;
	ends->has_artist = artists && (flags & HAS_ARTIST);
	ends->repeats_artist = artists && (flags & REPEATS_ARTIST);
}

static void put_opening(struct part_bytes *b, const struct study_opening *o, const struct partial_numbers *to)
{
	part_put(b, o->track);
	part_put(b, to->sets[o->arms]);
	part_put(b, to->sources[o->source]);
	part_put(b, (o->repeats_track ? REPEATS_TRACK : 0) | (o->has_artist ? HAS_ARTIST : 0) |
			    (o->repeats_artist ? REPEATS_ARTIST : 0) | (o->is_first ? IS_FIRST : 0));
}

static int get_opening(struct part_numbers *in, struct partial_user *u, const struct partial_numbers *to, bool artists)
{
	struct study_opening *o = partial_user_opening(u);
	uint64_t flags;

	if (!o)
		return -1;
	*o = (struct study_opening){0};
	o->track = (uint32_t)part_take_up_to(in, INT32_MAX);
	o->arms = get_number(in, to->sets, to->n_sets);
	o->source = get_number(in, to->sources, to->n_sources);
	flags = part_take_up_to(in, ANSWER_ALL);
	o->repeats_track = flags & REPEATS_TRACK;
	o->has_artist = artists && (flags & HAS_ARTIST);
	o->repeats_artist = artists && (flags & REPEATS_ARTIST);
	o->is_first = flags & IS_FIRST;
	if (!study_may_repeat(o))
		u->n_openings--;
	return 0;
}

static void put_answers_of(struct part_bytes *b, const struct partial_user *u, const struct partial_numbers *to)
{
	uint32_t before = 0;

	put_answer(b, &u->ends, to);
	part_put(b, u->n_heard);
	for (size_t i = 0; i < u->n_heard; i++)
		part_put_id(b, u->heard[i], &before);
	part_put(b, u->n_openings);
	for (size_t i = 0; i < u->n_openings; i++)
		put_opening(b, &u->openings[i], to);
}

static int get_answers_of(struct part_numbers *in, struct partial_user *u, const struct partial_numbers *to,
			  bool artists)
{
	uint32_t track = 0;
	size_t n;

	get_answer(in, &u->ends, to, artists);
	n = part_take_length(in, 1);
	for (size_t i = 0; i < n; i++) {
		uint32_t *heard = partial_user_heard(u), before = track;

		if (!heard)
			return -1;
		*heard = part_take_id(in, &track);
		in->wrong = in->wrong || (i > 0 && track == before);
	}
	n = part_take_length(in, 4);
	for (size_t i = 0; i < n; i++)
		if (get_opening(in, u, to, artists) < 0)
			return -1;
	return 0;
}

static uint64_t flags_of(const struct partial_user *u)
{
	return (u->in_session ? IN_SESSION : 0) | (u->ends.from != EVENT_NO_TIMESTAMP ? DATED : 0) |
	       (u->ended != EVENT_NO_TIMESTAMP ? ENDED : 0) | (u->ends.undated ? FIRST_UNDATED : 0) |
	       (u->ends.last ? FIRST_LAST : 0) | (u->ends.one.latencies > 0 ? FIRST_LATENCY : 0) |
	       (u->left ? LEFT : 0) | (partial_user_is_sorted(u) ? SORTED : 0);
}

/* The moments of a user. */
static void put_ends(struct part_bytes *b, const struct partial_user *u, const struct partial_shape *shape,
		     const struct partial_numbers *to)
{
	const struct study_ends *ends = &u->ends;

	if (ends->from != EVENT_NO_TIMESTAMP) {
		part_put(b, (uint64_t)ends->from - (uint64_t)shape->from);
		part_put(b, (uint64_t)u->latest - (uint64_t)ends->from);
		part_put(b, ends->at_from);
	}
	if (u->ended != EVENT_NO_TIMESTAMP)
		part_put(b, (uint64_t)u->latest - (uint64_t)u->ended);
	part_put_word(b, ends->begins);
	part_put_word(b, ends->ends);
	if (partial_user_is_sorted(u)) {
		part_put_word(b, ends->first);
		part_put_word(b, u->digest);
	}
	part_put(b, to->sets[ends->arms]);
	part_put_multiple(b, ends->one.billionths, HUNDREDTH);
	if (ends->one.latencies > 0)
		part_put_multiple(b, ends->one.nanoseconds, MICROSECOND);
}

static void get_ends(struct part_numbers *in, struct partial_user *u, const struct partial_shape *shape,
		     const struct partial_numbers *to, uint64_t flags)
{
	struct study_ends *ends = &u->ends;

	if (flags & DATED) {
		ends->from = (int64_t)((uint64_t)shape->from + part_take(in));
		u->latest = (int64_t)((uint64_t)ends->from + part_take(in));
		ends->at_from = (uint32_t)part_take_up_to(in, UINT32_MAX);
		in->wrong = in->wrong || ends->from == EVENT_NO_TIMESTAMP || u->latest < ends->from;
	}
	if (flags & ENDED) {
		u->ended = (int64_t)((uint64_t)u->latest - part_take(in));
		in->wrong = in->wrong || !(flags & DATED) || u->ended > u->latest || u->ended < ends->from;
	}
	ends->first = ends->begins = part_take_word(in);
	u->digest = ends->ends = part_take_word(in);
	if (flags & SORTED) {
		ends->first = part_take_word(in);
		u->digest = part_take_word(in);
	}
	ends->arms = get_number(in, to->sets, to->n_sets);
	ends->one = (struct metrics_sums){.billionths = part_take_multiple(in, HUNDREDTH), .events = 1};
	if (flags & FIRST_LATENCY) {
		ends->one.latencies = 1;
		ends->one.nanoseconds = part_take_multiple(in, MICROSECOND);
	}
	ends->undated = flags & FIRST_UNDATED;
	ends->last = flags & FIRST_LAST;
}

void partial_put_user(struct part_bytes *b, const struct partial_user *u, const struct partial_shape *shape,
		      const struct partial_numbers *to, uint64_t before)
{
	part_put(b, u->id - before);
	part_put(b, flags_of(u));
	put_ends(b, u, shape, to);
	part_put(b, u->n_participants);
	for (size_t i = 0; i < u->n_participants; i++)
		put_participant(b, u, &u->participants[i], shape, to);
	if (shape->answers)
		put_answers_of(b, u, to);
}

uint32_t partial_next_id(const struct part_numbers *in, uint64_t before)
{
	struct part_numbers copy = *in;
	uint64_t id = before + part_take_up_to(&copy, INT32_MAX);

	return id <= INT32_MAX ? (uint32_t)id : UINT32_MAX;
}

int partial_get_user(struct part_numbers *in, struct partial_user *u, const struct partial_shape *shape,
		     const struct partial_numbers *to, const struct study_keep *keep, uint64_t before,
		     struct errmsg *e)
{
	uint64_t id = before + part_take_up_to(in, INT32_MAX), flags, place = 0;
	size_t n;

	partial_user_reset(u);
	u->id = (uint32_t)id;
	flags = part_take_up_to(in, FLAGS_ALL);
	u->in_session = flags & IN_SESSION;
	u->left = flags & LEFT;
	u->latest = u->ended = EVENT_NO_TIMESTAMP;
	get_ends(in, u, shape, to, flags);
	n = part_take_length(in, 2);
	for (size_t i = 0; i < n && !in->wrong; i++)
		if (get_participant(in, u, shape, to, &place) < 0)
			return errmsg_nomem(e);
	if (shape->answers && !in->wrong && get_answers_of(in, u, to, *keep->artists) < 0)
		return errmsg_nomem(e);
	if (in->wrong || id > INT32_MAX)
		return part_refuse(e);
	leave_out(u, keep);
	return 0;
}

void partial_put_answers(struct part_bytes *b, const struct recommendations_count *count)
{
	part_put(b, count->recommendations);
	part_put(b, count->pools);
	part_put(b, count->pool);
	part_put(b, count->repeated_tracks);
	part_put(b, count->with_artist);
	part_put(b, count->repeated_artists);
}

void partial_get_answers(struct part_numbers *in, struct recommendations_count *count)
{
	/* of each there are fewer than would overflow with those of a thousand million parts */
	const uint64_t most = INT64_MAX >> 31;

	count->recommendations = part_take_up_to(in, most);
	count->pools = part_take_up_to(in, most);
	count->pool = part_take_up_to(in, INT64_MAX >> 8);
	count->repeated_tracks = part_take_up_to(in, most);
	count->with_artist = part_take_up_to(in, most);
	count->repeated_artists = part_take_up_to(in, most);
}

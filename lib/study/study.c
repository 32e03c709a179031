#include "study/study.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "event/event_digest.h"
#include "study/study_internal.h"

void study_init(struct study *s, enum study_order order, char *const *wanted, size_t n_wanted)
{
	*s = (struct study){.order = order, .sorted = order == STUDY_HOLD, .wanted = wanted, .n_wanted = n_wanted};
}

void study_keep(struct study *s, const struct study_keep *keep)
{
	s->keep = *keep;
}

void study_clear(struct study *s)
{
	for (size_t i = 0; i < s->names.n; i++) {
		intern_clear(&s->experiments[i].arms);
		metrics_summary_clear(&s->experiments[i].summary);
	}
	free(s->experiments);
	intern_clear(&s->names);
	intern_clear(&s->early);
	free(s->early_events);
	id_index_clear(&s->index);
	free(s->users);
	free(s->ids);
	free(s->participants);
	days_clear(&s->days);
	free(s->sessions.times);
	free(s->sessions.participants);
	free(s->sessions.first);
	recommendations_clear(&s->recommendations);
	free(s->arms);
	intern_clear(&s->arm_sets);
	free(s->held);
	free(s->held_answers);
	input_logs_clear(&s->logs);
	free(s->ends);
	free(s->openings);
	free(s->first_days);
	*s = (struct study){0};
}

static bool is_wanted(const struct study *s, struct slice name)
{
	for (size_t i = 0; i < s->n_wanted; i++)
		if (slice_equal(slice_of(s->wanted[i]), name))
			return true;
	return s->n_wanted == 0;
}

uint32_t study_experiment_at(struct study *s, struct slice name, uint32_t guess)
{
	size_t known = s->names.n;
	uint32_t number;

	/* first the room, so that no name is without its experiment */
	if (known == s->experiments_cap) {
		struct study_experiment *experiments;

		experiments = grow(s->experiments, &s->experiments_cap, known + 1, sizeof *experiments);
		if (!experiments)
			return INTERN_NONE;
		s->experiments = experiments;
	}
	number = intern_add(&s->names, name, guess);
	if (s->names.n > known) {
		s->experiments[number] = (struct study_experiment){
			.wanted = is_wanted(s, name), .first = INT64_MAX, .place = UINT32_MAX,
		};
		s->n_reported += s->experiments[number].wanted;
	}
	return number;
}

int study_fail(const struct study *s, struct errmsg *e)
{
	if (s->n_reported <= STUDY_EXPERIMENTS_MAX)
		return errmsg_nomem(e);
	return errmsg_set(e, "more than %d experiments to report on; is an id taken for a name? --experiment names "
			  "those that are wanted", STUDY_EXPERIMENTS_MAX);
}

uint32_t study_add_early(struct study *s, struct slice name, uint32_t guess, uint64_t events)
{
	size_t known = s->early.n;
	uint64_t *counts = grow(s->early_events, &s->early_cap, known + 1, sizeof *counts);
	uint32_t number;

	if (!counts)
		return INTERN_NONE;
	s->early_events = counts;
	number = intern_add(&s->early, name, guess);
	if (number == INTERN_NONE)
		return INTERN_NONE;
	if (s->early.n > known)
		counts[number] = 0;
	/* parts may say anything */
	counts[number] = events > INT64_MAX - counts[number] ? INT64_MAX : counts[number] + events;
	return number;
}

/*
 * Turns the names in an event into numbers: s->arms[0 .. *n). Returns 0, or -1 where there is no memory or there
 * are too many experiments.
 */
static int read_arms(struct study *s, const struct event *ev, int64_t timestamp, size_t *n)
{
	struct study_arm *arms = grow(s->arms, &s->arms_cap, ev->n_arms, sizeof *arms);

	if (!arms)
		return -1;
	s->arms = arms;
	for (size_t i = 0; i < ev->n_arms; i++) {
		uint32_t experiment = study_experiment_at(s, ev->arms[i].experiment, (uint32_t)i), arm;
		struct study_experiment *x;

		if (experiment == INTERN_NONE || s->n_reported > STUDY_EXPERIMENTS_MAX)
			return -1;
		x = &s->experiments[experiment];
		study_seen(x, timestamp, (uint32_t)i);
		if (!x->wanted)
			continue;
		arm = intern_add(&x->arms, ev->arms[i].arm, x->last_arm);
		if (arm == INTERN_NONE)
			return -1;
		x->last_arm = arm;
		arms[(*n)++] = (struct study_arm){.experiment = experiment, .arm = arm};
	}
	return 0;
}

/*
 * The same for an event before the moment: takes note of the experiments that it names. Returns 0, or -1 where there
 * is no memory.
 */
static int read_early_arms(struct study *s, const struct event *ev, size_t *n)
{
	struct study_arm *arms = grow(s->arms, &s->arms_cap, ev->n_arms, sizeof *arms);

	if (!arms)
		return -1;
	s->arms = arms;
	for (size_t i = 0; i < ev->n_arms; i++) {
		uint32_t number = study_add_early(s, ev->arms[i].experiment, (uint32_t)i, 1);

		if (number == INTERN_NONE)
			return -1;
		arms[(*n)++] = (struct study_arm){.experiment = number, .arm = STUDY_EARLY};
	}
	return 0;
}

static int add_user(struct study *s)
{
	struct study_user *users = grow(s->users, &s->users_cap, s->n_users + 1, sizeof *users);

	if (!users)
		return -1;
	s->users = users;
	users[s->n_users++] = (struct study_user){
		.latest = EVENT_NO_TIMESTAMP, .ended = EVENT_NO_TIMESTAMP,
	};
	return s->keep.joinable ? study_ends_add(s) : 0;
}

uint32_t study_user_at(struct study *s, uint32_t id)
{
	uint32_t *place = id_index_at(&s->index, id);

	if (!place)
		return STUDY_NO_USER;
	if (*place == 0) {
		if (add_user(s) < 0)
			return STUDY_NO_USER;
		*place = (uint32_t)s->n_users;
	}
	return *place - 1;
}

/* Whether an event of this digest is the user's event before over again; if not, it is remembered as such. */
static bool is_duplicate(struct study_user *u, uint64_t digest)
{
	if (digest != 0 && digest == u->digest)
		return true;
	u->digest = digest;
	return false;
}

/* Counts an event that comes too late. */
static void check_order(struct study *s, uint32_t user, const struct event *ev)
{
	struct study_user *u = &s->users[user];
	bool after_end = ev->timestamp <= u->ended;

	if (ev->timestamp == EVENT_NO_TIMESTAMP)
		return;
	s->after_end += after_end;
	if (s->keep.joinable)
		study_ends_order(s, user, ev->timestamp, after_end);
	if (ev->timestamp < u->latest)
		s->out_of_order++;
	else
		u->latest = ev->timestamp;
	if (ev->message == EVENT_LAST && ev->timestamp > u->ended)
		u->ended = ev->timestamp;
}

/* The link to the record of a user in an experiment: its place plus 1, or 0 where there is none. */
static uint32_t find_participant(const struct study *s, size_t user, uint32_t experiment)
{
	uint32_t link = s->users[user].participant;

	while (link != 0 && s->participants[link - 1].experiment != experiment)
		link = s->participants[link - 1].next;
	return link;
}

const struct study_participant *study_participant(const struct study *s, size_t user, uint32_t experiment)
{
	uint32_t link = find_participant(s, user, experiment);

	return link != 0 ? &s->participants[link - 1] : NULL;
}

const struct study_participant *study_counted(const struct study *s, size_t i, uint32_t experiment)
{
	const struct study_participant *m = study_participant(s, s->ids[i].value - 1, experiment);

	return m && m->did.arm != METRICS_TWO_ARMS && m->did.sessions > 0 ? m : NULL;
}

/* A new record of a user in an experiment; it comes first in the user's chain. NULL where there is no memory. */
static struct study_participant *add_participant(struct study *s, uint32_t user, struct study_arm in)
{
	struct study_participant *participants;

	participants = grow(s->participants, &s->participants_cap, s->n_participants + 1, sizeof *participants);
	if (!participants)
		return NULL;
	s->participants = participants;
	if (s->n_participants == UINT32_MAX)
		return NULL;
	participants[s->n_participants] = (struct study_participant){
		.did = {.arm = in.arm}, .experiment = in.experiment, .next = s->users[user].participant,
	};
	s->users[user].participant = (uint32_t)++s->n_participants;
	return &participants[s->n_participants - 1];
}

struct study_participant *study_participant_at(struct study *s, uint32_t user, struct study_arm in)
{
	uint32_t link = find_participant(s, user, in.experiment);

	return link != 0 ? &s->participants[link - 1] : add_participant(s, user, in);
}

int study_keep_session(struct study *s, uint32_t participant, double time)
{
	struct study_sessions *all = &s->sessions;
	double *times = grow(all->times, &all->times_cap, all->n + 1, sizeof *times);
	uint32_t *participants;

	if (!times)
		return -1;
	all->times = times;
	participants = grow(all->participants, &all->participants_cap, all->n + 1, sizeof *participants);
	if (!participants)
		return -1;
	all->participants = participants;
	times[all->n] = time;
	participants[all->n++] = participant;
	return 0;
}

/* Takes note of the open session of a participant, which ends now, as far as that was asked for. */
static int keep_session(struct study *s, const struct study_participant *m, int64_t timestamp)
{
	uint32_t participant = (uint32_t)(m - s->participants);

	if (m->experiment == STUDY_BEFORE)
		return 0;
	if (s->keep.sessions && study_keep_session(s, participant, metrics_tracks(m->did.open.billionths)) < 0)
		return -1;
	if (!s->keep.days)
		return 0;
	if (s->keep.joinable && m->did.sessions == 0 && study_first_day(s, participant, days_of(timestamp)) < 0)
		return -1;
	return days_add(&s->days, participant, timestamp, &m->did.open);
}

static int count_in(struct study *s, uint32_t user, struct study_event *ev, struct study_arm in)
{
	struct study_participant *m = study_participant_at(s, user, in);

	if (!m)
		return -1;
	ev->did.arm = in.arm;
	metrics_play(&m->did, &ev->did);
	if (!ev->did.last)
		return 0;
	if ((s->keep.sessions || s->keep.days) && keep_session(s, m, ev->timestamp) < 0)
		return -1;
	metrics_close(&m->did);
	return 0;
}

/* Counts the answer in an event for its arms. Leaves it in *found. */
static int count_answer(struct study *s, uint32_t user, const struct study_event *ev, size_t n_arms,
			struct recommendations_count *found)
{
	if (recommendations_hear(&s->recommendations, user, &ev->answer, ev->did.last, s->keep.catalog, found) < 0)
		return -1;
	for (size_t i = 0; found->recommendations > 0 && i < n_arms; i++) {
		const struct study_arm *in = &s->arms[i];

		if (recommendations_add(&s->recommendations, in->experiment, in->arm, ev->answer.source, found) < 0)
			return -1;
	}
	return 0;
}

/* Whether a moment is one that no experiment counts. */
static bool is_before(const struct study *s, int64_t timestamp)
{
	return s->keep.before && timestamp != EVENT_NO_TIMESTAMP && timestamp < s->keep.moment;
}

int study_count(struct study *s, uint32_t user, struct study_event *ev)
{
	size_t n_arms = ev->n_arms > 0 && s->arms[0].arm == STUDY_EARLY ? 0 : ev->n_arms;
	struct recommendations_count found = {0};

	s->users[user].in_session = !ev->did.last;
	if (is_before(s, ev->timestamp) && count_in(s, user, ev, (struct study_arm){.experiment = STUDY_BEFORE}) < 0)
		return -1;
	for (size_t i = 0; i < n_arms; i++)
		if (count_in(s, user, ev, s->arms[i]) < 0)
			return -1;
	if (s->keep.recommendations && count_answer(s, user, ev, n_arms, &found) < 0)
		return -1;
	return s->keep.joinable ? study_ends_count(s, user, ev, &found) : 0;
}

static int hold_answer(struct study *s, const struct answer *answer)
{
	struct answer *held = grow(s->held_answers, &s->held_answers_cap, s->n_held + 1, sizeof *held);

	if (!held)
		return -1;
	s->held_answers = held;
	held[s->n_held] = *answer;
	return 0;
}

static int hold_event(struct study *s, uint32_t user, const struct study_event *counted)
{
	struct study_held *held = grow(s->held, &s->held_cap, s->n_held + 1, sizeof *held);
	uint32_t set;

	if (!held)
		return -1;
	s->held = held;
	set = study_arm_set(s, s->arms, counted->n_arms, s->n_held > 0 ? held[s->n_held - 1].arms : 0);
	if (set == INTERN_NONE || (s->keep.recommendations && hold_answer(s, &counted->answer) < 0))
		return -1;
	held[s->n_held] = (struct study_held){
		.timestamp = counted->timestamp,
		.billionths = counted->did.billionths, .nanoseconds = counted->did.nanoseconds,
		.user = user, .arms = set, .digest = counted->digest,
		.order = s->n_held, .last = counted->did.last, .undated = counted->undated,
	};
	s->n_held++;
	return 0;
}

/* Takes an event that is not a duplicate. Returns 0; or -1, and study_fail says why. */
static int take_event(struct study *s, uint32_t user, const struct event *ev)
{
	struct study_event counted = {
		.did = {.last = ev->message == EVENT_LAST, .billionths = metrics_billionths(ev->time),
			.nanoseconds = metrics_nanoseconds(ev->latency)},
		.timestamp = ev->timestamp == EVENT_NO_TIMESTAMP ? s->users[user].latest : ev->timestamp,
		.digest = s->users[user].digest, .undated = ev->timestamp == EVENT_NO_TIMESTAMP, .arms = INTERN_NONE,
	};

	if (is_before(s, counted.timestamp) ? read_early_arms(s, ev, &counted.n_arms) < 0
					    : read_arms(s, ev, counted.timestamp, &counted.n_arms) < 0)
		return -1;
	if (s->keep.recommendations && recommendations_of(&s->recommendations, ev, &counted.answer) < 0)
		return -1;
	if (s->order == STUDY_STREAM)
		return study_count(s, user, &counted);
	return hold_event(s, user, &counted);
}

int study_add(struct study *s, const struct event *ev, struct errmsg *e)
{
	uint32_t user = study_user_at(s, ev->user);
	bool dated = ev->timestamp != EVENT_NO_TIMESTAMP;
	uint64_t digest = dated || s->keep.joinable ? event_digest(ev) : 0;

	if (user == STUDY_NO_USER || (s->keep.joinable && study_ends_read(s, user, ev, digest) < 0))
		return errmsg_nomem(e);
	s->events++;
	if (is_duplicate(&s->users[user], dated ? digest : 0)) {
		s->duplicates++;
		return 0;
	}
	check_order(s, user, ev);
	return take_event(s, user, ev) < 0 ? study_fail(s, e) : 0;
}

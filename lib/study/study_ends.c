#include <string.h>

#include "base/grow.h"
#include "study/study.h"
#include "study/study_internal.h"

int study_ends_add(struct study *s)
{
	struct study_ends *ends = grow(s->ends, &s->ends_cap, s->n_users, sizeof *ends);

	if (!ends)
		return -1;
	s->ends = ends;
	ends[s->n_users - 1] = (struct study_ends){.from = EVENT_NO_TIMESTAMP};
	return 0;
}

int study_ends_read(struct study *s, uint32_t user, const struct event *ev, uint64_t digest)
{
	const struct study_user *u = &s->users[user];

	if (s->logs.n == 0 && input_logs_begin(&s->logs, "a log") < 0)
		return -1;
	input_logs_note(&s->logs, ev->timestamp, digest);
	/* of the first one; what a user's events would touch is kept beside what they touch anyway */
	if (u->latest == EVENT_NO_TIMESTAMP && !u->counted && s->ends[user].first == 0 &&
	    ev->timestamp != EVENT_NO_TIMESTAMP)
		s->ends[user].first = digest;
	return 0;
}

void study_ends_order(struct study *s, uint32_t user, int64_t timestamp, bool after_end)
{
	struct study_ends *ends = &s->ends[user];
	int64_t latest = s->users[user].latest;

	if (latest != EVENT_NO_TIMESTAMP && timestamp > latest)
		return;
	if (ends->from == EVENT_NO_TIMESTAMP || timestamp < ends->from) {
		ends->from = timestamp;
		ends->at_from = 0;
	}
	ends->at_from += timestamp == ends->from && !after_end;
}

uint32_t study_arm_set(struct study *s, const struct study_arm *arms, size_t n, uint32_t guess)
{
	return intern_add(&s->arm_sets, (struct slice){.text = (const char *)arms, .len = n * sizeof *arms}, guess);
}

size_t study_arms_of(struct study *s, uint32_t set)
{
	const struct interned *bytes = &s->arm_sets.list[set];

	/* copied: what is interned need not be aligned. There is room: the arms of an event were read there */
	if (bytes->len > 0)
		memcpy(s->arms, bytes->text, bytes->len);
	return bytes->len / sizeof *s->arms;
}

int study_add_opening(struct study *s, uint32_t user, const struct study_opening *opening)
{
	struct study_opening *list = grow(s->openings, &s->openings_cap, s->n_openings + 1, sizeof *list);
	struct study_ends *ends = &s->ends[user];

	if (!list || s->n_openings == UINT32_MAX)
		return -1;
	s->openings = list;
	list[s->n_openings] = *opening;
	list[s->n_openings++].next = 0;
	if (ends->opening == 0)
		ends->opening = (uint32_t)s->n_openings;
	else
		list[ends->opening_end - 1].next = (uint32_t)s->n_openings;
	ends->opening_end = (uint32_t)s->n_openings;
	return 0;
}

bool study_may_repeat(const struct study_opening *o)
{
	return !o->repeats_track || (o->has_artist && !o->repeats_artist);
}

/* The set of the arms of an event that is being counted. */
static uint32_t set_of(struct study *s, const struct study_event *ev)
{
	if (ev->arms != INTERN_NONE)
		return ev->arms;
	return study_arm_set(s, s->arms, ev->n_arms, 0);
}

static int note_opening(struct study *s, uint32_t user, const struct study_event *ev, uint32_t set,
			const struct recommendations_count *found)
{
	const struct study_opening opening = {
		.track = ev->answer.recommendation, .arms = set, .source = ev->answer.source,
		.repeats_track = found->repeated_tracks > 0, .has_artist = found->with_artist > 0,
		.repeats_artist = found->repeated_artists > 0, .is_first = !s->users[user].counted,
	};

	if (found->recommendations == 0 || ev->n_arms == 0 || s->arms[0].arm == STUDY_EARLY ||
	    !study_may_repeat(&opening))
		return 0;
	return study_add_opening(s, user, &opening);
}

/* Notes what the event that is counted first does. */
static void note_first(struct study_ends *ends, const struct study_event *ev, uint32_t set,
		       const struct recommendations_count *found)
{
	ends->undated = ev->undated;
	ends->last = ev->did.last;
	ends->arms = set;
	ends->one = metrics_sums_of(&ev->did);
	ends->begins = ev->digest;
	ends->answer = ev->answer;
	ends->repeats_track = found->repeated_tracks > 0;
	ends->has_artist = found->with_artist > 0;
	ends->repeats_artist = found->repeated_artists > 0;
}

int study_ends_count(struct study *s, uint32_t user, struct study_event *ev, const struct recommendations_count *found)
{
	struct study_user *u = &s->users[user];
	bool opens = s->keep.recommendations && !u->left;
	uint32_t set = opens || !u->counted ? set_of(s, ev) : 0;

	if (set == INTERN_NONE || (opens && note_opening(s, user, ev, set, found) < 0))
		return -1;
	if (!u->counted)
		note_first(&s->ends[user], ev, set, found);
	if (s->order == STUDY_HOLD)
		s->ends[user].ends = ev->digest;
	u->counted = true;
	u->left = u->left || ev->did.last;
	return 0;
}

int study_first_day(struct study *s, uint32_t participant, int32_t day)
{
	size_t need = (size_t)participant + 1;
	int32_t *days = grow(s->first_days, &s->first_days_cap, need, sizeof *days);

	if (!days)
		return -1;
	s->first_days = days;
	while (s->n_first_days < need)
		days[s->n_first_days++] = 0;
	days[participant] = day;
	return 0;
}

int study_ends_renumber(struct study *s, const uint32_t *to)
{
	struct intern sets = {0};

	for (uint32_t i = 0; i < s->arm_sets.n; i++) {
		size_t n = study_arms_of(s, i);
		struct slice bytes = {.text = (const char *)s->arms, .len = n * sizeof *s->arms};

		for (size_t k = 0; k < n; k++)
			if (s->arms[k].arm != STUDY_EARLY)
				s->arms[k].experiment = to[s->arms[k].experiment];
		if (intern_add(&sets, bytes, INTERN_NONE) == INTERN_NONE) {
			intern_clear(&sets);
			return -1;
		}
	}
	intern_clear(&s->arm_sets);
	s->arm_sets = sets;
	return 0;
}

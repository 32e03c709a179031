/*
 * partial_user (private to lib/study): what a part of a log knows of one user, taken out of a study, put into another,
 * and joined to what an earlier part knows of the same user. Numbers of experiments, arms, sets of arms and sources are
 * those of the study that it is read into.
 */
#ifndef BOTIFY_PARTIAL_USER_H
#define BOTIFY_PARTIAL_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "study/study.h"

/* A day of a participant. */
struct partial_day {
	int32_t day;
	uint32_t sessions;
	struct metrics_sums did;
};

/* A user in an experiment, or in STUDY_BEFORE. */
struct partial_participant {
	struct metrics_user did;
	uint32_t experiment;
	int32_t first_day;	/* of the session that ended first, where days are kept and one has ended */
	size_t days, n_days;	/* places in the days of the user, the latest first */
	size_t times, n_times;	/* and in the times */
};

/* Zero-initialise, and use it for one user after another; free with partial_user_clear. */
struct partial_user {
	uint32_t id;
	bool in_session, left;
	int64_t latest, ended;
	uint64_t digest; /* these five as in struct study_user */
	struct study_ends ends;
	struct partial_participant *participants;
	struct partial_day *days;
	int64_t *times;	 /* of sessions, in billionths of a track */
	uint32_t *heard; /* tracks of the open session, in ascending order, where recommendations are kept */
	struct study_opening *openings;
	size_t n_participants, n_days, n_times, n_heard, n_openings;

	/* private */
	size_t participants_cap, days_cap, times_cap, heard_cap, openings_cap;
};

void partial_user_clear(struct partial_user *u);

/* Empties it, and keeps the memory. */
void partial_user_reset(struct partial_user *u);

/* Each makes room for one more and returns it, to be set; NULL where there is no memory. */
struct partial_participant *partial_user_participant(struct partial_user *u);
struct partial_day *partial_user_day(struct partial_user *u);
int64_t *partial_user_time(struct partial_user *u);
uint32_t *partial_user_heard(struct partial_user *u);
struct study_opening *partial_user_opening(struct partial_user *u);

/* STUDY_BEFORE comes first, then the experiments in the order of the report: so the same study has the same bytes. */
void partial_user_sort_participants(struct partial_user *u);

/* Tracks in ascending order; and whether one is among the first n of them, in that order. */
void partial_user_sort_heard(struct partial_user *u);
bool partial_user_has_heard(const struct partial_user *u, size_t n, uint32_t track);

/* Whether the events that were counted first and last are not those of the log, because events were put in order. */
static inline bool partial_user_is_sorted(const struct partial_user *u)
{
	return u->digest != u->ends.ends || u->ends.first != u->ends.begins;
}

/* Takes the i-th user by id out of a joinable study that has ended. Returns 0, or -1 where there is no memory. */
int partial_user_take(struct partial_user *u, const struct study *s, size_t i);

/* Puts a user into a study that does not have it. Returns 0, or -1 where there is no memory. */
int partial_user_put(const struct partial_user *u, struct study *s);

/*
 * Joins a user to what a later part knows of it: `u` becomes both, and `next` is used up. What the study had counted of
 * both as if they were not one is put right: events delivered twice, events after an end, repeats of what was heard.
 * Returns 0, or -1 where there is no memory.
 */
int partial_user_join(struct partial_user *u, struct partial_user *next, struct study *s);

#endif

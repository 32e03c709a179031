/*
 * study_internal (private to lib/study): how a study is filled: by study.c and study_end.c from events, by partial*.c
 * from parts.
 */
#ifndef BOTIFY_STUDY_INTERNAL_H
#define BOTIFY_STUDY_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/slice.h"
#include "study/study.h"

/* The number of an experiment, made where it is new. INTERN_NONE where there is no memory. */
uint32_t study_experiment_at(struct study *s, struct slice name, uint32_t guess);

/* Why study_experiment_at failed, or that experiments are too many. Returns -1. */
int study_fail(const struct study *s, struct errmsg *e);

/* Notes that an experiment occurs at a time and at a place of an event. */
static inline void study_seen(struct study_experiment *x, int64_t timestamp, uint32_t place)
{
	if (timestamp < x->first || (timestamp == x->first && place < x->place)) {
		x->first = timestamp;
		x->place = place;
	}
}

/*
 * Counts events before the moment that name an experiment. Returns its number in s->early, or INTERN_NONE where there
 * is no memory.
 */
uint32_t study_add_early(struct study *s, struct slice name, uint32_t guess, uint64_t events);

#define STUDY_NO_USER UINT32_MAX

/* The place of a user, made where it is new. STUDY_NO_USER where there is no memory. */
uint32_t study_user_at(struct study *s, uint32_t id);

/*
 * The record of the user at a place in an experiment, made where it is not there; then its arm is `in.arm`. NULL
 * where there is no memory.
 */
struct study_participant *study_participant_at(struct study *s, uint32_t user, struct study_arm in);

/* Keeps the time of a session of a participant. Returns 0, or -1 where there is no memory. */
int study_keep_session(struct study *s, uint32_t participant, double time);

/* An event that is held. */
struct study_held {
	int64_t timestamp;
	int64_t billionths, nanoseconds; /* as in struct metrics_event */
	uint32_t user, arms; /* the user's place; the arms as a number in arm_sets */
	uint64_t digest;     /* as in study_user */
	uint64_t order : 62, last : 1, undated : 1;
};

/* What is known of an event when it is counted. */
struct study_event {
	struct metrics_event did; /* its arm is set while it is counted */
	int64_t timestamp;	  /* its own, or that of the user's latest before it */
	struct answer answer;
	uint64_t digest; /* as in study_user */
	bool undated;	 /* it has no timestamp of its own */
	uint32_t arms;	 /* the number of s->arms in arm_sets, where it is known already; or INTERN_NONE */
	size_t n_arms;	 /* in s->arms; also those that are STUDY_EARLY */
};

/* Counts the next event of a user, in the arms that s->arms begins with. Returns 0, or -1 where there is no memory. */
int study_count(struct study *s, uint32_t user, struct study_event *ev);

/*
 * For studies that are joinable, see struct study_ends. Each returns 0, or -1 where there is no memory: a user is new;
 * an event was read, which is or is not one of `after_end`; an event is counted, `found` being its answer's count; and
 * a participant's session has ended, the first one, on a day.
 */
int study_ends_add(struct study *s);
int study_ends_read(struct study *s, uint32_t user, const struct event *ev, uint64_t digest);
void study_ends_order(struct study *s, uint32_t user, int64_t timestamp, bool after_end);
int study_ends_count(struct study *s, uint32_t user, struct study_event *ev, const struct recommendations_count *found);
int study_first_day(struct study *s, uint32_t participant, int32_t day);

/* Adds an answer to those of a user's first session. Returns 0, or -1 where there is no memory. */
int study_add_opening(struct study *s, uint32_t user, const struct study_opening *opening);

/* Whether an answer may repeat more than it does, if its session began before. */
bool study_may_repeat(const struct study_opening *o);

/* The number of n arms in arm_sets. INTERN_NONE where there is no memory. */
uint32_t study_arm_set(struct study *s, const struct study_arm *arms, size_t n, uint32_t guess);

/* The arms of a set, copied to s->arms. Returns how many. */
size_t study_arms_of(struct study *s, uint32_t set);

/* Gives experiment x in arm_sets the number to[x]. Returns 0, or -1 where there is no memory. */
int study_ends_renumber(struct study *s, const uint32_t *to);

#endif

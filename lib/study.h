/*
 * study: a log read for its experiments: who was in which, what they did, and whether the log can be trusted.
 *
 * One study serves all experiments of a log in one pass. An event counts for an experiment only where it names an arm
 * of it. What was wrong with the log is counted, never printed; see "health" in botify-abtest(1).
 *
 * A user's events are to be taken in the order of their timestamps. STUDY_STREAM takes them in the order in which they
 * come, which is that of a log as it was written, with memory linear in users; `out_of_order` says whether that was
 * right. STUDY_HOLD keeps all events (40 bytes each) and sorts them in the end, for a log that is not in order.
 */
#ifndef BOTIFY_STUDY_H
#define BOTIFY_STUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errmsg.h"
#include "event.h"
#include "idmap.h"
#include "metrics.h"
#include "symbols.h"

enum study_order { STUDY_STREAM, STUDY_HOLD };

struct study_experiment {
	bool wanted;	   /* if not, nothing but its name is known */
	uint32_t last_arm; /* of the event before; a guess */
	struct symbols arms; /* in order of first appearance */
	struct metrics_summary summary; /* after study_end; users were taken in ascending order of their ids */
};

/*
 * A user of the log, and a user in an experiment. The latter are linked from the former, and those of a user are mostly
 * made by one event and so lie side by side: what an event touches is few lines of the cache.
 */
struct study_user {
	int64_t latest;	 /* timestamp, or EVENT_NO_TIMESTAMP */
	uint32_t member; /* place of the first in members, plus 1; or 0 */
	bool in_session;
};

struct study_member {
	struct metrics_user did;
	uint32_t experiment;
	uint32_t next; /* place of another one of the same user, plus 1; or 0 */
};

/* An experiment and an arm of it, by their numbers. */
struct study_arm {
	uint32_t experiment, arm;
};

/* An event that is held. */
struct study_held {
	int64_t timestamp; /* one that has none has that of the user's latest event before it */
	double time, latency;
	uint32_t user, arms; /* the user's place; the arms as a number in arm_sets */
	uint64_t order : 63, last : 1;
};

struct study {
	struct symbols names; /* of the experiments, in order of first appearance in the log */
	struct study_experiment *experiments; /* names.n */
	uint64_t events, out_of_order; /* an event is out of order where an earlier one of its user has a later timestamp */
	uint64_t unfinished; /* sessions; after study_end */
	struct study_user *users;
	size_t n_users;

	/* private */
	enum study_order order;
	char *const *wanted;
	size_t n_wanted, experiments_cap;
	size_t users_cap;
	struct idmap index; /* user id to place in users, plus 1 */
	struct study_member *members;
	size_t n_members, members_cap;
	struct study_arm *arms; /* of this event */
	size_t arms_cap;
	struct symbols arm_sets; /* arrays of struct study_arm, as bytes */
	struct study_held *held;
	size_t n_held, held_cap;
};

/* Starts a study of the experiments with these names, or of all where n_wanted is 0. `wanted` is borrowed. */
void study_init(struct study *s, enum study_order order, char *const *wanted, size_t n_wanted);
void study_clear(struct study *s);

/* Takes an event. Returns 0, or -1 where there is no memory. */
int study_add(struct study *s, const struct event *ev, struct errmsg *e);

/* Sums up after the last event. Returns 0, or -1 where there is no memory. */
int study_end(struct study *s, struct errmsg *e);

#endif

/*
 * ope_replay: reads a log again as another policy would have seen it, step by step.
 *
 * A step is an event with a recommendation: its context is the user, the finished track, its time, and what the user
 * has listened to since their last `last`; its action is the recommendation; its propensity is what the log says of it
 * (1 / pool, or `propensity`), or where it says nothing, what the logging policy has, where that is known; its reward
 * is the `time` of the user's next event, which has to be of the recommended track. Events of a user count in the
 * order of the log. What is not such a step is counted and left out:
 *
 *     no_propensity   neither the log nor the logging policy tells it
 *     impossible      the logging policy would not have given the track
 *     unknown         the catalog does not have the track
 *     other_track     the user's next event is of another track
 *     open            the log ends before it
 *
 * and so are sessions in which a step is left out, or that have not ended. Tracks that a request excluded are not in a
 * log: they count as candidates.
 *
 * The policy is asked for its probability of the action in that context by the recommender's own code: sessions,
 * sources, filters (policy/chances.h). No draw of the log is repeated.
 */
#ifndef BOTIFY_OPE_REPLAY_H
#define BOTIFY_OPE_REPLAY_H

#include "base/id_index.h"
#include "event/event.h"
#include "policy/chances.h"
#include "policy/experiment.h"
#include "policy/request.h"
#include "policy/sessions.h"
#include "study/ope_sums.h"

/* What the log is read for. All policies are bound to the tables, and everything is borrowed. */
struct ope_question {
	const struct tables *tables;
	struct chances target;
	/*
	 * which policy made the log: this one; or where it is NULL, that of the user's arm; or where that is NULL too,
	 */
	struct chances logging;		     /* it is not known. Of an arm, its `epsilon` holds all the same. */
	const struct experiment *experiment; /* that served */
	unsigned draws; /* for means over large pools: 1 or more */
	uint64_t seed;	/* of them */
	size_t worker;	/* which of several threads that read at once it is (tables_workers); 0 */
};

struct ope_waiting; /* private */

/* Zero-initialise, then ope_replay_init. */
struct ope_replay {
	struct ope_question question;
	struct ope_sums *sums; /* borrowed */
	struct ope_tables tables;
	struct sessions sessions;
	struct request_memory memory;
	struct ope_waiting *waiting; /* by place of the user in the sums */
	size_t n_waiting, waiting_cap;
};

void ope_replay_init(struct ope_replay *r, const struct ope_question *q, struct ope_sums *sums);
void ope_replay_clear(struct ope_replay *r);

/* Takes the next event. Returns 0, or -1 with the reason. */
int ope_replay_add(struct ope_replay *r, const struct event *ev, struct errmsg *e);

/* Counts what is still open at the end of the log. */
void ope_replay_end(struct ope_replay *r);

#endif

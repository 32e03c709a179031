/*
 * recommender: answers requests by a policy, and remembers the sessions. Where requests come from and events go to is
 * not its concern.
 */
#ifndef BOTIFY_RECOMMENDER_H
#define BOTIFY_RECOMMENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "event/event.h"
#include "policy/experiment.h"
#include "policy/policy.h"
#include "policy/request.h"
#include "policy/sessions.h"
#include "policy/tables.h"

struct recommender {
	const struct tables *tables;		/* borrowed */
	const struct experiments *experiments;	/* borrowed; all are assigned and logged */
	const struct experiment *serving;	/* the one whose arms decide, or NULL: `policy` does */
	const struct policy *policy;		/* borrowed */
	uint64_t seed;
	struct sessions sessions;
	struct request_memory memory; /* of the answer that is being made */
	struct event_candidate *told;	  /* candidates, as the event tells of them */
	double epsilon;		  /* see explore.h; 0: nothing is explored */
	size_t told_cap, explain;	  /* of how many; 0: none */
	struct event_arm *arms;	  /* of the user who is being answered */
};

/*
 * Makes a recommender of policies that have been bound. Where no experiment has policies, `policy` answers.
 * Returns 0, or -1 where there is no memory. Free with recommender_clear.
 */
int recommender_init(struct recommender *r, const struct tables *tables, const struct experiments *experiments,
		     const struct policy *policy, uint64_t seed);
void recommender_clear(struct recommender *r);

/* Has a uniform draw answer instead of a policy with the probability epsilon, 0 to 1 (see explore.h). */
void recommender_explore(struct recommender *r, double epsilon);

/* Has every answer tell of its first n candidates and their scores. */
void recommender_explain(struct recommender *r, size_t n);

/*
 * Answers a request, and turns it into its event: whatever it said of an answer is replaced, and it gets a time stamp
 * where it has none. Its latency is left to the caller, who knows since when it has been waiting. What the event
 * points at stays valid until the next call. Returns 0; or -1 where there is no memory, and the request has left no
 * trace then.
 *
 * What is remembered of it may have to be undone, until its event has been delivered: the caller says so to `sessions`
 * (sessions_written, sessions_delivered, sessions_undo).
 */
int recommender_answer(struct recommender *r, struct event *ev, struct errmsg *e);

#endif

/*
 * recommender: answers requests by a policy, and remembers the sessions.
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
#include "policy/sessions.h"
#include "policy/tables.h"

struct recommender {
	const struct tables *tables;		/* borrowed */
	const struct experiments *experiments;	/* borrowed; all are assigned and logged */
	const struct experiment *serving;	/* the one whose arms decide, or NULL: `policy` does */
	const struct policy *policy;		/* borrowed */
	uint64_t seed;
	bool latency; /* whether replies carry the time that they took, instead of 0 */
	struct sessions sessions;
	struct event_parser parser;
	struct idmap excluded;	  /* by the request that is being answered */
	struct scored scratch, candidates; /* of the answer that is being made */
	struct event_candidate *told;	  /* candidates, as the event tells of them */
	size_t told_cap, explain;	  /* of how many; 0: none */
	struct event_arm *arms;	  /* of the user who is being answered */
};

/*
 * Makes a recommender of policies that have been bound. Where no experiment has policies, `policy` answers.
 * Returns 0, or -1 where there is no memory. Free with recommender_clear.
 */
int recommender_init(struct recommender *r, const struct tables *tables, const struct experiments *experiments,
		     const struct policy *policy, uint64_t seed, bool latency);
void recommender_clear(struct recommender *r);

/* Has every answer tell of its first n candidates and their scores. */
void recommender_explain(struct recommender *r, size_t n);

/*
 * Answers one line: writes the event to `o`; or, where the line is no request, an error line that says `line`, its
 * number. Returns 0; or -1 with the reason, and then the error line has been written and the next line may be tried.
 */
int recommender_answer(struct recommender *r, const char *text, size_t len, unsigned long line, struct out *o,
		       struct errmsg *e);

/* Undoes what was remembered of requests whose events are not, as a whole, among the bytes that `o` has written. */
void recommender_undo(struct recommender *r, const struct out *o);

#endif

/*
 * policy: which track comes next. See botify-policy(7).
 *
 *     policy = source { "," source } { "+" filter }
 *
 * Sources are tried in order; the first that has a candidate left after the filters answers, by a uniform draw. If
 * none has, any track of the catalog that the request does not exclude may be drawn, and the source is "exhausted".
 */
#ifndef BOTIFY_POLICY_H
#define BOTIFY_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/rng.h"
#include "policy/filter.h"
#include "policy/source.h"
#include "policy/tables.h"

struct policy {
	struct source *sources;
	struct filter *filters;
	size_t n_sources, n_filters, sources_cap, filters_cap;
	const struct tables *tables; /* once bound */
	struct pools pools;	     /* likewise */
};

struct recommendation {
	struct choice choice;
	const char *source; /* static */
};

/*
 * Parses a policy, or the name of a published one (policy_name). Spaces around its parts are allowed. Returns 0, or -1
 * with a reason that quotes the part at fault and suggests what may have been meant. Free with policy_clear; after a
 * failure there is nothing to free.
 */
int policy_parse(struct policy *p, const char *text, struct errmsg *e);
void policy_clear(struct policy *p);

/* Whether one of its sources draws from a table of that kind. */
bool policy_reads(const struct policy *p, enum table_kind kind);

/*
 * Looks up the tables that it reads; they are borrowed from then on. The policy stays where it is, too, while it is
 * used. Returns 0, or -1 with what is missing.
 */
int policy_bind(struct policy *p, const struct tables *t, struct errmsg *e);

/*
 * Draws any track of the catalog that the request does not exclude, and if it excludes all, any. Returns of how many.
 */
uint32_t policy_draw_any(const struct policy *p, const struct policy_request *q, struct rng *r, uint32_t *track);

/* The next track. The policy must have been bound. Returns 0, or -1 where there is no memory. */
int policy_recommend(const struct policy *p, const struct policy_request *q, struct rng *r, struct recommendation *a);

/* How many of the user's last listens, over sessions, a request has to bring; 0: none. */
size_t policy_recent(const struct policy *p);

/* The names of the published policies, i = 0, 1, …; NULL after the last. */
const char *policy_name(size_t i);

/* What the name of a published policy stands for; NULL where there is none of this name. */
const char *policy_published(const char *name);

#endif

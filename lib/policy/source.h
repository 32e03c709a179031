/*
 * source: where a policy's next track comes from. See botify-policy(7).
 *
 * A kind of source is a row of the table in source.c: how it is written, what it needs, and how it answers. Most offer
 * candidates, and the answer is a uniform draw from those that the filters let pass. Others choose for themselves.
 */
#ifndef BOTIFY_SOURCE_H
#define BOTIFY_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/rng.h"
#include "policy/draw.h"
#include "policy/scored.h"
#include "policy/tables.h"
#include "world/history.h"

struct source {
	const struct source_kind *kind;
	double min_time; /* skipped where less of the finished track was listened to */
	bool word;	 /* whether the word of the kind was given: artist:other, i2i:session */
	uint32_t count;	 /* N or K of those that take one */
	char *name;	 /* of its table, "" where none was given */
	const struct table *table; /* once bound; NULL where it needs none */
	size_t pool;	 /* likewise: which one of the policy it draws from; 0 is the catalog */
};

/* What a policy is asked. */
struct policy_request {
	uint32_t user;			/* id */
	uint32_t track;			/* the finished track, or CATALOG_NONE if the catalog does not have it */
	double time;			/* the part of it that was listened to */
	const struct history *history;	/* of the session, the finished track included */
	const struct play *recent;	/* n_recent last listens of the user over all sessions, the newest last */
	size_t n_recent;
	const struct idmap *excluded;	/* tracks that the request rules out; may be empty */
	struct kept *kept;		/* of the session; NULL: nothing is kept */
	struct scored *scratch;		/* memory to choose in; what it holds is of no meaning before or after */
	const uint32_t *considered;	/* a track of which it is asked how likely it was; NULL: none */
	size_t worker;			/* which of several threads that ask at once it is (tables_workers); 0 */
	size_t explain;			/* how many candidates are to be told of; 0: none */
	struct scored *candidates;	/* where they go, best first, with their scores; empty before */
};

/* What a source answers. */
struct choice {
	uint32_t track;	   /* index */
	uint32_t pool;	   /* how many candidates it was drawn from uniformly; 0: the draw was not uniform */
	double propensity; /* where it was not: the probability of this track; NaN: nothing was drawn, it was certain */
	double considered; /* the probability of the track that was considered, where one was */
};

/*
 * Parses name{:arg}[@min-time]. Returns 0, or -1 with the reason, which begins with "out of memory" where that is it.
 * Free with source_clear, also after a failure.
 */
int source_parse(struct source *s, const char *text, struct errmsg *e);
void source_clear(struct source *s);

/*
 * Looks up the table it reads, and adds what it draws from to the pools of the policy. Returns 0, or -1 with what is
 * missing. The table is borrowed from then on.
 */
int source_bind(struct source *s, const struct tables *t, struct pools *pools, struct errmsg *e);

/*
 * Answers a question with a track that passes the chain. Returns 1; 0 where the source has none; or -1 where there is
 * no memory.
 */
int source_choose(const struct source *s, const struct tables *t, const struct policy_request *q,
		  const struct filter_chain *chain, struct rng *r, struct choice *c);

/* The kind of table that it draws from, or TABLE_NONE. */
enum table_kind source_reads(const struct source *s);

/* How many of the user's last listens over sessions it looks at; 0: none. */
size_t source_recent(const struct source *s);

/* What the log calls it. */
const char *source_name(const struct source *s);

/* The names there are, i = 0, 1, …; NULL after the last. */
const char *source_kind_name(size_t i);

#endif

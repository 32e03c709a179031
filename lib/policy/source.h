/*
 * source: where a policy's candidates come from. See botify-policy(7).
 *
 * A kind of source is a row of the table in source.c: how it is written, what it needs, what it offers.
 */
#ifndef BOTIFY_SOURCE_H
#define BOTIFY_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "policy/draw.h"
#include "policy/tables.h"
#include "world/history.h"

struct source {
	const struct source_kind *kind;
	double min_time;	/* skipped where less of the finished track was listened to */
	uint32_t limit;		/* toppop: N */
	char *table;		/* toppop: NAME, "" where none was given */
	const struct top *top;	/* toppop: the table, once bound */
};

/* What a policy is asked. */
struct question {
	uint32_t user;			/* id */
	uint32_t track;			/* the finished track, or CATALOG_NONE if the catalog does not have it */
	double time;			/* the part of it that was listened to */
	const struct history *history;	/* of the session, the finished track included */
	const struct idmap *excluded;	/* tracks that the request rules out; may be empty */
};

/* Parses name{:arg}[@min-time]. Returns 0, or -1 with the reason. Free with source_clear, also after a failure. */
int source_parse(struct source *s, const char *text, struct errmsg *e);
void source_clear(struct source *s);

/* Looks up the tables it reads. Returns 0, or -1 with what is missing. The tables are borrowed from then on. */
int source_bind(struct source *s, const struct tables *t, struct errmsg *e);

/* The candidates for a question, before any filter; perhaps none. */
struct candidates source_offer(const struct source *s, const struct tables *t, const struct question *q);

/* What the log calls it. */
const char *source_name(const struct source *s);

/* The names there are, i = 0, 1, …; NULL behind the last. */
const char *source_kind_name(size_t i);

#endif

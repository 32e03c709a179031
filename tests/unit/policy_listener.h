/*
 * listener: a listener in a situation, and tables for policies to answer it by: what tests of probabilities share.
 */
#ifndef LISTENER_H
#define LISTENER_H

#include "policy/policy.h"
#include "unit/fixture.h"

enum { N = 12 };

/* Tracks 0 … 11 by artists 0, 1, 2, 0 …; similar to 0: 3 and 1; to 3: 1, 5 and 7. User 7 likes 5. Top: 2, 4, 6. */
static struct tables tables;

static void load_tables(void)
{
	struct catalog c;
	struct errmsg e;

	fixture_catalog(&c, N, 3, 1);
	catalog_clear(&c);
	if (tables_load_catalog(&tables, "catalog", &e) < 0 ||
	    tables_load(&tables, TABLE_SIMILAR,
			fixture_file("file", "{\"track\":0,\"recommendations\":[3,1]}\n"
					     "{\"track\":3,\"recommendations\":[1,5,7]}\n"),
			&e) < 0 ||
	    tables_load(&tables, TABLE_USER_TRACKS, fixture_file("file", "{\"user\":7,\"tracks\":[5]}\n"), &e) < 0 ||
	    tables_load(&tables, TABLE_TOP, fixture_file("file", "[2,4,6]"), &e) < 0) {
		printf("Bail out! %s\n", e.text);
		exit(1);
	}
}

struct listener {
	struct history history;
	struct play plays[2];
	struct idmap excluded;
	struct scored scratch, candidates;
	struct policy_request request;
};

/* Listened to tracks 3 and 0, and excludes some. */
static void sit_down(struct listener *l, uint32_t user, double time, const uint32_t *excluded, size_t n)
{
	*l = (struct listener){.plays = {{.track = 3, .id = 3, .time = 0.5}, {.track = 0, .id = 0, .time = time}}};
	for (size_t i = 0; i < 2; i++)
		CHECK(history_add(&l->history, &tables.catalog, l->plays[i].track, l->plays[i].time) == 0);
	for (size_t i = 0; i < n; i++)
		*idmap_at(&l->excluded, excluded[i]) = 1;
	l->request = (struct policy_request){.user = user, .track = 0, .time = time, .history = &l->history,
					     .recent = l->plays, .n_recent = 2, .excluded = &l->excluded,
					     .scratch = &l->scratch, .candidates = &l->candidates};
}

static void stand_up(struct listener *l)
{
	history_clear(&l->history);
	idmap_clear(&l->excluded);
	scored_clear(&l->scratch);
	scored_clear(&l->candidates);
}

#endif

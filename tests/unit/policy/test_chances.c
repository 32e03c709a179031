#include "policy/chances.h"

#include <math.h>

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

/* Listened to tracks 3 and 0, and excludes the first n of the catalog from 1 on. */
static void sit_down(struct listener *l, uint32_t n)
{
	*l = (struct listener){.plays = {{.track = 3, .id = 3, .time = 0.5}, {.track = 0, .id = 0, .time = 0.75}}};
	for (size_t i = 0; i < 2; i++)
		CHECK(history_add(&l->history, &tables.catalog, l->plays[i].track, l->plays[i].time) == 0);
	for (uint32_t i = 1; i <= n; i++)
		*idmap_at(&l->excluded, i % N) = 1;
	l->request = (struct policy_request){.user = 7, .track = 0, .time = 0.75, .history = &l->history,
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

static void add_weight(void *ctx, uint32_t track, double weight)
{
	((double *)ctx)[track] += weight;
}

/* What is listed is what each track's chance is; chances sum to 1, over artists too. */
static void check_policy(const char *text, double epsilon, struct listener *l)
{
	struct rng r = rng_at(1, RNG_EVALUATE, 0, 0, 0);
	struct policy p;
	struct errmsg e = {0};
	struct chances c = {&p, epsilon};
	double listed[N] = {0}, sum = 0, artists = 0, one;

	CHECK(policy_parse(&p, text, &e) == 0 && policy_bind(&p, &tables, &e) == 0);
	CHECK(chances_each(&c, &l->request, 4000, &r, add_weight, listed) == 0);
	for (uint32_t i = 0; i < N; i++) {
		CHECK(chances_of_track(&c, &l->request, i, &one) == 0);
		sum += one;
		/* a source's own pool is listed exactly, and any track of the catalog is drawn */
		CHECK(fabs(one - listed[i]) < 0.04);
	}
	CHECK(fabs(sum - 1) < 1e-12);
	for (uint32_t i = 0; i < tables.catalog.n_artists; i++) {
		CHECK(chances_of_artist(&c, &l->request, i, &one) == 0);
		artists += one;
	}
	CHECK(fabs(artists - 1) < 1e-12);
	policy_clear(&p);
}

static void chances_are_what_is_drawn(void)
{
	static const char *const policies[] = {
		"random", "random+unseen", "random+unseen+artist:1", "artist", "artist:other", "artist:other+unseen",
		"toppop:2,random", "toppop:3", "toppop:3+artist:1", "similar,random", "collaborative,similar,random",
		"votes", "votes:2", "i2i", "i2i:1", "i2i:session:2+unseen", "similar@0.9,toppop:3+unseen",
	};
	struct listener l;

	for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
		for (uint32_t k = 0; k < 9; k++) {
			sit_down(&l, k % 3 == 2 ? N : k % 3 * 4);
			check_policy(policies[i], k / 3 * .5, &l);
			stand_up(&l);
		}
}

/* A pool that can be listed needs no draws to be exact. */
static void what_is_listed_is_exact(void)
{
	struct rng r = rng_at(1, RNG_EVALUATE, 0, 0, 0);
	struct policy p;
	struct errmsg e;
	struct listener l;
	double listed[N] = {0};

	sit_down(&l, 0);
	CHECK(policy_parse(&p, "toppop:3", &e) == 0 && policy_bind(&p, &tables, &e) == 0);
	CHECK(chances_each(&(struct chances){&p, 0}, &l.request, 1, &r, add_weight, listed) == 0);
	CHECK(fabs(listed[2] - 1.0 / 3) < 1e-15 && fabs(listed[4] - 1.0 / 3) < 1e-15);
	policy_clear(&p);
	stand_up(&l);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	load_tables();
	RUN(chances_are_what_is_drawn);
	RUN(what_is_listed_is_exact);
	tables_clear(&tables);
	fixture_leave(directory);
	return DONE();
}

#include "policy/chances.h"

#include <math.h>

#include "unit/policy_listener.h"

/* Listened to tracks 3 and 0, and excludes the first n of the catalog from 1 on. */
static void sit_down_without(struct listener *l, uint32_t n)
{
	uint32_t excluded[N] = {0};

	for (uint32_t i = 0; i < n; i++)
		excluded[i] = (i + 1) % N;
	sit_down(l, 7, 0.75, excluded, n);
}

static void add_weight(void *ctx, uint32_t track, double weight)
{
	((double *)ctx)[track] += weight;
}

static void ignore(void *ctx, uint32_t track, double weight)
{
	(void)ctx, (void)track, (void)weight;
}

/* The sum over the tracks of an artist, to the bit, however it is asked for. */
static void check_artist(const struct chances *c, struct listener *l, uint32_t artist, double chance)
{
	const struct artist *a = &tables.catalog.artists[artist];
	double sum = 0, one, told;

	for (uint32_t i = a->first; i < a->first + a->n; i++) {
		struct rng r = rng_at(2, RNG_EVALUATE, i, 0, 0);

		CHECK(chances_of_track(c, &l->request, tables.catalog.by_artist[i], &one) == 0);
		CHECK(chances_each(c, &l->request, tables.catalog.by_artist[i], &told, 2, &r, ignore, NULL) == 0);
		CHECK(told == one);
		sum += one;
	}
	CHECK(chance == sum);
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
	CHECK(chances_each(&c, &l->request, 0, &one, 4000, &r, add_weight, listed) == 0);
	for (uint32_t i = 0; i < N; i++) {
		CHECK(chances_of_track(&c, &l->request, i, &one) == 0);
		sum += one;
		/* a source's own pool is listed exactly, and any track of the catalog is drawn */
		CHECK(fabs(one - listed[i]) < 0.04);
	}
	CHECK(fabs(sum - 1) < 1e-12);
	for (uint32_t i = 0; i < tables.catalog.n_artists; i++) {
		CHECK(chances_of_artist(&c, &l->request, i, &one) == 0);
		check_artist(&c, l, i, one);
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
			sit_down_without(&l, k % 3 == 2 ? N : k % 3 * 4);
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
	double listed[N] = {0}, chance;

	sit_down_without(&l, 0);
	CHECK(policy_parse(&p, "toppop:3", &e) == 0 && policy_bind(&p, &tables, &e) == 0);
	CHECK(chances_each(&(struct chances){&p, 0}, &l.request, 2, &chance, 1, &r, add_weight, listed) == 0);
	CHECK(chance == listed[2]);
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

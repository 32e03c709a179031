#include "policy/tally.h"

#include <stdlib.h>
#include <string.h>

#include "policy/draw.h"
#include "unit/fixture.h"

enum { TRACKS = 1500, MOST_FILTERS = 2, MOST_PLAYS = 700 };

/* A catalog of which one artist has most tracks, as a table and as a list of a part of it. */
struct stage {
	struct catalog catalog;
	uint32_t list[TRACKS], place[TRACKS], n_listed;
	struct filter filters[MOST_FILTERS];
	struct pools pools;
};

/* A session that is told of play by play, with the tallies that it has. */
struct told {
	struct history history;
	struct idmap excluded;
	struct tallies *tallies;
	size_t blocks_seen;
};

static void make_catalog(struct catalog *c, struct rng *r)
{
	FILE *f = fopen("skewed.ndjson", "w");
	struct errmsg e;

	for (uint32_t i = 0; i < TRACKS; i++)
		fprintf(f, "{\"track\":%u,\"artist\":\"%u\"}\n", i, rng_below(r, 8) ? 0 : 1 + rng_below(r, 60));
	fclose(f);
	CHECK(catalog_load(c, "skewed.ndjson", &e) == 0);
	remove("skewed.ndjson");
}

static void make_stage(struct stage *s, struct rng *r)
{
	static const char *const texts[] = {"unseen", "artist:1", "artist:2", "artist:30"};
	struct errmsg e;
	size_t n_filters = rng_below(r, MOST_FILTERS + 1);

	make_catalog(&s->catalog, r);
	for (size_t i = 0; i < n_filters; i++)
		CHECK(filter_parse(&s->filters[i], texts[rng_below(r, 4)], &e) == 0);
	for (uint32_t i = 0; i < TRACKS; i++) {
		uint32_t j = rng_below(r, i + 1);

		s->list[i] = s->list[j];
		s->list[j] = i;
	}
	for (uint32_t i = 0; i < TRACKS; i++)
		s->place[s->list[i]] = i;
	s->n_listed = rng_below(r, 2) ? TRACKS - rng_below(r, 700) : rng_below(r, 300);
	CHECK(pools_init(&s->pools, &s->catalog, s->filters, n_filters) == 0);
	CHECK(pools_add(&s->pools, s->list, s->place, s->n_listed) == 0);
}

static void clear_stage(struct stage *s)
{
	pools_clear(&s->pools);
	catalog_clear(&s->catalog);
}

static void clear_told(struct told *t)
{
	history_clear(&t->history);
	idmap_clear(&t->excluded);
	tallies_free(t->tallies);
}

/* The candidates, without a pool. */
static struct candidates offer(const struct stage *s, uint32_t which, const uint32_t *track)
{
	const struct artist *a = &s->catalog.artists[s->catalog.tracks[*track].artist];

	switch (which) {
	case 0:
		return (struct candidates){.n = TRACKS};
	case 1:
		return (struct candidates){.tracks = s->list, .place = s->place, .n = s->n_listed};
	default:
		return (struct candidates){.tracks = s->catalog.by_artist + a->first, .n = a->n,
					   .without = which == 3 ? track : NULL};
	}
}

/* Draws by the tallies, and by looking at every candidate. */
static void check_draw(const struct stage *s, struct told *t, uint32_t which, uint32_t last, uint64_t seed)
{
	struct rng r = rng_at(seed, RNG_POLICY, 0, 0, 0), same = r;
	struct filter_chain chain = {.catalog = &s->catalog, .history = &t->history, .excluded = &t->excluded,
				     .filters = s->filters, .n_filters = s->pools.n_filters};
	struct candidates walked = offer(s, which, &last), counted = walked;
	uint32_t want = CATALOG_NONE, got = CATALOG_NONE, n;

	n = draw(&chain, walked, &r, &want);
	chain.pools = &s->pools;
	chain.tallies = &t->tallies;
	if (which < 2)
		counted.pool = &s->pools.list[which];
	else
		counted.artist = &s->catalog.artists[s->catalog.tracks[last].artist];
	CHECK(draw(&chain, counted, &same, &got) == n);
	CHECK(got == want);
	CHECK(rng_below(&r, 1 << 30) == rng_below(&same, 1 << 30));
	if (which < 2)
		t->blocks_seen += t->tallies && t->tallies->list[which].left;
}

static void exclude_some(struct told *t, struct rng *r)
{
	uint32_t n = rng_below(r, 3) ? 0 : rng_below(r, 20) ? rng_below(r, 40) : 4 * TRACKS;

	idmap_reset(&t->excluded);
	for (uint32_t i = 0; i < n; i++)
		*idmap_at(&t->excluded, rng_below(r, TRACKS)) = 1;
}

/* Returns how often the blocks were looked at. */
static size_t play_session(const struct stage *s, struct rng *r)
{
	uint32_t n = rng_below(r, MOST_PLAYS), last = 0;
	struct told t = {0};
	size_t seen;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t track = rng_below(r, 30) == 0 ? CATALOG_NONE : rng_below(r, TRACKS);

		CHECK(history_add(&t.history, &s->catalog, track, 1) == 0);
		if (t.tallies)
			CHECK(tallies_add(t.tallies, &t.history) == 0);
		last = track == CATALOG_NONE ? last : track;
		exclude_some(&t, r);
		if (rng_below(r, 3) == 0)
			check_draw(s, &t, rng_below(r, 4), last, i);
	}
	seen = t.blocks_seen;
	CHECK(t.history.counts.tracks.n < TALLIES_FROM || s->pools.n_filters == 0 || n < 100 || t.tallies);
	clear_told(&t);
	return seen;
}

static void a_session_draws_as_if_it_was_walked(void)
{
	struct rng r = rng_at(1, RNG_WORLD, 0, 0, 0);
	size_t seen = 0;

	for (int i = 0; i < 100; i++) {
		struct stage s = {0};

		make_stage(&s, &r);
		for (int j = 0; j < 3; j++)
			seen += play_session(&s, &r);
		clear_stage(&s);
	}
	CHECK(seen > 100);
}

/* The counts in each block, one by one. */
static void check_blocks(const struct stage *s, const struct pool *pool, const struct history *h)
{
	uint16_t *left = tally_blocks(&s->pools, pool, h);
	const struct filter_chain chain = {.catalog = &s->catalog, .history = h, .excluded = &(struct idmap){0},
					   .filters = s->filters, .n_filters = s->pools.n_filters};

	for (uint32_t i = 0; i < pool->n; i++)
		left[i >> pool->shift] -= filter_chain_passes(&chain, pool->tracks ? pool->tracks[i] : i);
	for (size_t i = 0; i < pool->n_blocks; i++)
		CHECK(left[i] == 0);
	free(left);
}

static void blocks_say_how_many_are_left(void)
{
	struct rng r = rng_at(2, RNG_WORLD, 0, 0, 0);

	for (int i = 0; i < 50; i++) {
		struct history h = {0};
		struct stage s = {0};

		make_stage(&s, &r);
		for (uint32_t n = rng_below(&r, 100); n > 0; n--)
			CHECK(history_add(&h, &s.catalog, rng_below(&r, TRACKS), 1) == 0);
		for (size_t k = 0; k < s.pools.n; k++)
			if (s.pools.list[k].n_blocks > 0)
				check_blocks(&s, &s.pools.list[k], &h);
		history_clear(&h);
		clear_stage(&s);
	}
}

/* Blocks that are there before an artist of many tracks is struck out lose each of them once. */
static void an_artist_goes_after_some_of_its_tracks(void)
{
	struct rng r = rng_at(3, RNG_WORLD, 0, 0, 0);
	struct stage s = {0};
	struct history h = {0};
	struct tallies *t;
	struct errmsg e;

	make_catalog(&s.catalog, &r);
	CHECK(filter_parse(&s.filters[0], "unseen", &e) == 0 && filter_parse(&s.filters[1], "artist:30", &e) == 0);
	CHECK(pools_init(&s.pools, &s.catalog, s.filters, 2) == 0);
	t = tallies_new(&s.pools, &h);
	t->list[0].left = tally_blocks(&s.pools, s.pools.list, &h);
	for (uint32_t i = 0; i < 200; i++) {
		uint16_t *left;

		CHECK(history_add(&h, &s.catalog, 7 * i, 1) == 0 && tallies_add(t, &h) == 0);
		left = tally_blocks(&s.pools, s.pools.list, &h);
		CHECK(memcmp(left, t->list[0].left, s.pools.list->n_blocks * sizeof *left) == 0);
		free(left);
	}
	CHECK(t->list[0].struck > TRACKS * 3 / 4);
	tallies_free(t);
	history_clear(&h);
	clear_stage(&s);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(a_session_draws_as_if_it_was_walked);
	RUN(blocks_say_how_many_are_left);
	RUN(an_artist_goes_after_some_of_its_tracks);
	fixture_leave(directory);
	return DONE();
}

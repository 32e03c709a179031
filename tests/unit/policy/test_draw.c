#include "policy/draw.h"

#include "unit/fixture.h"

enum { MOST_TRACKS = 60, MOST_FILTERS = 2, DRAWS = 10000 };

/* A random situation: a catalog, a history, exclusions, filters, and candidates. */
struct situation {
	struct catalog catalog;
	struct history history;
	struct idmap excluded;
	struct filter filters[MOST_FILTERS];
	struct filter_chain chain;
	uint32_t list[MOST_TRACKS], place[MOST_TRACKS];
	struct candidates candidates;
};

static void make_filters(struct situation *s, struct rng *r)
{
	static const char *const texts[] = {"unseen", "artist:1", "artist:2", "artist:3"};
	struct errmsg e;

	s->chain.n_filters = rng_below(r, MOST_FILTERS + 1);
	for (size_t i = 0; i < s->chain.n_filters; i++)
		CHECK(filter_parse(&s->filters[i], texts[rng_below(r, 4)], &e) == 0);
}

/* Some of the tracks, in random order, which may or may not know their places; or the whole catalog. */
static void make_candidates(struct situation *s, struct rng *r)
{
	uint32_t n = (uint32_t)s->catalog.n_tracks;

	s->candidates = (struct candidates){.n = n};
	if (rng_below(r, 2) == 0)
		return;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t j = rng_below(r, i + 1);

		s->list[i] = s->list[j];
		s->list[j] = i;
	}
	for (uint32_t i = 0; i < n; i++)
		s->place[s->list[i]] = i;
	s->candidates = (struct candidates){.tracks = s->list, .n = rng_below(r, n + 1)};
	if (rng_below(r, 2) == 0)
		s->candidates.place = s->place;
}

static void make_situation(struct situation *s, struct rng *r)
{
	uint32_t n = 1 + rng_below(r, MOST_TRACKS), plays, exclusions;

	*s = (struct situation){0};
	s->chain = (struct filter_chain){.catalog = &s->catalog, .history = &s->history, .excluded = &s->excluded,
				  .filters = s->filters};
	fixture_catalog(&s->catalog, n, 1 + rng_below(r, n), 3);
	plays = rng_below(r, 2 * n);
	for (uint32_t i = 0; i < plays; i++)
		CHECK(history_add(&s->history, &s->catalog, rng_below(r, 20) == 0 ? CATALOG_NONE : rng_below(r, n),
				  0.5) == 0);
	exclusions = rng_below(r, 3) == 0 ? 0 : rng_below(r, 2 * n);
	for (uint32_t i = 0; i < exclusions; i++)
		*idmap_at(&s->excluded, rng_below(r, n)) = 1;
	make_filters(s, r);
	make_candidates(s, r);
}

static void clear_situation(struct situation *s)
{
	catalog_clear(&s->catalog);
	history_clear(&s->history);
	idmap_clear(&s->excluded);
}

/* By the words of the manual, counting plays one by one. */
static bool passes(const struct situation *s, uint32_t track)
{
	uint32_t plays = 0, artist_plays = 0;

	for (size_t i = 0; i < s->history.n; i++) {
		uint32_t played = s->history.plays[i].track;

		plays += played == track;
		artist_plays += played != CATALOG_NONE &&
				s->catalog.tracks[played].artist == s->catalog.tracks[track].artist;
	}
	for (size_t i = 0; i < s->chain.n_filters; i++)
		if (s->filters[i].limit == 0 ? plays > 0 : artist_plays >= s->filters[i].limit)
			return false;
	return idmap_get(&s->excluded, track, 0) == 0;
}

static uint32_t candidate(const struct situation *s, size_t i)
{
	return s->candidates.tracks ? s->candidates.tracks[i] : (uint32_t)i;
}

/* Whether the count is right, and what is drawn is a candidate that passes. */
static void check_draw(const struct situation *s, struct rng *r)
{
	uint32_t want = 0, got, track = CATALOG_NONE;
	bool offered = false;

	for (size_t i = 0; i < s->candidates.n; i++)
		want += passes(s, candidate(s, i));
	got = draw(&s->chain, s->candidates, r, &track);
	CHECK(got == want);
	if (want == 0) {
		CHECK(track == CATALOG_NONE);
		return;
	}
	for (size_t i = 0; i < s->candidates.n; i++)
		offered = offered || candidate(s, i) == track;
	CHECK(offered && passes(s, track));
}

static void counts_are_those_of_brute_force(void)
{
	struct rng r = rng_at(1, RNG_WORLD, 0, 0, 0);

	for (int i = 0; i < 2000; i++) {
		struct situation s;

		make_situation(&s, &r);
		check_draw(&s, &r);
		clear_situation(&s);
	}
}

/* Returns whether it walked, which it does where less than an eighth is left. */
static bool check_uniform(const struct situation *s, uint32_t passing, struct rng *r)
{
	uint32_t counts[MOST_TRACKS] = {0}, of_passing[MOST_TRACKS], n = 0, track;

	for (uint32_t i = 0; i < DRAWS; i++) {
		CHECK(draw(&s->chain, s->candidates, r, &track) == passing);
		counts[track]++;
	}
	for (uint32_t i = 0; i < s->catalog.n_tracks; i++) {
		if (passes(s, i))
			of_passing[n++] = counts[i];
		else
			CHECK(counts[i] == 0);
	}
	/* those that were no candidates */
	while (n > passing) {
		uint32_t i = 0;

		while (i < n && of_passing[i] > 0)
			i++;
		CHECK(i < n);
		of_passing[i] = of_passing[--n];
	}
	CHECK(passing == 1 || fixture_chi_square(of_passing, passing) > 1e-4);
	return passing < s->candidates.n / 8;
}

static void every_survivor_is_as_likely(void)
{
	struct rng r = rng_at(2, RNG_WORLD, 0, 0, 0);
	int walks = 0, rejections = 0;

	while (walks < 8 || rejections < 8) {
		struct situation s;
		uint32_t passing = 0;

		make_situation(&s, &r);
		for (size_t i = 0; i < s.candidates.n; i++)
			passing += passes(&s, candidate(&s, i));
		if (passing > 1 && (passing < s.candidates.n / 8 ? walks < 8 : rejections < 8)) {
			if (check_uniform(&s, passing, &r))
				walks++;
			else
				rejections++;
		}
		clear_situation(&s);
	}
}

/* What the whole catalog offers is counted without a list, artist by artist: many tracks, few heard. */
static void a_large_catalog_is_counted(void)
{
	struct situation s = {0};
	struct rng r = rng_at(3, RNG_WORLD, 0, 0, 0);
	struct errmsg e;
	uint32_t track;

	s.chain = (struct filter_chain){.catalog = &s.catalog, .history = &s.history, .excluded = &s.excluded,
				 .filters = s.filters, .n_filters = 2};
	fixture_catalog(&s.catalog, 5000, 50, 1);
	CHECK(filter_parse(&s.filters[0], "unseen", &e) == 0 && filter_parse(&s.filters[1], "artist:2", &e) == 0);
	CHECK(history_add(&s.history, &s.catalog, 0, 1) == 0);	 /* artist 0, once: one track is struck out */
	CHECK(history_add(&s.history, &s.catalog, 51, 1) == 0);	 /* artist 1, twice: all 100 */
	CHECK(history_add(&s.history, &s.catalog, 101, 1) == 0);
	*idmap_at(&s.excluded, 0) = 1;	/* struck out already */
	*idmap_at(&s.excluded, 1) = 1;	/* likewise */
	*idmap_at(&s.excluded, 50) = 1; /* artist 0 */
	*idmap_at(&s.excluded, 7) = 1;	/* nobody has heard of them */
	CHECK(draw(&s.chain, (struct candidates){.n = 5000}, &r, &track) == 5000 - 1 - 100 - 2);
	clear_situation(&s);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(counts_are_those_of_brute_force);
	RUN(every_survivor_is_as_likely);
	RUN(a_large_catalog_is_counted);
	fixture_leave(directory);
	return DONE();
}

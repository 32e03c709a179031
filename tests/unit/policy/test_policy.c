#include "policy/policy.h"

#include "unit/fixture.h"

/*
 * Tracks 0 … 11 with ids 0, 10 … 110 by artists 0, 1, 2, 0, 1, 2 … Similar to 0: 3 (its artist's) and 1. User 7 likes
 * 5. Top: 2, 4, 6.
 */
static struct tables tables;

static void load_tables(void)
{
	struct catalog c;
	struct errmsg e;

	fixture_catalog(&c, 12, 3, 10);
	catalog_clear(&c);
	if (tables_load_catalog(&tables, "catalog", &e) < 0 ||
	    tables_load(&tables, TABLE_SIMILAR, fixture_file("file", "{\"track\":0,\"recommendations\":[30,10]}\n"),
			&e) < 0 ||
	    tables_load(&tables, TABLE_USER_TRACKS, fixture_file("file", "{\"user\":7,\"tracks\":[50]}\n"), &e) < 0 ||
	    tables_load(&tables, TABLE_TOP, fixture_file("file", "[20,40,60]"), &e) < 0) {
		printf("Bail out! %s\n", e.text);
		exit(1);
	}
}

static struct policy bound(const char *text)
{
	struct policy p;
	struct errmsg e = {0};

	CHECK(policy_parse(&p, text, &e) == 0);
	CHECK(policy_bind(&p, &tables, &e) == 0);
	CHECK_STR(e.text, "");
	return p;
}

/* A session that has heard some tracks, all of the last one's `time`. */
struct listener {
	struct history history;
	struct idmap excluded;
	struct policy_request request;
};

static void hear(struct listener *l, uint32_t track, double time)
{
	CHECK(history_add(&l->history, &tables.catalog, track, time) == 0);
	l->request = (struct policy_request){
		.user = 1, .track = track, .time = time, .history = &l->history, .excluded = &l->excluded};
}

static void leave(struct listener *l)
{
	history_clear(&l->history);
	idmap_clear(&l->excluded);
}

/*
 * Asks many times. Wants the source and the pool every time, and all of the pool to come. Returns the tracks, as
 * bits.
 */
static unsigned ask(const char *policy, const struct listener *l, const char *source, uint32_t pool)
{
	struct policy p = bound(policy);
	struct rng r = rng_at(5, RNG_POLICY, 0, 0, 0);
	unsigned seen = 0;

	for (int i = 0; i < 400; i++) {
		struct recommendation a;

		CHECK(policy_recommend(&p, &l->request, &r, &a) == 0);
		CHECK_STR(a.source, source);
		CHECK(a.choice.pool == pool);
		seen |= 1u << a.choice.track;
	}
	CHECK((uint32_t)__builtin_popcount(seen) == pool);
	policy_clear(&p);
	return seen;
}

enum { ALL = (1 << 12) - 1 };

static void the_first_that_has_a_candidate_answers(void)
{
	struct listener l = {0};

	/* not "collaborative": alone, that is the published policy of this name */
	hear(&l, 0, 1);
	CHECK(ask("random", &l, "random", 12) == ALL);
	CHECK(ask("similar,toppop:2,random", &l, "similar", 2) == (1 << 3 | 1 << 1));
	CHECK(ask("collaborative,toppop:2,random", &l, "toppop", 2) == (1 << 2 | 1 << 4));
	CHECK(ask("collaborative,artist", &l, "artist", 4) == (1 << 0 | 1 << 3 | 1 << 6 | 1 << 9));
	CHECK(ask("collaborative@0", &l, "exhausted", 12) == ALL);
	l.request.user = 7;
	CHECK(ask("collaborative,random", &l, "collaborative", 1) == 1 << 5);
	leave(&l);
}

static void filters_strike_out(void)
{
	struct listener l = {0};

	hear(&l, 3, 1);
	hear(&l, 0, 1);
	CHECK(ask("similar,random+unseen", &l, "similar", 1) == 1 << 1);
	CHECK(ask("random+unseen", &l, "random", 10) == (ALL & ~(1 << 0 | 1 << 3)));
	CHECK(ask("artist+unseen", &l, "artist", 2) == (1 << 6 | 1 << 9));
	/* artist 0 was played twice */
	CHECK(ask("random+artist:2", &l, "random", 8) == (ALL & ~(1 << 0 | 1 << 3 | 1 << 6 | 1 << 9)));
	CHECK(ask("random+artist:3+unseen", &l, "random", 10) == (ALL & ~(1 << 0 | 1 << 3)));
	/* a source that is left with nothing is followed by the next */
	CHECK(ask("artist,toppop:1+artist:2", &l, "toppop", 1) == 1 << 2);
	CHECK(ask("artist,toppop:1+artist:1", &l, "toppop", 1) == 1 << 2);
	hear(&l, 2, 1);
	CHECK(ask("artist,toppop:1+artist:1", &l, "exhausted", 12) == ALL);
	leave(&l);
}

/* An artist is played at most n times, however long it goes on: by then, the source is exhausted. */
static void an_artist_is_played_n_times(void)
{
	for (uint32_t n = 1; n <= 4; n++) {
		char text[32];
		struct listener l = {0};
		struct policy p;
		struct rng r = rng_at(n, RNG_POLICY, 0, 0, 0);
		uint32_t answered = 0;

		snprintf(text, sizeof text, "random+artist:%u", n);
		p = bound(text);
		hear(&l, 5, 1);
		for (;;) {
			struct recommendation a;

			CHECK(policy_recommend(&p, &l.request, &r, &a) == 0);
			if (strcmp(a.source, "exhausted") == 0)
				break;
			hear(&l, a.choice.track, 0);
			answered++;
		}
		CHECK(answered + 1 == 3 * n);
		for (uint32_t a = 0; a < 3; a++)
			CHECK(history_artist_plays(&l.history, a) == n);
		policy_clear(&p);
		leave(&l);
	}
}

/* A source with @t is skipped where the time is below t; at t it is not. */
static void bounds_let_their_own_value_pass(void)
{
	struct listener l = {0};

	hear(&l, 0, 0.65);
	ask("similar@0.65,random", &l, "similar", 2);
	ask("similar@0.66,random", &l, "random", 12);
	l.request.time = 0.64;
	ask("similar@0.65,random", &l, "random", 12);
	ask("similar@0.65", &l, "exhausted", 12);
	l.request.time = 0;
	ask("similar@0,random", &l, "similar", 2);
	ask("similar@1e-9,random", &l, "random", 12);
	l.request.time = 1;
	ask("similar@1,random", &l, "similar", 2);
	/* each source has its own */
	l.request.time = 0.5;
	ask("similar@0.9,artist@0.6,toppop:3@0.5,random", &l, "toppop", 3);
	leave(&l);
}

static void an_unknown_track_is_answered(void)
{
	struct listener l = {0};

	hear(&l, CATALOG_NONE, 1);
	CHECK(ask("similar,artist,random+unseen+artist:1", &l, "random", 12) == ALL);
	CHECK(ask("similar,artist+unseen+artist:1", &l, "exhausted", 12) == ALL);
	leave(&l);
}

static void what_is_excluded_does_not_come(void)
{
	struct listener l = {0};

	hear(&l, 0, 1);
	*idmap_at(&l.excluded, 3) = 1;
	CHECK(ask("similar,random", &l, "similar", 1) == 1 << 1);
	CHECK(ask("random", &l, "random", 11) == (ALL & ~(1 << 3)));
	CHECK(ask("collaborative@0", &l, "exhausted", 11) == (ALL & ~(1 << 3)));
	CHECK(ask("random+unseen", &l, "random", 10) == (ALL & ~(1 << 3 | 1 << 0)));
	*idmap_at(&l.excluded, 1) = 1;
	CHECK(ask("similar,random", &l, "random", 10) == (ALL & ~(1 << 3 | 1 << 1)));
	leave(&l);
}

/* Nothing may be played, and yet an answer is due. */
static void where_all_is_excluded_any_track_comes(void)
{
	struct listener l = {0};

	hear(&l, 0, 1);
	for (uint32_t i = 0; i < 12; i++)
		*idmap_at(&l.excluded, i) = 1;
	CHECK(ask("similar,random+unseen", &l, "exhausted", 12) == ALL);
	leave(&l);
}

static void where_all_is_struck_out_exclusions_still_hold(void)
{
	struct listener l = {0};

	for (uint32_t i = 0; i < 12; i++)
		hear(&l, i, 0);
	CHECK(ask("random+unseen", &l, "exhausted", 12) == ALL);
	for (uint32_t i = 0; i < 11; i++)
		*idmap_at(&l.excluded, i) = 1;
	CHECK(ask("random+unseen", &l, "exhausted", 1) == 1 << 11);
	leave(&l);
}

static void published_names_stand_for_policies(void)
{
	static const struct {
		const char *name, *text;
	} known[] = {
		{"random", "random"},
		{"sticky-artist", "artist,random"},
		{"toppop", "toppop:100,random"},
		{"collaborative", "collaborative,random"},
		{"contextual", "similar,random"},
		{"contextual-toppop", "similar@0.65,toppop:100,random+unseen+artist:2"},
	};
	size_t n = sizeof known / sizeof *known;

	for (size_t i = 0; i < n; i++) {
		struct policy p = bound(known[i].name), q = bound(known[i].text);

		CHECK_STR(policy_name(i), known[i].name);
		CHECK(p.n_sources == q.n_sources && p.n_filters == q.n_filters);
		for (size_t j = 0; j < p.n_sources; j++)
			CHECK(p.sources[j].kind == q.sources[j].kind && p.sources[j].count == q.sources[j].count &&
			      p.sources[j].min_time == q.sources[j].min_time);
		for (size_t j = 0; j < p.n_filters; j++)
			CHECK(p.filters[j].kind == q.filters[j].kind && p.filters[j].limit == q.filters[j].limit);
		policy_clear(&p);
		policy_clear(&q);
	}
	CHECK(policy_name(n) == NULL);
}

static void spaces_may_stand_around_parts(void)
{
	struct policy p = bound("  similar@0.65 , toppop:100,  random + unseen +artist:2 ");

	CHECK(p.n_sources == 3 && p.n_filters == 2 && p.sources[0].min_time == 0.65 && p.filters[1].limit == 2);
	policy_clear(&p);
	p = bound(" sticky-artist ");
	CHECK(p.n_sources == 2);
	policy_clear(&p);
}

static void mistakes_are_named(void)
{
	static const struct {
		const char *text, *reason;
	} known[] = {
		{"", "policy '': a source is missing"},
		{"  ", "policy '  ': a source is missing"},
		{",random", "policy ',random': a source is missing"},
		{"random,", "policy 'random,': a source is missing"},
		{"random,,artist", "policy 'random,,artist': a source is missing"},
		{"+unseen", "policy '+unseen': a source is missing"},
		{"random+", "policy 'random+': a filter after '+' is missing"},
		{"random++unseen", "policy 'random++unseen': a filter after '+' is missing"},
		{"toppop:abc", "policy 'toppop:abc': toppop takes a whole number from 1 to 2147483647, not 'abc'"},
		{"toppop:", "policy 'toppop:': toppop takes how many tracks, as in toppop:100"},
		{"rnadom", "policy 'rnadom': unknown source 'rnadom'; did you mean 'random'?"},
		{"simlar@0.5,random", "policy 'simlar@0.5,random': unknown source 'simlar'; did you mean 'similar'?"},
		{"topop:100", "policy 'topop:100': unknown source 'topop'; did you mean 'toppop'?"},
		{"contextal", "policy 'contextal': unknown source 'contextal'; did you mean 'contextual'?"},
		{"sticky-artsit",
		 "policy 'sticky-artsit': unknown source 'sticky-artsit'; did you mean 'sticky-artist'?"},
		{"xyzzy", "policy 'xyzzy': unknown source 'xyzzy'"},
		{"random+unsene", "policy 'random+unsene': unknown filter 'unsene'; did you mean 'unseen'?"},
		{"random+artits:2", "policy 'random+artits:2': unknown filter 'artits'; did you mean 'artist'?"},
		{"random+unseen+xyzzy", "policy 'random+unseen+xyzzy': unknown filter 'xyzzy'"},
		{"random+artist",
		 "policy 'random+artist': artist takes how often an artist may be played, as in artist:2"},
		{"unseen", "policy 'unseen': 'unseen' is a filter, not a source; write +unseen after the sources"},
		{"unsene", "policy 'unsene': unknown source 'unsene'; did you mean 'unseen'?"},
		{"random+simlar", "policy 'random+simlar': unknown filter 'simlar'; did you mean 'similar'?"},
		{"random+similar@0.5",
		 "policy 'random+similar@0.5': 'similar' is a source, not a filter; "
		 "write ,similar@0.5 before the filters"},
		{"contextual,random",
		 "policy 'contextual,random': 'contextual' is a whole policy, similar,random, not a source"},
		{"sticky-artist+unseen",
		 "policy 'sticky-artist+unseen': 'sticky-artist' is a whole policy, artist,random, not a source"},
		{"random@2", "policy 'random@2': @ takes a number from 0 to 1, not '2'"},
		{"random:1", "policy 'random:1': random takes no argument, not '1'"},
		/* the grammar: filters come last, once; '@' comes last in a source */
		{"artist+unseen,random+unseen",
		 "policy 'artist+unseen,random+unseen': filters come last, once for all sources; "
		 "did you mean 'artist,random+unseen'?"},
		{"random+unseen,artist",
		 "policy 'random+unseen,artist': filters come last, once for all sources; "
		 "did you mean 'random,artist+unseen'?"},
		{"toppop:9@0.5 + artist:2 + unseen, similar + artist:2",
		 "policy 'toppop:9@0.5 + artist:2 + unseen, similar + artist:2': "
		 "filters come last, once for all sources; "
		 "did you mean 'toppop:9@0.5,similar+artist:2+unseen'?"},
		/* the other reading is that of a filter; but neither can be told from the other */
		{"random+unseen,artist:2",
		 "policy 'random+unseen,artist:2': filters come last, once for all sources, each after its '+', "
					   "as in artist,random+unseen+artist:2"},
		{"random+unseen,",
		 "policy 'random+unseen,': filters come last, once for all sources, each after its '+', "
				   "as in artist,random+unseen+artist:2"},
		{"toppop@0.5:100", "policy 'toppop@0.5:100': '@' comes last in a source, as in toppop:100@0.65"},
		{"artist@0.5@0.6", "policy 'artist@0.5@0.6': '@' comes once in a source, as in toppop:100@0.65"},
		{"random+unseen@0.5",
		 "policy 'random+unseen@0.5': '@' stands in a source, as in toppop:100@0.65, and not in a filter"},
		{"random+contextual",
		 "policy 'random+contextual': 'contextual' is a whole policy, similar,random, not a filter"},
		{"random;artist",
		 "policy 'random;artist': unknown source 'random;artist'; sources are separated by ','"},
		{"random artist",
		 "policy 'random artist': unknown source 'random artist'; sources are separated by ','"},
		{"random|artist+unseen",
		 "policy 'random|artist+unseen': unknown source 'random|artist'; sources are separated by ','"},
	};
	struct policy p;
	struct errmsg e;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		CHECK(policy_parse(&p, known[i].text, &e) == -1);
		CHECK_STR(e.text, known[i].reason);
		CHECK(p.sources == NULL && p.filters == NULL); /* nothing to free */
	}
}

static void missing_tables_are_named(void)
{
	struct tables none = {0};
	struct policy p;
	struct errmsg e;

	CHECK(policy_parse(&p, "random,similar", &e) == 0);
	CHECK(policy_bind(&p, &none, &e) == -1);
	CHECK_STR(e.text, "source similar: it needs a table of similar tracks (--similar)");
	policy_clear(&p);
}

/* A policy may be as long as a command line lets it. */
static void a_long_policy_is_read(void)
{
	enum { N = 5000 };
	char *text = malloc(N * 8 + 1);
	struct policy p;
	struct errmsg e;

	for (int i = 0; i < N; i++)
		strcpy(text + 8 * i, "similar,");
	text[8 * N - 1] = 0;
	CHECK(policy_parse(&p, text, &e) == 0);
	CHECK(p.n_sources == N);
	policy_clear(&p);
	text[8 * N - 1] = ',';
	CHECK(policy_parse(&p, text, &e) == -1);
	free(text);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	load_tables();
	RUN(the_first_that_has_a_candidate_answers);
	RUN(filters_strike_out);
	RUN(an_artist_is_played_n_times);
	RUN(bounds_let_their_own_value_pass);
	RUN(an_unknown_track_is_answered);
	RUN(what_is_excluded_does_not_come);
	RUN(where_all_is_excluded_any_track_comes);
	RUN(where_all_is_struck_out_exclusions_still_hold);
	RUN(published_names_stand_for_policies);
	RUN(spaces_may_stand_around_parts);
	RUN(mistakes_are_named);
	RUN(missing_tables_are_named);
	RUN(a_long_policy_is_read);
	tables_clear(&tables);
	fixture_leave(directory);
	return DONE();
}

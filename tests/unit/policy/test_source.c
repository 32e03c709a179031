#include "policy/source.h"

#include "unit/fixture.h"

/* Five tracks with ids 0, 10 … 40; the artists have 0, 20, 40 and 10, 30. Tables of every kind. */
static void load_tables(struct tables *t)
{
	struct catalog c;
	struct errmsg e;

	fixture_catalog(&c, 5, 2, 10);
	catalog_clear(&c);
	CHECK(tables_load_catalog(t, "catalog", &e) == 0);
	CHECK(tables_load(t, TABLE_SIMILAR, fixture_file("file", "{\"track\":10,\"recommendations\":[40,0]}\n"),
			  &e) == 0);
	fixture_file("file", "{\"track\":10,\"recommendations\":[20]}\n");
	CHECK(tables_load(t, TABLE_SIMILAR, "other=file", &e) == 0);
	CHECK(tables_load(t, TABLE_USER_TRACKS, fixture_file("file", "{\"user\":10,\"tracks\":[30]}\n"), &e) == 0);
	fixture_file("file", "[20,10,0]");
	CHECK(tables_load(t, TABLE_TOP, "file", &e) == 0);
	fixture_file("file", "[40]");
	CHECK(tables_load(t, TABLE_TOP, "night=file", &e) == 0);
}

/* What a source is asked with, and room for its answer. */
struct asked {
	struct history history;
	struct idmap excluded;
	struct scored scratch, candidates;
	struct policy_request request;
};

static void asked_init(struct asked *a, uint32_t user, uint32_t track)
{
	*a = (struct asked){.request = {.user = user, .track = track, .time = 1, .explain = 100}};
	a->request.history = &a->history;
	a->request.excluded = &a->excluded;
	a->request.scratch = &a->scratch;
	a->request.candidates = &a->candidates;
}

static void asked_clear(struct asked *a)
{
	history_clear(&a->history);
	idmap_clear(&a->excluded);
	scored_clear(&a->scratch);
	scored_clear(&a->candidates);
}

/* Asks a source, whose filters are those of `policy`: "" for none. Returns what source_choose does. */
static int ask(const struct tables *t, const char *text, const char *unseen, struct asked *a, uint64_t seed,
	       struct choice *c)
{
	struct rng r = rng_at(seed, RNG_POLICY, 0, 0, 0);
	struct filter_chain chain = {.catalog = &t->catalog, .history = &a->history, .excluded = &a->excluded};
	struct pools pools;
	struct filter filter;
	struct source s;
	struct errmsg e;
	int status;

	if (*unseen) {
		CHECK(filter_parse(&filter, unseen, &e) == 0);
		chain.filters = &filter;
		chain.n_filters = 1;
	}
	CHECK(source_parse(&s, text, &e) == 0);
	CHECK(pools_init(&pools, &t->catalog, chain.filters, chain.n_filters) == 0);
	CHECK(source_bind(&s, t, &pools, &e) == 0);
	chain.pools = &pools;
	scored_reset(&a->candidates);
	status = source_choose(&s, t, &a->request, &chain, &r, c);
	source_clear(&s);
	pools_clear(&pools);
	return status;
}

/* All candidates, in their order; one of them is the answer. */
static void check_offer(const struct tables *t, const char *text, uint32_t user, uint32_t track, const uint32_t *want,
			size_t n)
{
	struct asked a;
	struct choice c;

	asked_init(&a, user, track);
	CHECK(ask(t, text, "", &a, 1, &c) == (n > 0));
	CHECK(a.candidates.n == n && (n == 0 || c.pool == n));
	for (size_t i = 0; i < n && i < a.candidates.n; i++)
		CHECK(a.candidates.list[i].track == want[i] && a.candidates.list[i].score == 1.0 / (double)n);
	asked_clear(&a);
}

#define CHECK_OFFER(t, text, track, ...) \
	check_offer(t, text, 10, track, (const uint32_t[]){__VA_ARGS__}, \
		    sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static void each_offers_its_candidates(void)
{
	struct tables t;

	load_tables(&t);
	CHECK_OFFER(&t, "random", 1, 0, 1, 2, 3, 4);
	CHECK_OFFER(&t, "random", CATALOG_NONE, 0, 1, 2, 3, 4);
	CHECK_OFFER(&t, "artist", 1, 1, 3); /* the finished track among them */
	CHECK_OFFER(&t, "artist:other", 1, 3);
	CHECK_OFFER(&t, "artist:other", 2, 0, 4);
	check_offer(&t, "artist", 1, CATALOG_NONE, NULL, 0);
	check_offer(&t, "artist:other", 1, CATALOG_NONE, NULL, 0);
	CHECK_OFFER(&t, "toppop:2", 1, 2, 1);
	CHECK_OFFER(&t, "toppop:3", CATALOG_NONE, 2, 1, 0);
	CHECK_OFFER(&t, "toppop:2147483647", 1, 2, 1, 0);
	CHECK_OFFER(&t, "toppop:9:night", 1, 4);
	CHECK_OFFER(&t, "collaborative", 1, 3); /* by the user's id, which is not an index */
	check_offer(&t, "collaborative", 1, CATALOG_NONE, NULL, 0);
	CHECK_OFFER(&t, "similar", 1, 4, 0);
	CHECK_OFFER(&t, "similar:other", 1, 2);
	check_offer(&t, "similar", 1, CATALOG_NONE, NULL, 0);
	tables_clear(&t);
}

static void an_index_is_no_id(void)
{
	struct tables t;

	load_tables(&t);
	check_offer(&t, "similar", 3, 3, NULL, 0); /* 10 is the id that has a list; its index is 1 */
	check_offer(&t, "collaborative", 3, 3, NULL, 0);
	tables_clear(&t);
}

/* An artist whose only track it is has no other. */
static void the_other_tracks_may_be_none(void)
{
	struct tables t = {0};
	struct errmsg e;

	fixture_file("catalog", "{\"track\":1,\"artist\":\"a\"}\n{\"track\":2,\"artist\":\"b\"}\n");
	CHECK(tables_load_catalog(&t, "catalog", &e) == 0);
	check_offer(&t, "artist:other", 1, 0, NULL, 0);
	CHECK_OFFER(&t, "artist", 0, 0);
	tables_clear(&t);
}

/* Six tracks, 0 to 5, and lists of three. */
static void load_lists(struct tables *t)
{
	struct catalog c;
	struct errmsg e;

	fixture_catalog(&c, 6, 2, 1);
	catalog_clear(&c);
	CHECK(tables_load_catalog(t, "catalog", &e) == 0);
	CHECK(tables_load(t, TABLE_SIMILAR, fixture_file("file", "{\"track\":0,\"recommendations\":[1,2,3]}\n"
								 "{\"track\":1,\"recommendations\":[2,0]}\n"
								 "{\"track\":2,\"recommendations\":[5,3]}\n"),
			  &e) == 0);
}

static void hear(const struct tables *t, struct asked *a, uint32_t track, double time)
{
	CHECK(history_add(&a->history, &t->catalog, track, time) == 0);
	a->request.track = track;
	a->request.time = time;
	a->request.recent = a->history.plays;
	a->request.n_recent = a->history.n;
}

static void votes_are_weighted_by_time(void)
{
	struct tables t;
	struct asked a;
	struct choice c;

	load_lists(&t);
	asked_init(&a, 1, CATALOG_NONE);
	CHECK(ask(&t, "votes", "", &a, 1, &c) == 0);
	hear(&t, &a, 4, 1); /* has no list */
	CHECK(ask(&t, "votes", "", &a, 1, &c) == 0);
	hear(&t, &a, 0, 0.25);
	hear(&t, &a, 1, 0.5);
	hear(&t, &a, 2, 0); /* speaks for nothing */
	/* 2: 0.75, 0: 0.5, 1 and 3: 0.25 */
	CHECK(ask(&t, "votes", "", &a, 1, &c) == 1 && c.track == 2 && c.pool == 1 && isnan(c.propensity));
	CHECK(a.candidates.n == 4 && a.candidates.list[0].track == 2 && a.candidates.list[0].score == 0.75);
	CHECK(a.candidates.list[1].track == 0 && a.candidates.list[2].track == 1 && a.candidates.list[3].track == 3);
	/* of those that have not been heard only 3 is left */
	CHECK(ask(&t, "votes:2", "unseen", &a, 1, &c) == 1 && c.track == 3 && c.pool == 1);
	*idmap_at(&a.excluded, 2) = 1;
	CHECK(ask(&t, "votes", "", &a, 1, &c) == 1 && c.track == 0);
	asked_clear(&a);
	tables_clear(&t);
}

static void the_best_votes_are_drawn_from(void)
{
	struct tables t;
	struct asked a;
	struct choice c;
	unsigned seen = 0;

	load_lists(&t);
	asked_init(&a, 1, CATALOG_NONE);
	hear(&t, &a, 0, 0.25);
	hear(&t, &a, 1, 0.5);
	for (uint64_t seed = 0; seed < 100; seed++) {
		CHECK(ask(&t, "votes:3", "", &a, seed, &c) == 1 && c.pool == 3);
		seen |= 1u << c.track;
	}
	CHECK(seen == (1 << 0 | 1 << 1 | 1 << 2));
	asked_clear(&a);
	tables_clear(&t);
}

static void anchors_are_drawn_by_time(void)
{
	struct tables t;
	struct asked a;
	struct choice c;
	unsigned threes = 0;

	load_lists(&t);
	asked_init(&a, 1, CATALOG_NONE);
	CHECK(ask(&t, "i2i", "", &a, 1, &c) == 0);
	hear(&t, &a, 0, 0.25); /* leads to 3: the others have been heard */
	hear(&t, &a, 1, 1);    /* leads nowhere */
	hear(&t, &a, 2, 0.75); /* leads to 5 */
	for (uint64_t seed = 0; seed < 1000; seed++) {
		CHECK(ask(&t, "i2i", "", &a, seed, &c) == 1 && c.pool == 0);
		CHECK(c.track == 3 ? c.propensity == 0.25 : c.track == 5 && c.propensity == 0.75);
		threes += c.track == 3;
	}
	CHECK(threes > 200 && threes < 300);
	CHECK(a.candidates.n == 2 && a.candidates.list[0].track == 5 && a.candidates.list[0].score == 0.75);
	/* the last one alone, and then 3 has not been heard either */
	CHECK(ask(&t, "i2i:1", "", &a, 1, &c) == 1 && c.track == 5 && c.propensity == 1);
	hear(&t, &a, 5, 0);
	CHECK(ask(&t, "i2i:1", "", &a, 1, &c) == 0);
	CHECK(ask(&t, "i2i:2", "", &a, 1, &c) == 1 && c.track == 3);
	asked_clear(&a);
	tables_clear(&t);
}

/* What the user heard in another session is an anchor, but not for i2i:session. */
static void a_session_may_be_all_that_counts(void)
{
	static const struct play before[] = {{.track = 2, .time = 1}};
	struct tables t;
	struct asked a;
	struct choice c;

	load_lists(&t);
	asked_init(&a, 1, CATALOG_NONE);
	hear(&t, &a, 0, 0);
	a.request.recent = before;
	a.request.n_recent = 1;
	CHECK(ask(&t, "i2i", "", &a, 1, &c) == 1 && c.track == 5);
	CHECK(ask(&t, "i2i:session", "", &a, 1, &c) == 0);
	hear(&t, &a, 1, 0.5);
	CHECK(ask(&t, "i2i:session:5", "", &a, 1, &c) == 1 && c.track == 2);
	asked_clear(&a);
	tables_clear(&t);
}

static void only_i2i_looks_back_over_sessions(void)
{
	static const struct {
		const char *text;
		size_t recent;
	} known[] = {{"random", 0}, {"votes:3", 0}, {"i2i", 10}, {"i2i:7", 7}, {"i2i:session:7", 0},
		     {"i2i:3:lightfm", 3}};
	struct source s;
	struct errmsg e;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		CHECK(source_parse(&s, known[i].text, &e) == 0 && source_recent(&s) == known[i].recent);
		source_clear(&s);
	}
}

static void bounds_are_parsed(void)
{
	static const struct {
		const char *text;
		double min_time;
	} known[] = {
		{"random", 0}, {"random@0", 0}, {"random@1", 1}, {"similar@0.65", 0.65}, {"toppop:5@.5", 0.5},
		{"toppop:5:day@1e-3", 0.001},
	};
	struct source s;
	struct errmsg e;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		CHECK(source_parse(&s, known[i].text, &e) == 0);
		CHECK(s.min_time == known[i].min_time);
		source_clear(&s);
	}
	CHECK(source_parse(&s, "toppop:7:day@0.5", &e) == 0);
	CHECK(s.count == 7);
	CHECK_STR(s.name, "day");
	CHECK_STR(source_name(&s), "toppop");
	source_clear(&s);
}

static void mistakes_are_named(void)
{
	static const struct {
		const char *text, *reason;
	} known[] = {
		{"", "unknown source ''"},
		{"rnadom", "unknown source 'rnadom'"},
		{"Random", "unknown source 'Random'"},
		{"random:3", "random takes no argument, not '3'"},
		{"random:", "random takes no argument, not ''"},
		{"artist:2", "artist takes no argument but other, not '2'"},
		{"artist:others", "artist takes no argument but other, not 'others'"},
		{"artist:other:2", "artist takes no argument but other, not '2'"},
		{"votes:0", "votes takes a whole number from 1 to 2147483647, not '0'"},
		{"votes:lightfm", "votes takes a whole number from 1 to 2147483647, not 'lightfm'"},
		{"i2i:sessions", "i2i takes a whole number from 1 to 2147483647, not 'sessions'"},
		{"i2i:session:", "i2i takes a whole number from 1 to 2147483647, not ''"},
		{"toppop", "toppop takes how many tracks, as in toppop:100"},
		{"toppop:", "toppop takes how many tracks, as in toppop:100"},
		{"toppop::day", "toppop takes how many tracks, as in toppop:100"},
		{"toppop:abc", "toppop takes a whole number from 1 to 2147483647, not 'abc'"},
		{"toppop:0", "toppop takes a whole number from 1 to 2147483647, not '0'"},
		{"toppop:-5", "toppop takes a whole number from 1 to 2147483647, not '-5'"},
		{"toppop:5x:day", "toppop takes a whole number from 1 to 2147483647, not '5x'"},
		{"random@", "@ takes a number from 0 to 1, not ''"},
		{"random@1.5", "@ takes a number from 0 to 1, not '1.5'"},
		{"random@-0.1", "@ takes a number from 0 to 1, not '-0.1'"},
		{"random@nan", "@ takes a number from 0 to 1, not 'nan'"},
		{"random@0x1", "@ takes a number from 0 to 1, not '0x1'"},
		{"random@ 0.5", "@ takes a number from 0 to 1, not ' 0.5'"},
		{"random@0.5@", "@ takes a number from 0 to 1, not ''"},
		{"random@0.5@0.5", "'@' comes once in a source, as in toppop:100@0.65"},
	};
	struct source s;
	struct errmsg e;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		CHECK(source_parse(&s, known[i].text, &e) == -1);
		CHECK_STR(e.text, known[i].reason);
		source_clear(&s);
	}
}

static void check_missing(const struct tables *t, const char *text, const char *reason)
{
	struct pools pools = {0};
	struct source s;
	struct errmsg e;

	CHECK(source_parse(&s, text, &e) == 0);
	CHECK(source_bind(&s, t, &pools, &e) == -1);
	CHECK_STR(e.text, reason);
	source_clear(&s);
}

static void missing_tables_are_named(void)
{
	struct tables none = {0}, t;

	check_missing(&none, "similar", "source similar: it needs a table of similar tracks (--similar)");
	check_missing(&none, "collaborative",
		      "source collaborative: it needs a table of users' tracks (--user-tracks)");
	check_missing(&none, "toppop:5", "source toppop: it needs a popularity table (--top)");
	check_missing(&none, "toppop:5:day", "source toppop: it needs a popularity table (--top)");
	load_tables(&t);
	check_missing(&t, "toppop:5:day", "source toppop: there is no popularity table 'day' (--top day=FILE)");
	tables_clear(&t);
}

static void kinds_have_names(void)
{
	static const char *const want[] = {"random", "artist", "toppop", "collaborative", "similar", "votes", "i2i",
					   "session"};
	size_t n = sizeof want / sizeof *want;

	for (size_t i = 0; i < n; i++)
		CHECK_STR(source_kind_name(i), want[i]);
	CHECK(source_kind_name(n) == NULL);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(each_offers_its_candidates);
	RUN(an_index_is_no_id);
	RUN(the_other_tracks_may_be_none);
	RUN(votes_are_weighted_by_time);
	RUN(the_best_votes_are_drawn_from);
	RUN(anchors_are_drawn_by_time);
	RUN(a_session_may_be_all_that_counts);
	RUN(only_i2i_looks_back_over_sessions);
	RUN(bounds_are_parsed);
	RUN(mistakes_are_named);
	RUN(missing_tables_are_named);
	RUN(kinds_have_names);
	fixture_leave(directory);
	return DONE();
}

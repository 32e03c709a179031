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
	CHECK(tables_load_similar(t, fixture_file("file", "{\"track\":10,\"recommendations\":[40,0]}\n"), &e) == 0);
	CHECK(tables_load_user_tracks(t, fixture_file("file", "{\"user\":10,\"tracks\":[30]}\n"), &e) == 0);
	fixture_file("file", "[20,10,0]");
	CHECK(tables_load_top(t, "file", &e) == 0);
	fixture_file("file", "[40]");
	CHECK(tables_load_top(t, "night=file", &e) == 0);
}

static void check_offer(const struct tables *t, const char *text, struct question q, const uint32_t *want, size_t n)
{
	struct source s;
	struct errmsg e;
	struct candidates got;

	CHECK(source_parse(&s, text, &e) == 0);
	CHECK(source_bind(&s, t, &e) == 0);
	got = source_offer(&s, t, &q);
	CHECK(got.n == n);
	for (size_t i = 0; i < n && i < got.n; i++)
		CHECK((got.tracks ? got.tracks[i] : i) == want[i] && (!got.place || got.place[want[i]] == i));
	source_clear(&s);
}

#define CHECK_OFFER(t, text, question, ...) \
	check_offer(t, text, question, (const uint32_t[]){__VA_ARGS__}, \
		    sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static void each_offers_its_candidates(void)
{
	struct history h = {0};
	struct question known = {.user = 10, .track = 1, .time = 1, .history = &h};
	struct question unknown = {.user = 1, .track = CATALOG_NONE, .time = 1, .history = &h};
	struct tables t;

	load_tables(&t);
	CHECK_OFFER(&t, "random", known, 0, 1, 2, 3, 4);
	CHECK_OFFER(&t, "random", unknown, 0, 1, 2, 3, 4);
	CHECK_OFFER(&t, "artist", known, 1, 3); /* the finished track among them */
	check_offer(&t, "artist", unknown, NULL, 0);
	CHECK_OFFER(&t, "toppop:2", known, 2, 1);
	CHECK_OFFER(&t, "toppop:3", unknown, 2, 1, 0);
	CHECK_OFFER(&t, "toppop:2147483647", known, 2, 1, 0);
	CHECK_OFFER(&t, "toppop:9:night", known, 4);
	CHECK_OFFER(&t, "collaborative", known, 3); /* by the user's id, which is no index */
	check_offer(&t, "collaborative", unknown, NULL, 0);
	CHECK_OFFER(&t, "similar", known, 4, 0);
	check_offer(&t, "similar", unknown, NULL, 0);
	tables_clear(&t);
}

static void an_index_is_no_id(void)
{
	struct history h = {0};
	struct question q = {.user = 3, .track = 3, .time = 1, .history = &h};
	struct tables t;

	load_tables(&t);
	check_offer(&t, "similar", q, NULL, 0); /* 10 is the id that has a list; its index is 1 */
	check_offer(&t, "collaborative", q, NULL, 0);
	tables_clear(&t);
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
	CHECK(s.limit == 7);
	CHECK_STR(s.table, "day");
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
		{"artist:2", "artist takes no argument, not '2'"},
		{"collaborative:2", "collaborative takes no argument, not '2'"},
		{"similar:2", "similar takes no argument, not '2'"},
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
		{"random@0.5@0.5", "unknown source 'random@0.5'"},
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
	struct source s;
	struct errmsg e;

	CHECK(source_parse(&s, text, &e) == 0);
	CHECK(source_bind(&s, t, &e) == -1);
	CHECK_STR(e.text, reason);
	source_clear(&s);
}

static void missing_tables_are_named(void)
{
	struct tables none = {0}, t;

	check_missing(&none, "similar", "source similar: it needs a table of similar tracks (--similar)");
	check_missing(&none, "collaborative", "source collaborative: it needs the users' tracks (--user-tracks)");
	check_missing(&none, "toppop:5", "source toppop: it needs a popularity table (--top)");
	check_missing(&none, "toppop:5:day", "source toppop: it needs a popularity table (--top)");
	load_tables(&t);
	check_missing(&t, "toppop:5:day", "source toppop: there is no popularity table 'day' (--top day=FILE)");
	tables_clear(&t);
}

static void kinds_have_names(void)
{
	static const char *const want[] = {"random", "artist", "toppop", "collaborative", "similar"};
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
	RUN(bounds_are_parsed);
	RUN(mistakes_are_named);
	RUN(missing_tables_are_named);
	RUN(kinds_have_names);
	fixture_leave(directory);
	return DONE();
}

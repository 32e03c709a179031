#include "filter.h"

#include "fixture.h"

static struct filter parsed(const char *text)
{
	struct filter f;
	struct errmsg e;

	CHECK(filter_parse(&f, text, &e) == 0);
	return f;
}

static void unseen_strikes_out_what_was_played(void)
{
	struct filter f = parsed("unseen");
	struct history h = {0};
	struct catalog c;

	fixture_catalog(&c, 4, 2, 1);
	for (uint32_t i = 0; i < 4; i++)
		CHECK(filter_allows(&f, &c, &h, i));
	history_add(&h, &c, 2, 0); /* not listened to, but played */
	history_add(&h, &c, CATALOG_NONE, 1);
	CHECK(filter_allows(&f, &c, &h, 0) && filter_allows(&f, &c, &h, 1) && filter_allows(&f, &c, &h, 3));
	CHECK(!filter_allows(&f, &c, &h, 2));
	history_clear(&h);
	catalog_clear(&c);
}

/* Tracks whose artist has already been played n times: so an artist is played at most n times. */
static void artist_counts_plays_not_tracks(void)
{
	struct filter once = parsed("artist:1"), thrice = parsed("artist:3");
	struct history h = {0};
	struct catalog c;

	fixture_catalog(&c, 6, 2, 1);
	CHECK(filter_allows(&once, &c, &h, 0));
	history_add(&h, &c, 0, 1);
	CHECK(!filter_allows(&once, &c, &h, 0) && !filter_allows(&once, &c, &h, 4) && filter_allows(&once, &c, &h, 1));
	CHECK(filter_allows(&thrice, &c, &h, 4));
	history_add(&h, &c, 0, 0);
	CHECK(filter_allows(&thrice, &c, &h, 4));
	history_add(&h, &c, 0, 0);
	CHECK(!filter_allows(&thrice, &c, &h, 4) && filter_allows(&thrice, &c, &h, 5));
	history_clear(&h);
	catalog_clear(&c);
}

static void mistakes_are_named(void)
{
	static const struct {
		const char *text, *reason;
	} known[] = {
		{"unsene", "unknown filter 'unsene'"},
		{"", "unknown filter ''"},
		{"unseen ", "unknown filter 'unseen '"},
		{"Unseen", "unknown filter 'Unseen'"},
		{"unseen:", "unseen takes no argument, not ''"},
		{"unseen:3", "unseen takes no argument, not '3'"},
		{"artist", "artist takes how often an artist may be played, as in artist:2"},
		{"artist:", "artist takes a whole number from 1 to 2147483647, not ''"},
		{"artist:0", "artist takes a whole number from 1 to 2147483647, not '0'"},
		{"artist:-1", "artist takes a whole number from 1 to 2147483647, not '-1'"},
		{"artist:2:3", "artist takes a whole number from 1 to 2147483647, not '2:3'"},
		{"artist:2.5", "artist takes a whole number from 1 to 2147483647, not '2.5'"},
		{"artist:2147483648", "artist takes a whole number from 1 to 2147483647, not '2147483648'"},
		{"artist:99999999999999999999", "artist takes a whole number from 1 to 2147483647, not '99999999999999999999'"},
	};
	struct filter f;
	struct errmsg e;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		CHECK(filter_parse(&f, known[i].text, &e) == -1);
		CHECK_STR(e.text, known[i].reason);
	}
	CHECK(parsed("artist:2147483647").limit == 2147483647);
}

static void kinds_have_names(void)
{
	CHECK_STR(filter_kind_name(0), "unseen");
	CHECK_STR(filter_kind_name(1), "artist");
	CHECK(filter_kind_name(2) == NULL && filter_kind_name(1000) == NULL);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(unseen_strikes_out_what_was_played);
	RUN(artist_counts_plays_not_tracks);
	RUN(mistakes_are_named);
	RUN(kinds_have_names);
	fixture_leave(directory);
	return DONE();
}

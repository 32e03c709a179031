#include "policy/filter.h"

#include "unit/check.h"

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

	CHECK(filter_allows(&f, 0, 0) && filter_allows(&f, 0, 1) && filter_allows(&f, 0, 1000));
	CHECK(!filter_allows(&f, 1, 1) && !filter_allows(&f, 2, 1000));
}

/* Tracks whose artist has already been played n times: so an artist is played at most n times. */
static void artist_counts_plays_not_tracks(void)
{
	struct filter once = parsed("artist:1"), thrice = parsed("artist:3");

	CHECK(filter_allows(&once, 0, 0) && !filter_allows(&once, 0, 1) && !filter_allows(&once, 1, 1));
	CHECK(filter_allows(&thrice, 0, 2) && filter_allows(&thrice, 2, 2));
	CHECK(!filter_allows(&thrice, 0, 3) && !filter_allows(&thrice, 3, 3) && !filter_allows(&thrice, 1, 1000));
}

/* What draw.c relies on: see filter.h. */
static void fewer_plays_never_make_it_stricter(void)
{
	const char *const texts[] = {"unseen", "artist:1", "artist:2", "artist:5"};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct filter f = parsed(texts[i]);

		CHECK(filter_allows(&f, 0, 0));
		for (uint32_t track = 0; track < 8; track++)
			for (uint32_t artist = 0; artist < 8; artist++)
				if (filter_allows(&f, track, artist))
					CHECK((track == 0 || filter_allows(&f, track - 1, artist)) &&
					      (artist == 0 || filter_allows(&f, track, artist - 1)));
	}
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
		{"artist:99999999999999999999",
		 "artist takes a whole number from 1 to 2147483647, not '99999999999999999999'"},
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
	RUN(unseen_strikes_out_what_was_played);
	RUN(artist_counts_plays_not_tracks);
	RUN(fewer_plays_never_make_it_stricter);
	RUN(mistakes_are_named);
	RUN(kinds_have_names);
	return DONE();
}

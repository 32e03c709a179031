#include "world/history.h"

#include "unit/fixture.h"

static void plays_are_kept_in_order_and_counted(void)
{
	struct history h = {0};
	struct catalog c;

	fixture_catalog(&c, 6, 2, 3); /* artist 0 has 0, 2, 4 */
	CHECK(history_track_plays(&h, 0) == 0 && history_artist_plays(&h, 0) == 0);
	CHECK(history_add(&h, &c, 4, 1) == 0);
	CHECK(history_add(&h, &c, 2, 0.25) == 0);
	CHECK(history_add(&h, &c, 4, 0) == 0);
	CHECK(history_add(&h, &c, 5, 0.5) == 0);
	CHECK(h.n == 4);
	CHECK(h.plays[0].track == 4 && h.plays[1].track == 2 && h.plays[2].track == 4 && h.plays[3].track == 5);
	CHECK(h.plays[0].time == 1 && h.plays[1].time == 0.25 && h.plays[2].time == 0 && h.plays[3].time == 0.5);
	CHECK(history_track_plays(&h, 4) == 2 && history_track_plays(&h, 2) == 1 && history_track_plays(&h, 0) == 0);
	CHECK(history_artist_plays(&h, 0) == 3 && history_artist_plays(&h, 1) == 1);
	history_clear(&h);
	CHECK(h.n == 0 && h.plays == NULL && history_track_plays(&h, 4) == 0);
	catalog_clear(&c);
}

/* An unknown track is a step of the session, but of no artist. */
static void unknown_tracks_do_not_count(void)
{
	struct history h = {0};
	struct catalog c;

	fixture_catalog(&c, 2, 1, 1);
	CHECK(history_add(&h, &c, CATALOG_NONE, 0.5) == 0);
	CHECK(h.n == 1 && h.plays[0].track == CATALOG_NONE && h.plays[0].time == 0.5);
	CHECK(h.counts.tracks.n == 0 && h.counts.artists.n == 0);
	CHECK(history_track_plays(&h, CATALOG_NONE) == 0 && history_artist_plays(&h, CATALOG_NONE) == 0);
	history_clear(&h);
	catalog_clear(&c);
}

static void a_reset_history_is_empty(void)
{
	struct history h = {0};
	struct catalog c;

	fixture_catalog(&c, 1000, 10, 1);
	for (int round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < 1000; i++)
			CHECK(history_add(&h, &c, i, 1) == 0);
		CHECK(h.n == 1000 && history_artist_plays(&h, 9) == 100 && history_track_plays(&h, 999) == 1);
		history_reset(&h);
		CHECK(h.n == 0 && history_artist_plays(&h, 9) == 0 && history_track_plays(&h, 999) == 0);
	}
	history_clear(&h);
	catalog_clear(&c);
}

static void what_is_forgotten_does_not_count(void)
{
	struct history h = {0};
	struct catalog c;

	fixture_catalog(&c, 6, 2, 1); /* artist 0 has 0, 2, 4 */
	CHECK(history_forget(&h, &c, 2) == 0 && history_steps(&h) == 0);
	CHECK(history_add(&h, &c, 4, 1) == 0 && history_add(&h, &c, 1, 0.5) == 0 && history_add(&h, &c, 4, 0.25) == 0 &&
	      history_add(&h, &c, CATALOG_NONE, 0) == 0);
	CHECK(history_forget(&h, &c, 5) == 0 && h.n == 4 && h.forgotten == 0 && history_track_plays(&h, 4) == 2);
	CHECK(history_forget(&h, &c, 2) == 0);
	CHECK(h.n == 2 && h.forgotten == 2 && history_steps(&h) == 4);
	CHECK(h.plays[0].track == 4 && h.plays[0].time == 0.25 && h.plays[1].track == CATALOG_NONE);
	CHECK(history_track_plays(&h, 4) == 1 && history_track_plays(&h, 1) == 0);
	CHECK(history_artist_plays(&h, 0) == 1 && history_artist_plays(&h, 1) == 0);
	history_reset(&h);
	CHECK(history_steps(&h) == 0);
	history_clear(&h);
	catalog_clear(&c);
}

/* What was added last, and what was forgotten, can be had back. */
static void plays_are_taken_back(void)
{
	struct history h = {0};
	struct play first[2];
	struct catalog c;

	fixture_catalog(&c, 6, 2, 3);
	for (uint32_t i = 0; i < 5; i++)
		CHECK(history_add(&h, &c, i, 1) == 0);
	CHECK(history_add_play(&h, &c, (struct play){.track = CATALOG_NONE, .id = 7, .time = 0.5}) == 0);
	CHECK(h.plays[2].id == 6 && h.plays[5].id == 7 && h.plays[5].track == CATALOG_NONE);
	memcpy(first, h.plays, sizeof first);
	CHECK(history_forget(&h, &c, 4) == 0 && history_track_plays(&h, 0) == 0);
	history_undo(&h, &c);
	history_undo(&h, &c);
	CHECK(h.n == 2 && history_steps(&h) == 4);
	CHECK(history_track_plays(&h, 4) == 0 && history_artist_plays(&h, 0) == 1);
	CHECK(history_recall(&h, &c, first, 2) == 0);
	CHECK(h.n == 4 && h.forgotten == 0 && history_track_plays(&h, 0) == 1 && history_artist_plays(&h, 0) == 2);
	for (uint32_t i = 0; i < 4; i++)
		CHECK(h.plays[i].track == i && h.plays[i].id == 3 * i);
	history_clear(&h);
	catalog_clear(&c);
}

/* The memory of a long session is not kept for a short one. */
static void a_long_history_gives_its_memory_back(void)
{
	struct catalog c;
	struct history h = {0};

	fixture_catalog(&c, 5, 2, 1);
	for (uint32_t i = 0; i < 20000; i++)
		CHECK(history_add(&h, &c, i % 5, 1) == 0);
	history_reset(&h);
	CHECK(h.n == 0 && h.cap < 1000);
	CHECK(history_add(&h, &c, 0, 1) == 0 && h.n == 1 && history_track_plays(&h, 0) == 1);
	history_clear(&h);
	catalog_clear(&c);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(plays_are_kept_in_order_and_counted);
	RUN(unknown_tracks_do_not_count);
	RUN(a_reset_history_is_empty);
	RUN(what_is_forgotten_does_not_count);
	RUN(plays_are_taken_back);
	RUN(a_long_history_gives_its_memory_back);
	fixture_leave(directory);
	return DONE();
}

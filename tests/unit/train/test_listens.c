#include "train/listens.h"

#include <stdlib.h>

#include "unit/fixture.h"

static struct listens_reader reader;

/* A line: user, track, time, timestamp, recommendation, source, pool. */
static void listen(enum event_message message, uint32_t user, uint32_t track, double time, int64_t timestamp,
		   uint32_t next, const char *source, uint32_t pool)
{
	struct event ev = event_of(message, user, track, time);
	struct errmsg e;

	ev.timestamp = timestamp;
	ev.recommendation = next;
	ev.source = slice_of(source);
	ev.pool = pool;
	CHECK(listens_add(&reader, &ev, &e) == 0);
}

static void make(struct listens *l, const struct catalog *c)
{
	struct errmsg e = {0};

	CHECK(listens_make(l, &reader, c, &e) == 0);
	CHECK_STR(e.text, "");
	CHECK(!reader.events && reader.n == 0);
}

static int listen_is(const struct listens *l, size_t i, uint32_t track, uint32_t session, uint32_t position,
		     enum listen_how how)
{
	const struct listen *x = &l->list[i];

	return i < l->n && x->track == track && x->session == session && x->position == position && x->how == how;
}

static void a_listen_is_small(void)
{
	CHECK(sizeof(struct listen) == 16);
}

static void users_sessions_and_tracks_are_in_order(void)
{
	struct listens l;

	listen(EVENT_NEXT, 9, 30, 1, 10, 10, "random", 5);
	listen(EVENT_NEXT, 4, 20, 1, 11, 30, "similar", 5);
	listen(EVENT_NEXT, 9, 10, .25, 12, 20, "exhausted", 5);
	listen(EVENT_LAST, 4, 30, .5, 13, EVENT_NO_TRACK, "", 0);
	listen(EVENT_LAST, 9, 20, .125, 14, EVENT_NO_TRACK, "", 0);
	listen(EVENT_NEXT, 9, 20, 1, 15, 10, "random", 0);
	listen(EVENT_NEXT, 9, 10, 0, 16, 20, "random", 5);
	listen(EVENT_NEXT, 9, 30, 0, 17, 20, "random", 5);
	make(&l, NULL);
	CHECK(l.n == 8 && l.n_sessions == 3 && l.n_users == 2 && l.n_tracks == 3);
	CHECK(l.user_ids[0] == 4 && l.user_ids[1] == 9);
	CHECK(l.track_ids[0] == 10 && l.track_ids[1] == 20 && l.track_ids[2] == 30);
	CHECK(l.user_first[0] == 0 && l.user_first[1] == 1 && l.user_first[2] == 3);
	CHECK(l.session_first[0] == 0 && l.session_first[1] == 2 && l.session_first[2] == 5 && l.session_first[3] == 8);
	CHECK(l.session_user[0] == 0 && l.session_user[1] == 1 && l.session_user[2] == 1);
	CHECK(listen_is(&l, 0, 1, 0, 0, LISTEN_FIRST));
	CHECK(listen_is(&l, 1, 2, 0, 1, LISTEN_OTHER) && l.list[1].time == .5f);
	CHECK(listen_is(&l, 2, 2, 1, 0, LISTEN_FIRST));
	CHECK(listen_is(&l, 3, 0, 1, 1, LISTEN_UNIFORM) && l.list[3].time == .25f);
	CHECK(listen_is(&l, 4, 1, 1, 2, LISTEN_UNIFORM) && l.list[4].time == .125f);
	CHECK(listen_is(&l, 5, 1, 2, 0, LISTEN_FIRST));
	/* a draw without its pool; then another track than the one that was recommended */
	CHECK(listen_is(&l, 6, 0, 2, 1, LISTEN_OTHER));
	CHECK(listen_is(&l, 7, 2, 2, 2, LISTEN_OTHER));
	CHECK(l.n_how[LISTEN_FIRST] == 3 && l.n_how[LISTEN_UNIFORM] == 2 && l.n_how[LISTEN_OTHER] == 3);
	listens_clear(&l);
}

static void explored_listens_are_uniform_draws(void)
{
	struct listens l;

	listen(EVENT_NEXT, 4, 20, 1, 11, 30, "explore", 0); /* it has a propensity instead of a pool */
	listen(EVENT_NEXT, 4, 30, 1, 12, 10, "session", 0);
	listen(EVENT_LAST, 4, 10, .5, 13, EVENT_NO_TRACK, "", 0);
	make(&l, NULL);
	CHECK(listen_is(&l, 1, 2, 0, 1, LISTEN_UNIFORM));
	CHECK(listen_is(&l, 2, 0, 0, 2, LISTEN_OTHER));
	listens_clear(&l);
}

static void events_are_sorted_by_time_and_ties_stay(void)
{
	static const uint32_t want[] = {7, 3, 1, 2, 9};
	struct listens l;

	listen(EVENT_NEXT, 1, 3, 1, 20, 1, "random", 5);
	listen(EVENT_LAST, 1, 9, 1, 40, EVENT_NO_TRACK, "", 0);
	listen(EVENT_NEXT, 1, 1, 1, 30, 2, "random", 5);
	listen(EVENT_NEXT, 1, 2, 1, 30, 9, "random", 5);
	listen(EVENT_NEXT, 1, 7, 1, 10, 3, "random", 5);
	make(&l, NULL);
	CHECK(l.n == 5 && l.n_sessions == 1);
	for (size_t i = 0; i < l.n; i++)
		CHECK(l.track_ids[l.list[i].track] == want[i]);
	CHECK(l.n_how[LISTEN_UNIFORM] == 4);
	listens_clear(&l);
}

static void without_a_timestamp_the_order_is_that_of_the_log(void)
{
	struct listens l;

	listen(EVENT_NEXT, 1, 3, 1, 20, 1, "random", 5);
	listen(EVENT_NEXT, 1, 2, 1, EVENT_NO_TIMESTAMP, 1, "random", 5);
	listen(EVENT_LAST, 1, 1, 1, 10, 1, "random", 5);
	make(&l, NULL);
	CHECK(l.n_sessions == 1 && l.list[0].track == 2 && l.list[1].track == 1 && l.list[2].track == 0);
	listens_clear(&l);
}

/* Two days that were simulated apart: the user is still in a session of the first when one of the second begins. */
static void sessions_that_overlap_stay_whole(void)
{
	static const uint32_t want[] = {1, 2, 3, 4, 5, 6, 7};
	struct listens l;

	listen(EVENT_NEXT, 1, 1, 1, 10, 2, "random", 5);
	listen(EVENT_NEXT, 1, 2, 1, 20, 3, "random", 5);
	listen(EVENT_LAST, 1, 3, 1, 30, EVENT_NO_TRACK, "", 0);
	listen(EVENT_NEXT, 1, 4, 1, 40, 5, "random", 5);
	listen(EVENT_LAST, 1, 5, 1, 50, EVENT_NO_TRACK, "", 0);
	listen(EVENT_NEXT, 1, 6, 1, 15, 7, "random", 5);
	listen(EVENT_LAST, 1, 7, 1, 45, EVENT_NO_TRACK, "", 0);
	make(&l, NULL);
	CHECK(l.n == 7 && l.n_sessions == 3);
	for (size_t i = 0; i < l.n; i++)
		CHECK(l.track_ids[l.list[i].track] == want[i]);
	CHECK(l.n_how[LISTEN_FIRST] == 3 && l.n_how[LISTEN_UNIFORM] == 4);
	listens_clear(&l);
}

/* The end of a session in a file that is given before the file with its beginning. */
static void a_session_in_two_files_is_put_together_by_time(void)
{
	static const uint32_t want[] = {1, 2, 3, 8};
	struct listens l;

	listen(EVENT_NEXT, 1, 3, 1, 30, 9, "random", 5);
	listen(EVENT_LAST, 1, 8, 1, 40, EVENT_NO_TRACK, "", 0);
	listen(EVENT_NEXT, 1, 1, 1, 10, 2, "random", 5);
	listen(EVENT_NEXT, 1, 2, 1, 20, 3, "random", 5);
	make(&l, NULL);
	CHECK(l.n == 4 && l.n_sessions == 1);
	for (size_t i = 0; i < l.n; i++)
		CHECK(l.track_ids[l.list[i].track] == want[i]);
	listens_clear(&l);
}

static void tracks_are_those_of_the_catalog(void)
{
	struct catalog c = {0};
	struct listens l;

	fixture_catalog(&c, 4, 2, 10);
	listen(EVENT_NEXT, 1, 20, 1, 1, 15, "random", 5);
	listen(EVENT_NEXT, 1, 15, 1, 2, 30, "random", 5);
	listen(EVENT_LAST, 1, 30, 1, 3, 5, "", 0);
	listen(EVENT_LAST, 1, 5, 1, 4, EVENT_NO_TRACK, "", 0);
	make(&l, &c);
	CHECK(l.n_tracks == 4 && l.track_ids[3] == 30 && l.unknown == 2 && l.first_unknown == 5);
	CHECK(l.n == 2 && listen_is(&l, 0, 2, 0, 0, LISTEN_FIRST) && listen_is(&l, 1, 3, 0, 2, LISTEN_UNIFORM));
	/* the last session has no listen left */
	CHECK(l.n_sessions == 2 && l.session_first[1] == 2 && l.session_first[2] == 2);
	listens_clear(&l);
	catalog_clear(&c);
}

static void no_events_are_no_listens(void)
{
	struct listens l;

	make(&l, NULL);
	CHECK(l.n == 0 && l.n_sessions == 0 && l.n_users == 0 && l.n_tracks == 0 && l.session_first[0] == 0 &&
	      l.user_first[0] == 0);
	listens_clear(&l);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(a_listen_is_small);
	RUN(users_sessions_and_tracks_are_in_order);
	RUN(explored_listens_are_uniform_draws);
	RUN(events_are_sorted_by_time_and_ties_stay);
	RUN(without_a_timestamp_the_order_is_that_of_the_log);
	RUN(sessions_that_overlap_stay_whole);
	RUN(a_session_in_two_files_is_put_together_by_time);
	RUN(tracks_are_those_of_the_catalog);
	RUN(no_events_are_no_listens);
	fixture_leave(directory);
	return DONE();
}

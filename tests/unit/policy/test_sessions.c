#include "policy/sessions.h"

#include "base/rng.h"
#include "text/number.h"
#include "unit/fixture.h"

static struct catalog catalog; /* ids 0, 5 … 95 */
static struct lock unlocked = {.fd = -1};

static struct play play_of(uint32_t track, double time)
{
	uint32_t id = track == CATALOG_NONE ? HISTORY_NO_ID : catalog.tracks[track].id;

	return (struct play){.track = track, .id = id, .time = time};
}

static void play(struct sessions *s, uint32_t user, uint32_t track, double time)
{
	struct session *session = sessions_open(s, user);

	CHECK(session && sessions_add(s, session, &catalog, play_of(track, time)) == 0);
}

static void end(struct sessions *s, uint32_t user)
{
	CHECK(sessions_end(s, sessions_open(s, user)) == 0);
	sessions_delivered(s);
}

static void check_state(const struct sessions *s, const char *want)
{
	char got[4096];
	struct errmsg e;
	FILE *f;

	CHECK(sessions_save(s, "state", &unlocked, &e) == 0);
	f = fopen("state", "r");
	got[fread(got, 1, sizeof got - 1, f)] = 0;
	fclose(f);
	CHECK_STR(got, want);
}

static int load(struct sessions *s, const char *text, struct errmsg *e)
{
	e->text[0] = 0;
	*s = (struct sessions){0};
	return sessions_load(s, fixture_file("state", text), &catalog, e);
}

static void sessions_are_counted_by_user(void)
{
	struct sessions s = {0};

	CHECK(sessions_open(&s, 8)->number == 0);
	play(&s, 8, 3, 1);
	CHECK(sessions_open(&s, 8)->number == 0 && sessions_open(&s, 8)->history->n == 1);
	CHECK(sessions_open(&s, 2147483647)->number == 0 && sessions_open(&s, 2147483647)->history->n == 0);
	end(&s, 8);
	CHECK(sessions_open(&s, 8)->number == 1);
	CHECK(sessions_open(&s, 8)->history->n == 0 && history_track_plays(sessions_open(&s, 8)->history, 3) == 0);
	end(&s, 8); /* one that heard nothing counts too */
	CHECK(sessions_open(&s, 8)->number == 2 && sessions_open(&s, 2147483647)->number == 0);
	sessions_clear(&s);
	sessions_clear(&s);
}

/* Histories go from session to session; a new one must not remember. */
static void histories_are_used_again(void)
{
	struct sessions s = {0};

	for (uint32_t round = 0; round < 50; round++) {
		for (uint32_t user = 0; user < 100; user++)
			play(&s, user, user % 20, 0.5);
		for (uint32_t user = 0; user < 100; user++) {
			struct session *session = sessions_open(&s, user);

			CHECK(session->history->n == 1 && session->number == round);
			CHECK(history_track_plays(session->history, user % 20) == 1);
			CHECK(history_track_plays(session->history, (user + 1) % 20) == 0);
			end(&s, user);
		}
		CHECK(s.n_spare == 100);
	}
	sessions_clear(&s);
}

static void the_state_is_as_documented(void)
{
	struct sessions s = {0};

	check_state(&s, "{\"botify-state\":1}\n");
	play(&s, 42, 1, 0.81);
	play(&s, 7, 19, 1);
	end(&s, 7);
	play(&s, 42, CATALOG_NONE, 0);
	play(&s, 42, 0, 0.1);
	sessions_open(&s, 3); /* nothing heard yet: there is nothing to say */
	end(&s, 2147483647);
	sessions_open(&s, 42)->timestamp = -5;
	sessions_open(&s, 3)->timestamp = INT64_MAX;
	/* first the users who have left, in the order in which they did */
	check_state(&s,
		    "{\"botify-state\":1}\n"
		    "{\"user\":7,\"sessions\":1}\n"
		    "{\"user\":2147483647,\"sessions\":1}\n"
		    "{\"user\":42,\"sessions\":0,\"timestamp\":-5,\"plays\":[[5,0.81],[null,0],[0,0.1]]}\n"
		    "{\"user\":3,\"sessions\":0,\"timestamp\":9223372036854775807}\n");
	sessions_clear(&s);
}

/* The last listens of a user go on over sessions, and over a restart. */
static void listens_are_remembered_over_sessions(void)
{
	struct sessions s = {.remembered = 2}, t = {.remembered = 2}, fewer = {.remembered = 1};
	struct errmsg e;
	struct session *one;

	for (uint32_t track = 1; track <= 3; track++)
		CHECK(sessions_add(&s, sessions_open(&s, 5), &catalog, play_of(track, 0.5)) == 0);
	sessions_end(&s, sessions_open(&s, 5));
	CHECK(sessions_add(&s, sessions_open(&s, 5), &catalog, play_of(CATALOG_NONE, 1)) == 0);
	check_state(&s, "{\"botify-state\":1}\n"
			"{\"user\":5,\"sessions\":1,\"plays\":[[null,1]],\"recent\":[[15,0.5],[null,1]]}\n");
	CHECK(sessions_load(&t, "state", &catalog, &e) == 0 && sessions_load(&fewer, "state", &catalog, &e) == 0);
	one = sessions_open(&t, 5);
	CHECK(one->n_recent == 2 && one->recent[0].track == 3 && one->recent[1].track == CATALOG_NONE);
	one = sessions_open(&fewer, 5);
	CHECK(one->n_recent == 1 && one->recent[0].track == CATALOG_NONE && one->recent[0].time == 1);
	sessions_clear(&s);
	sessions_clear(&t);
	sessions_clear(&fewer);
}

/* The users whose sessions are open, of 1 to 9, as digits. */
static const char *open_users(const struct sessions *s)
{
	static char text[16];
	char *to = text;

	for (uint32_t place = 1; place <= s->users.n; place++)
		if (session_table_at(&s->users, place)->history)
			*to++ = (char)('0' + session_table_at(&s->users, place)->user);
	*to = 0;
	return text;
}

static void the_least_recently_used_session_gives_way(void)
{
	struct sessions s = {.max_open = 3};

	play(&s, 1, 0, 1);
	play(&s, 2, 0, 1);
	play(&s, 3, 0, 1);
	play(&s, 1, 1, 1);
	CHECK_STR(open_users(&s), "123");
	CHECK(s.n_open == 3 && s.dropped == 0);
	play(&s, 4, 0, 1); /* 2 was heard of before 3, and 1 has come back */
	CHECK_STR(open_users(&s), "134");
	play(&s, 2, 5, 1);
	CHECK_STR(open_users(&s), "124");
	CHECK(s.n_open == 3 && s.dropped == 2);
	/* it has ended as if the user had left: the next one has another number, and has heard nothing */
	CHECK(sessions_open(&s, 2)->number == 1 && sessions_open(&s, 2)->history->n == 1);
	CHECK(history_track_plays(sessions_open(&s, 2)->history, 0) == 0);
	/* sessions that have ended are in nobody's way */
	end(&s, 1);
	CHECK(s.n_open == 2);
	play(&s, 5, 0, 1);
	CHECK_STR(open_users(&s), "245");
	CHECK(s.dropped == 2);
	play(&s, 1, 0, 1);
	CHECK_STR(open_users(&s), "125");
	sessions_clear(&s);
}

static void one_session_at_a_time(void)
{
	struct sessions s = {.max_open = 1};

	play(&s, 1, 0, 1);
	play(&s, 1, 1, 1);
	CHECK(sessions_open(&s, 1)->history->n == 2 && s.dropped == 0);
	play(&s, 2, 0, 1);
	CHECK_STR(open_users(&s), "2");
	end(&s, 2);
	play(&s, 1, 0, 1);
	CHECK_STR(open_users(&s), "1");
	CHECK(s.dropped == 1 && sessions_open(&s, 1)->number == 1);
	sessions_clear(&s);
}

/* Against the plainest way to say it: the time of each user's last request. */
static void who_gives_way_is_who_was_silent_for_longest(void)
{
	struct sessions s = {.max_open = 7};
	unsigned last[20] = {0};
	bool open[20] = {false};
	struct rng r = rng_at(3, RNG_WORLD, 0, 0, 0);

	for (unsigned now = 1; now < 5000; now++) {
		uint32_t user = rng_below(&r, 20), oldest = 20, n = 0;

		for (uint32_t i = 0; i < 20; i++) {
			n += open[i];
			if (open[i] && (oldest == 20 || last[i] < last[oldest]))
				oldest = i;
		}
		if (!open[user] && n == 7)
			open[oldest] = false;
		open[user] = true;
		last[user] = now;
		play(&s, user, 0, 1);
		if (rng_below(&r, 6) == 0) {
			end(&s, user);
			open[user] = false;
		}
		for (uint32_t place = 1; place <= s.users.n; place++) {
			const struct session *one = session_table_at(&s.users, place);

			CHECK((one->history != NULL) == open[one->user]);
		}
	}
	CHECK(s.dropped > 100);
	sessions_clear(&s);
}

/* The session that would give way next is the same after a restart. */
static void the_state_keeps_the_order(void)
{
	struct sessions s = {.max_open = 3}, t = {.max_open = 3};
	struct errmsg e;

	for (uint32_t user = 1; user <= 4; user++)
		play(&s, user, 0, 1);
	play(&s, 2, 0, 1); /* 3 4 2 */
	CHECK(sessions_save(&s, "state", &unlocked, &e) == 0);
	CHECK(sessions_load(&t, "state", &catalog, &e) == 0);
	CHECK_STR(open_users(&t), "342");
	play(&t, 5, 0, 1);
	CHECK_STR(open_users(&t), "425");
	play(&t, 6, 0, 1);
	CHECK_STR(open_users(&t), "256");
	sessions_clear(&t);
	/* a state of more than there may be */
	t.max_open = 2;
	CHECK(sessions_load(&t, "state", &catalog, &e) == 0);
	CHECK_STR(open_users(&t), "42");
	CHECK(t.dropped == 1 && t.users.n == 4);
	sessions_clear(&t);
	sessions_clear(&s);
}

static void a_long_session_forgets_its_beginning(void)
{
	struct sessions s = {0}, t = {0};
	const struct history *h;
	struct errmsg e;

	for (size_t i = 0; i < SESSIONS_MAX_PLAYS; i++)
		play(&s, 1, i < SESSIONS_MAX_PLAYS / 2 ? 3 : 4, 1);
	h = sessions_open(&s, 1)->history;
	CHECK(h->n == SESSIONS_MAX_PLAYS && history_steps(h) == SESSIONS_MAX_PLAYS);
	CHECK(history_track_plays(h, 3) == SESSIONS_MAX_PLAYS / 2);
	play(&s, 1, 7, 0.5);
	CHECK(h->n == SESSIONS_MAX_PLAYS / 2 + 1 && history_steps(h) == SESSIONS_MAX_PLAYS + 1);
	CHECK(history_track_plays(h, 3) == 0 && history_track_plays(h, 4) == SESSIONS_MAX_PLAYS / 2);
	CHECK(history_track_plays(h, 7) == 1 && h->plays[h->n - 1].time == 0.5);
	CHECK(sessions_save(&s, "state", &unlocked, &e) == 0);
	CHECK(sessions_load(&t, "state", &catalog, &e) == 0);
	h = sessions_open(&t, 1)->history;
	CHECK(h->n == SESSIONS_MAX_PLAYS / 2 + 1 && history_steps(h) == SESSIONS_MAX_PLAYS + 1);
	CHECK(history_track_plays(h, 3) == 0 && history_track_plays(h, 7) == 1);
	/* what a session grew to is not kept for those to come */
	end(&s, 1);
	CHECK(s.n_spare == 1 && s.spare[0]->cap == 0);
	CHECK(history_steps(sessions_open(&s, 1)->history) == 0);
	sessions_clear(&s);
	sessions_clear(&t);
}

/* What is saved, loaded and saved again is the same, and what was loaded goes on as what was saved would have. */
static void states_survive(void)
{
	struct sessions s = {0}, t = {0};
	struct rng r = rng_at(1, RNG_WORLD, 0, 0, 0);
	struct errmsg e;

	for (int i = 0; i < 3000; i++) {
		uint32_t user = rng_below(&r, 50), track = rng_below(&r, 21);

		play(&s, user, track < 20 ? track : CATALOG_NONE, rng_uniform(&r));
		if (rng_below(&r, 8) == 0)
			end(&s, user);
		if (user % 3 > 0)
			sessions_open(&s, user)->timestamp = INT64_C(1704067200000) + i;
	}
	CHECK(sessions_save(&s, "state", &unlocked, &e) == 0);
	CHECK(sessions_load(&t, "state", &catalog, &e) == 0);
	CHECK(t.users.n == s.users.n);
	for (uint32_t user = 0; user < 50; user++) {
		struct session *a = sessions_open(&s, user), *b = sessions_open(&t, user);

		CHECK(a->number == b->number && a->timestamp == b->timestamp && a->history->n == b->history->n);
		for (size_t i = 0; i < a->history->n && i < b->history->n; i++) {
			CHECK(a->history->plays[i].track == b->history->plays[i].track);
			CHECK(a->history->plays[i].time == b->history->plays[i].time);
		}
		for (uint32_t track = 0; track < 20; track++)
			CHECK(history_track_plays(a->history, track) == history_track_plays(b->history, track));
		for (uint32_t artist = 0; artist < 4; artist++)
			CHECK(history_artist_plays(a->history, artist) == history_artist_plays(b->history, artist));
	}
	sessions_clear(&s);
	sessions_clear(&t);
}

static void a_track_that_left_the_catalog_is_unknown_but_stays(void)
{
	static const char state[] =
		"{\"botify-state\":1}\n{\"user\":1,\"sessions\":2,\"plays\":[[3,0.5],[5,1],[null,0]]}\n";
	struct sessions s;
	struct errmsg e;

	CHECK(load(&s, state, &e) == 0);
	CHECK(sessions_open(&s, 1)->number == 2);
	CHECK(sessions_open(&s, 1)->history->n == 3);
	CHECK(sessions_open(&s, 1)->history->plays[0].track == CATALOG_NONE);
	CHECK(sessions_open(&s, 1)->history->plays[1].track == 1);
	CHECK(sessions_open(&s, 1)->history->plays[2].track == CATALOG_NONE);
	check_state(&s, state);
	sessions_clear(&s);
}

/* Undoing the last events one after the other leads through all the states that there were, back to the first. */
static void what_was_not_delivered_is_undone(void)
{
	enum { EVENTS = 400 };
	static char states[EVENTS + 1][4096];
	static uint64_t dropped[EVENTS + 1];
	struct sessions s = {.remembered = 3, .max_open = 5};
	struct rng r = rng_at(2, RNG_WORLD, 0, 0, 0);
	struct errmsg e;

	for (int i = 0; i <= EVENTS; i++) {
		uint32_t user = rng_below(&r, 12), track = rng_below(&r, 21);
		struct play p = {.track = track < 20 ? track : CATALOG_NONE, .id = 5 * track, .time = 0.5};
		FILE *f;

		CHECK(sessions_save(&s, "state", &unlocked, &e) == 0);
		f = fopen("state", "r");
		dropped[i] = s.dropped;
		states[i][fread(states[i], 1, sizeof states[i] - 1, f)] = 0;
		fclose(f);
		CHECK(sessions_add(&s, sessions_open(&s, user), &catalog, p) == 0);
		if (i % 3 > 0)
			sessions_open(&s, user)->timestamp = i;
		if (rng_below(&r, 5) == 0)
			sessions_end(&s, sessions_open(&s, user));
		sessions_written(&s, 100 * (uint64_t)(i + 1));
		if (i == 99) /* what was delivered stays */
			sessions_delivered(&s);
	}
	sessions_undo(&s, &catalog, 100 * (EVENTS + 1));
	for (int i = EVENTS; i >= 0; i -= 7) {
		sessions_undo(&s, &catalog, 100 * (uint64_t)i + 99);
		check_state(&s, states[i > 100 ? i : 100]);
		CHECK(s.dropped == dropped[i > 100 ? i : 100]);
	}
	sessions_clear(&s);
}

/* The older half, too, that a long session has lost. */
static void a_long_session_is_remembered_again(void)
{
	struct sessions s = {0};
	const struct history *h;

	for (size_t i = 0; i < SESSIONS_MAX_PLAYS + 3; i++) {
		play(&s, 1, i % 20, (double)i / SESSIONS_MAX_PLAYS / 2);
		sessions_written(&s, i + 1);
	}
	h = sessions_open(&s, 1)->history;
	CHECK(h->n == SESSIONS_MAX_PLAYS / 2 + 3 && h->forgotten == SESSIONS_MAX_PLAYS / 2);
	sessions_undo(&s, &catalog, SESSIONS_MAX_PLAYS);
	CHECK(h->n == SESSIONS_MAX_PLAYS && h->forgotten == 0);
	CHECK(history_track_plays(h, 7) == SESSIONS_MAX_PLAYS / 20);
	CHECK(history_artist_plays(h, 3) == SESSIONS_MAX_PLAYS / 4);
	for (size_t i = 0; i < h->n; i++)
		CHECK(h->plays[i].track == i % 20 && h->plays[i].time == (double)i / SESSIONS_MAX_PLAYS / 2);
	sessions_clear(&s);
}

static void a_session_that_ended_is_counted_as_before(void)
{
	struct sessions s = {0};

	play(&s, 1, 4, 1);
	sessions_written(&s, 10);
	play(&s, 1, 4, 1);
	sessions_end(&s, sessions_open(&s, 1));
	sessions_written(&s, 20);
	play(&s, 1, 5, 1);
	CHECK(sessions_open(&s, 1)->number == 1 && history_track_plays(sessions_open(&s, 1)->history, 4) == 0);
	sessions_undo(&s, &catalog, 10);
	CHECK(sessions_open(&s, 1)->number == 0 && sessions_open(&s, 1)->history->n == 1);
	CHECK(history_track_plays(sessions_open(&s, 1)->history, 4) == 1);
	CHECK(history_artist_plays(sessions_open(&s, 1)->history, 0) == 1);
	sessions_clear(&s);
}

/* As long as the state is saved again and again, it is locked. */
static void a_lock_goes_from_file_to_file(void)
{
	struct sessions s = {0};
	struct lock mine, other;
	struct errmsg e;
	char want[64];

	unlink("state");
	CHECK(lock_take(&mine, "state", &e) == 0 && mine.fd >= 0);
	snprintf(want, sizeof want, "state: in use by process %ld", (long)getpid());
	for (int i = 0; i < 3; i++) {
		CHECK(lock_take(&other, "state", &e) == -1);
		CHECK_STR(e.text, want);
		CHECK(sessions_save(&s, "state", &mine, &e) == 0 && mine.fd >= 0);
	}
	CHECK(sessions_save(&s, "absent/state", &mine, &e) == -1 && mine.fd >= 0);
	CHECK(lock_take(&other, "state", &e) == -1);
	lock_release(&mine);
	CHECK(lock_take(&other, "state", &e) == 0);
	lock_release(&other);
	sessions_clear(&s);
}

static void no_file_and_an_empty_one_know_nobody(void)
{
	struct sessions s = {0};
	struct errmsg e;

	unlink("state");
	CHECK(sessions_load(&s, "state", &catalog, &e) == 0 && s.users.n == 0);
	CHECK(load(&s, "", &e) == 0 && s.users.n == 0);
	CHECK(load(&s, "{\"botify-state\":1}\n", &e) == 0 && s.users.n == 0);
	CHECK(load(&s, "{\"botify-state\":1}", &e) == 0 && s.users.n == 0);
	sessions_clear(&s);
}

static void mistakes_are_named_with_their_line(void)
{
#define HEADER "{\"botify-state\":1}\n"
	static const struct {
		const char *text, *reason;
	} known[] = {
		{"{\"user\":1,\"sessions\":0}\n",
		 "state:1: no state of this botify: the first line is not {\"botify-state\":1}"},
		{"{\"botify-state\":2}\n",
		 "state:1: no state of this botify: the first line is not {\"botify-state\":1}"},
		{"{\"botify-state\":\"1\"}\n",
		 "state:1: no state of this botify: the first line is not {\"botify-state\":1}"},
		{"hello\n", "state:1: not a JSON object: '[' or '{' expected near 'hello' (column 5)"},
		{HEADER "{\"sessions\":1}\n", "state:2: \"user\" is missing"},
		{HEADER "{\"user\":1}\n", "state:2: \"sessions\" is not a count"},
		{HEADER "{\"user\":1,\"sessions\":-1}\n", "state:2: \"sessions\" is not a count"},
		{HEADER "{\"user\":1,\"sessions\":1.5}\n", "state:2: \"sessions\" is not a count"},
		{HEADER "{\"user\":1,\"sessions\":1,\"timestamp\":0.5}\n",
		 "state:2: \"timestamp\" is not a whole number of milliseconds"},
		{HEADER "{\"user\":1,\"sessions\":4294967296}\n", "state:2: \"sessions\" is not a count"},
		{HEADER "{\"user\":1,\"sessions\":0}\n{\"user\":2,\"sessions\":0}\n{\"user\":1,\"sessions\":0}\n",
		 "state:4: user 1 twice"},
		{HEADER "{\"user\":1,\"sessions\":0,\"plays\":{}}\n", "state:2: \"plays\" is not an array"},
		{HEADER "{\"user\":1,\"sessions\":0,\"forgotten\":-1,\"plays\":[[5,1]]}\n",
		 "state:2: \"forgotten\" is not a count"},
		{HEADER "{\"user\":1,\"sessions\":0,\"plays\":[1]}\n", "state:2: a play is not [track, time]"},
		{HEADER "{\"user\":1,\"sessions\":0,\"plays\":[[1]]}\n", "state:2: a play is not [track, time]"},
		{HEADER "{\"user\":1,\"sessions\":0,\"plays\":[[1,0,0]]}\n", "state:2: a play is not [track, time]"},
		{HEADER "{\"user\":1,\"sessions\":0,\"plays\":[[1,null]]}\n", "state:2: a play is not [track, time]"},
		{HEADER "{\"user\":1,\"sessions\":0,\"plays\":[[0,0.5],[-1,0]]}\n",
		 "state:2: \"plays\" is not an id (a whole number from 0 to 2147483647)"},
	};
	struct sessions s;
	struct errmsg e;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		CHECK(load(&s, known[i].text, &e) == -1);
		CHECK_STR(e.text, known[i].reason);
		sessions_clear(&s);
	}
	CHECK(sessions_load(&s, ".", &catalog, &e) == -1);
	CHECK_STR(e.text, ".: Is a directory");
	CHECK(sessions_save(&s, "absent/state", &unlocked, &e) == -1);
	CHECK_STR(e.text, "absent/state: No such file or directory");
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	fixture_catalog(&catalog, 20, 4, 5);
	RUN(sessions_are_counted_by_user);
	RUN(histories_are_used_again);
	RUN(the_state_is_as_documented);
	RUN(listens_are_remembered_over_sessions);
	RUN(the_least_recently_used_session_gives_way);
	RUN(one_session_at_a_time);
	RUN(who_gives_way_is_who_was_silent_for_longest);
	RUN(the_state_keeps_the_order);
	RUN(a_long_session_forgets_its_beginning);
	RUN(states_survive);
	RUN(a_track_that_left_the_catalog_is_unknown_but_stays);
	RUN(what_was_not_delivered_is_undone);
	RUN(a_session_that_ended_is_counted_as_before);
	RUN(a_long_session_is_remembered_again);
	RUN(a_lock_goes_from_file_to_file);
	RUN(no_file_and_an_empty_one_know_nobody);
	RUN(mistakes_are_named_with_their_line);
	catalog_clear(&catalog);
	fixture_leave(directory);
	return DONE();
}

#include "sim/session_queue.h"

#include <stdlib.h>

#include "base/rng.h"
#include "unit/check.h"

/* Sessions that have begun and not ended, in no particular order. */
struct playing {
	uint64_t *sessions;
	size_t n, most;
};

/*
 * Plays a whole run with at most k sessions at once, which end in random order. Wants every session once, one of a user
 * at a time, and those of a user in their order. Returns the most that were played at once.
 */
static size_t check_run(uint64_t sessions, uint32_t users, size_t k, uint64_t seed)
{
	struct arrivals s = {.seed = seed, .sessions = sessions, .days = 1, .users = users};
	struct playing p = {.sessions = malloc(k * sizeof *p.sessions)};
	int64_t *last = malloc(users * sizeof *last);
	bool *busy = calloc(users, sizeof *busy);
	struct rng r = rng_at(seed, RNG_WORLD, 0, 0, 0);
	struct session_queue t;
	uint64_t begun = 0, session;
	bool right = true, stuck = false;

	CHECK(session_queue_init(&t, &s) == 0);
	for (uint32_t u = 0; u < users; u++)
		last[u] = -1;
	while (begun < sessions && !stuck) {
		while (p.n < k && session_queue_next(&t, &session)) {
			uint32_t user = arrivals_at(&s, session).user;

			right = right && session < sessions && !busy[user] && (int64_t)session > last[user];
			busy[user] = true;
			last[user] = (int64_t)session;
			p.sessions[p.n++] = session;
			begun++;
			if (p.n > p.most)
				p.most = p.n;
		}
		stuck = p.n == 0;
		if (!stuck) {
			size_t i = rng_below(&r, (uint32_t)p.n);
			uint32_t user = arrivals_at(&s, p.sessions[i]).user;

			p.sessions[i] = p.sessions[--p.n];
			busy[user] = false;
			session_queue_over(&t, user);
		}
	}
	CHECK(right);
	CHECK(!stuck); /* begun = sessions, and no user skipped one: so each has begun, once */
	for (; p.n > 0; p.n--)
		session_queue_over(&t, arrivals_at(&s, p.sessions[p.n - 1]).user);
	CHECK(!session_queue_next(&t, &session));
	session_queue_clear(&t);
	session_queue_clear(&t);
	free(p.sessions);
	free(last);
	free(busy);
	return p.most;
}

static void sessions_of_a_user_keep_their_order(void)
{
	struct rng r = rng_at(1, RNG_WORLD, 1, 0, 0);

	for (uint64_t seed = 0; seed < 60; seed++)
		check_run(1 + rng_below(&r, 500), 1 + rng_below(&r, 40), 1 + rng_below(&r, 60), seed);
}

/* More sessions wait than there are places. */
static void nobody_is_lost_where_all_places_are_taken(void)
{
	CHECK(check_run(10000, 1, 1, 1) == 1);
	CHECK(check_run(10000, 1, 1000, 2) == 1);
	CHECK(check_run(20000, 3, 1000, 3) == 3);
	CHECK(check_run(30000, 100, 1000, 4) == 100);
}

/* Where users are many, as many are played at once as may be. */
static void all_that_may_be_are_played_at_once(void)
{
	CHECK(check_run(5000, 100000, 1000, 5) == 1000);
	CHECK(check_run(5000, 2000, 1000, 6) == 1000);
}

static void who_has_waited_begins_before_others_arrive(void)
{
	struct arrivals s = {.seed = 3, .sessions = 100, .days = 1, .users = 2};
	struct session_queue t;
	uint64_t session, arrived;
	uint32_t user;

	CHECK(session_queue_init(&t, &s) == 0);
	CHECK(session_queue_next(&t, &session) && session == 0);
	user = arrivals_at(&s, 0).user;
	CHECK(session_queue_next(&t, &session));
	CHECK(arrivals_at(&s, session).user != user);
	CHECK(!session_queue_next(&t, &session)); /* both are busy */
	arrived = t.arrived;
	CHECK(arrived == 100);
	session_queue_over(&t, user);
	CHECK(session_queue_next(&t, &session));
	CHECK(arrivals_at(&s, session).user == user);
	CHECK(!session_queue_next(&t, &session));
	session_queue_clear(&t);
}

int main(void)
{
	RUN(sessions_of_a_user_keep_their_order);
	RUN(nobody_is_lost_where_all_places_are_taken);
	RUN(all_that_may_be_are_played_at_once);
	RUN(who_has_waited_begins_before_others_arrive);
	return DONE();
}

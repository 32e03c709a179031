#include "sim/simulation.h"

#include "sim/listener.h"
#include "unit/small_world.h"

/* A recommender that has no opinion, but always the same one. */
static uint32_t recommend(const struct sim_session *v)
{
	struct rng r = rng_at(99, RNG_POLICY, v->user, v->number, (uint32_t)v->history.n);

	return rng_below(&r, WORLD_TRACKS);
}

/* Plays one session to its end. */
static void play(struct simulation *s, struct sim_session *v)
{
	while (!v->leaving)
		CHECK(simulation_listen(s, v, recommend(v)) == 0);
}

static struct sim_session *begin(struct simulation *s)
{
	struct sim_session *v = NULL;

	CHECK(simulation_begin(s, &v) == 1);
	return v;
}

/* Every step of a session by the words of the manual. */
static void check_session(struct simulation *s, struct sim_session *v)
{
	const struct user *u = &s->users->list[v->user];
	uint64_t reward = 0;

	CHECK(v->history.n == 1 && v->time == 1 && v->budget == u->session_budget && !v->leaving);
	while (!v->leaving) {
		uint32_t track = recommend(v), before = v->budget, artist = s->catalog->tracks[track].artist, plays = 0;
		double time;
		int64_t clock = v->clock;
		bool heard = false;

		for (size_t i = 0; i < v->history.n; i++) {
			heard = heard || v->history.plays[i].track == track;
			plays += s->catalog->tracks[v->history.plays[i].track].artist == artist;
		}
		time = heard ? 0 : listener_time(u, embeddings_dot(s->embeddings, v->interest, track), plays);
		CHECK(simulation_listen(s, v, track) == 0);
		CHECK(v->track == track && v->time == time);
		CHECK(v->clock == clock + (time == 0 ? 1 : llround(180000 * time)));
		/* bored once at most, never by a whole track, always by none of it */
		CHECK(v->budget == before || (v->budget + 1 == before && time < 1));
		CHECK(time > 0 || v->budget + 1 == before);
		CHECK(v->leaving == (v->budget == 0 || v->history.n >= s->options.max_tracks));
		CHECK(v->cut == (v->budget > 0 && v->leaving));
		reward += (uint64_t)llround(100 * time);
		CHECK(v->reward == reward);
	}
}

static void sessions_go_by_the_model(void)
{
	struct world w;
	struct simulation s;

	world_make(&w, 20, ",\"consume_bias\":3.5");
	world_simulate(&s, &w, world_options(500, 1));
	for (int i = 0; i < 500; i++) {
		struct sim_session *v = begin(&s);

		check_session(&s, v);
		simulation_end(&s, v);
	}
	CHECK(simulation_done(&s));
	CHECK(s.days[0].sessions == 250 && s.days[1].sessions == 250);
	simulation_clear(&s);
	world_clear(&w);
}

static void requests_tell_what_was_heard(void)
{
	struct world w;
	struct simulation s;
	struct sim_session *v;
	struct event ev;

	world_make(&w, 1, ",\"session_budget\":1");
	world_flatten(&w, 0); /* sigmoid(-5) is 0.01 */
	world_simulate(&s, &w, world_options(1, 1));
	v = begin(&s);
	ev = simulation_request(&s, v);
	CHECK(ev.message == EVENT_NEXT && ev.user == 0 && ev.track == v->track * WORLD_STEP && ev.time == 1);
	CHECK(ev.timestamp == v->clock && ev.recommendation == EVENT_NO_TRACK && ev.n_arms == 0);
	CHECK(simulation_listen(&s, v, v->track) == 0); /* again: not at all, and off they go */
	ev = simulation_request(&s, v);
	CHECK(ev.message == EVENT_LAST && ev.time == 0 && ev.timestamp == v->clock);
	simulation_end(&s, v);
	CHECK(simulation_done(&s) && simulation_begin(&s, &v) == 0);
	simulation_clear(&s);
	world_clear(&w);
}

/* An interest uniformly, and the first track uniformly from those that are nearest to it. */
static void beginnings_are_uniform(void)
{
	enum { SESSIONS = 12000, NEAR = 4 };
	struct world w;
	struct simulation s;
	uint32_t interests[3] = {0}, firsts[3 * NEAR] = {0};

	world_make(&w, 1, ",\"interest_neighbours\":4");
	world_simulate(&s, &w, world_options(SESSIONS, 1));
	for (int i = 0; i < SESSIONS; i++) {
		struct sim_session *v = begin(&s);
		const uint32_t *near = neighbours_of(&s.neighbours, v->interest);
		uint32_t which = v->interest == 0 ? 0 : v->interest == 1 ? 1 : 2, place = 0;

		CHECK(v->interest == 0 || v->interest == 1 || v->interest == 11);
		interests[which]++;
		while (place < NEAR && near[place] != v->track)
			place++;
		CHECK(place < NEAR);
		firsts[which * NEAR + place % NEAR]++;
		play(&s, v);
		simulation_end(&s, v);
	}
	CHECK(fixture_chi_square(interests, 3) > 1e-3);
	CHECK(fixture_chi_square(firsts, 3 * NEAR) > 1e-3);
	simulation_clear(&s);
	world_clear(&w);
}

/* Where everything is half listened to, a budget of five is used up by every other track: ten tracks on average. */
static void boredom_is_as_likely_as_the_rest_of_the_track(void)
{
	enum { SESSIONS = 3000 };
	struct world w;
	struct simulation s;
	struct summary all = {0};
	struct summary_mean steps;
	struct simulation_options options = world_options(SESSIONS, 1);

	world_make(&w, 1, ",\"artist_discount_gamma\":1");
	world_flatten(&w, 5);
	options.max_tracks = 5000;
	world_simulate(&s, &w, options);
	for (int i = 0; i < SESSIONS; i++) {
		struct sim_session *v = begin(&s);
		uint32_t track = v->track;

		while (!v->leaving) {
			track = (track + 1) % WORLD_TRACKS;
			CHECK(simulation_listen(&s, v, track) == 0);
			CHECK(v->history.n > WORLD_TRACKS || v->time == 0.5);
		}
		simulation_end(&s, v);
	}
	summary_merge(&all, &s.days[0]);
	summary_merge(&all, &s.days[1]);
	steps = summary_steps(&all);
	CHECK(fabs(steps.mean - 10) < 4 * steps.error);
	CHECK_NEAR(steps.error, sqrt(10.0 / SESSIONS), 0.1); /* negative binomial: variance 5 * 0.5 / 0.25 */
	simulation_clear(&s);
	world_clear(&w);
}

static void the_end_comes_in_the_end(void)
{
	struct world w;
	struct simulation s;
	struct simulation_options options = world_options(3, 1);

	world_make(&w, 1, "");
	world_flatten(&w, 1000); /* everything is listened to, the first time */
	for (uint32_t most = 1; most <= 4; most++) {
		options.max_tracks = most;
		world_simulate(&s, &w, options);
		for (int i = 0; i < 3; i++) {
			struct sim_session *v = begin(&s);

			for (uint32_t j = 1; !v->leaving; j++)
				CHECK(simulation_listen(&s, v, (v->track + 1) % WORLD_TRACKS) == 0);
			CHECK(v->cut && v->history.n == most);
			CHECK(simulation_request(&s, v).message == EVENT_LAST);
			simulation_end(&s, v);
		}
		CHECK(s.days[0].cut + s.days[1].cut == 3);
		CHECK(s.days[0].events + s.days[1].events == 3 * most);
		simulation_clear(&s);
	}
	world_clear(&w);
}

/* A number that stands for all sessions, whatever the order in which they ended. */
static uint64_t digest(const struct world *w, uint32_t in_flight)
{
	struct simulation s;
	struct sim_session **playing = calloc(in_flight, sizeof *playing);
	struct rng r = rng_at(in_flight, RNG_WORLD, 0, 0, 0);
	size_t n = 0;
	uint64_t sum = 0;

	world_simulate(&s, w, world_options(600, in_flight));
	while (!simulation_done(&s)) {
		struct sim_session *v;
		size_t i;

		while (simulation_begin(&s, &v) == 1)
			playing[n++] = v;
		CHECK(n > 0 && n == in_flight - s.n_idle);
		i = rng_below(&r, (uint32_t)n);
		v = playing[i];
		if (!v->leaving) {
			CHECK(simulation_listen(&s, v, recommend(v)) == 0);
			sum += (uint64_t)v->clock * (v->track + 3) * (v->user * 31 + v->number + 1) * v->history.n;
		} else {
			simulation_end(&s, v);
			playing[i] = playing[--n];
		}
	}
	free(playing);
	simulation_clear(&s);
	return sum;
}

static void sessions_in_flight_do_not_matter(void)
{
	struct world w;
	uint64_t want;

	world_make(&w, 50, "");
	want = digest(&w, 1);
	CHECK(digest(&w, 2) == want);
	CHECK(digest(&w, 7) == want);
	CHECK(digest(&w, 49) == want);
	CHECK(digest(&w, 1000) == want);
	world_clear(&w);
}

/* A user's next session begins when the last one is over, however late that is. */
static void a_users_time_goes_on(void)
{
	enum { USERS = 3, SESSIONS = 400 };
	struct world w;
	struct simulation s;
	int64_t over[USERS] = {0};
	uint32_t number[USERS] = {0};
	struct simulation_options options = world_options(SESSIONS, 1);

	world_make(&w, USERS, ",\"session_budget\":40");
	options.days = 1; /* 400 sessions of minutes each: more than a day of three users holds */
	world_simulate(&s, &w, options);
	for (int i = 0; i < SESSIONS; i++) {
		struct sim_session *v = begin(&s);

		CHECK(v->number == number[v->user]++);
		CHECK(v->clock >= over[v->user] + 180000);
		CHECK(v->clock >= 1000000 + 180000);
		play(&s, v);
		over[v->user] = v->clock;
		simulation_end(&s, v);
	}
	simulation_clear(&s);
	world_clear(&w);
}

static void as_many_begin_as_may(void)
{
	struct world w;
	struct simulation s;
	struct sim_session *v;

	world_make(&w, 3, "");
	world_simulate(&s, &w, world_options(100, 2));
	begin(&s);
	begin(&s);
	CHECK(simulation_begin(&s, &v) == 0 && s.n_idle == 0); /* no place */
	simulation_clear(&s);
	world_simulate(&s, &w, world_options(100, 10));
	for (int i = 0; i < 3; i++)
		begin(&s);
	CHECK(simulation_begin(&s, &v) == 0 && s.n_idle == 7); /* no user */
	simulation_clear(&s);
	world_clear(&w);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(sessions_go_by_the_model);
	RUN(requests_tell_what_was_heard);
	RUN(beginnings_are_uniform);
	RUN(boredom_is_as_likely_as_the_rest_of_the_track);
	RUN(the_end_comes_in_the_end);
	RUN(sessions_in_flight_do_not_matter);
	RUN(a_users_time_goes_on);
	RUN(as_many_begin_as_may);
	fixture_leave(directory);
	return DONE();
}

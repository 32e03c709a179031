#include "sim/oracle.h"

#include <fcntl.h>

#include "sim/agent.h"
#include "sim/listener.h"
#include "unit/small_world.h"

static struct world world;

/* The part of a track that the listener of a session would listen to. */
static double time_of(const struct simulation *s, const struct sim_session *v, uint32_t track)
{
	uint32_t artist = s->catalog->tracks[track].artist;

	return listener_time(&s->users->list[v->user], embeddings_dot(s->embeddings, track, v->interest),
			     history_artist_plays(&v->history, artist));
}

/* No track that has not been played would be listened to longer, at any moment of any session. */
static void it_chooses_the_best(void)
{
	struct simulation s;
	struct sim_session *v;
	struct oracle o = {0};
	size_t answers = 0;

	world_simulate(&s, &world, world_options(50, 1));
	while (simulation_begin(&s, &v) > 0) {
		CHECK(oracle_begin(&o, &s, v) == 0);
		while (!v->leaving && v->history.n < WORLD_TRACKS) {
			uint32_t chosen = oracle_next(&o, &s, v);

			CHECK(history_track_plays(&v->history, chosen) == 0);
			for (uint32_t track = 0; track < WORLD_TRACKS; track++)
				CHECK(history_track_plays(&v->history, track) > 0 ||
				      time_of(&s, v, track) <= time_of(&s, v, chosen));
			CHECK(simulation_listen(&s, v, chosen) == 0);
			answers++;
		}
		v->leaving = true;
		simulation_end(&s, v);
	}
	CHECK(s.ended == 50 && answers > 100);
	oracle_clear(&o);
	simulation_clear(&s);
}

/* Where nobody is ever bored, all tracks are played once, and then there is nothing left to choose. */
static void it_ends_with_the_catalog(void)
{
	struct simulation s;
	struct sim_session *v;
	struct oracle o = {0};
	struct world flat;

	world_make(&flat, 1, ",\"artist_discount_gamma\":1,\"consume_sharpness\":100");
	world_flatten(&flat, 100);
	world_simulate(&s, &flat, world_options(1, 1));
	CHECK(simulation_begin(&s, &v) > 0 && oracle_begin(&o, &s, v) == 0);
	for (uint32_t i = 1; i < WORLD_TRACKS; i++)
		CHECK(simulation_listen(&s, v, oracle_next(&o, &s, v)) == 0 && v->time == 1);
	for (uint32_t track = 0; track < WORLD_TRACKS; track++)
		CHECK(history_track_plays(&v->history, track) == 1);
	CHECK(oracle_next(&o, &s, v) == 0);
	oracle_clear(&o);
	simulation_clear(&s);
	world_clear(&flat);
}

/* Mean time a session of an agent. */
static double mean_time(enum agent_kind kind)
{
	struct simulation s;
	struct summary all = {0};
	struct errmsg e;
	struct out log;

	out_init(&log, open("/dev/null", O_WRONLY), "log");
	world_simulate(&s, &world, world_options(300, 1));
	CHECK(agent_play(&s, kind, 1, &log, &(struct simulation_watch){.stop_fd = -1}, &e) == SIMULATION_DONE);
	summary_merge(&all, &s.days[0]);
	summary_merge(&all, &s.days[1]);
	CHECK(out_finish(&log, &e) == 0);
	simulation_clear(&s);
	return summary_reward(&all).mean;
}

static void it_beats_chance(void)
{
	CHECK(mean_time(AGENT_ORACLE) > 1.5 * mean_time(AGENT_RANDOM));
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	world_make(&world, 30, "");
	RUN(it_chooses_the_best);
	RUN(it_ends_with_the_catalog);
	RUN(it_beats_chance);
	world_clear(&world);
	fixture_leave(directory);
	return DONE();
}

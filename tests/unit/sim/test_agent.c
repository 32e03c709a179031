#include "sim/agent.h"

#include <fcntl.h>

#include "base/lines.h"
#include "unit/small_world.h"

static struct world world;

/* Plays a run; its log goes to the file "state". Returns what agent_play did. */
static enum simulation_outcome play(struct simulation_options options, uint64_t seed, struct simulation *s)
{
	struct simulation_watch watch = {.stop_fd = -1};
	struct errmsg e;
	struct out log;
	enum simulation_outcome outcome;
	int fd = open("state", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	out_init(&log, fd, "log");
	world_simulate(s, &world, options);
	outcome = agent_play(s, AGENT_RANDOM, seed, &log, &watch, &e);
	CHECK(out_finish(&log, &e) == 0);
	return outcome;
}

/* Reads the log: sessions one after the other, each a chain from one track to the next, as long as the summary says. */
static void check_log(const struct summary *all, uint32_t counts[WORLD_TRACKS])
{
	struct event_parser parser = {0};
	struct lines l;
	struct event ev;
	struct errmsg e;
	uint64_t events = 0, sessions = 0;
	uint32_t user = EVENT_NO_TRACK, due = EVENT_NO_TRACK;

	CHECK(lines_open(&l, "state", &e) == 0);
	while (lines_next(&l, &e) == LINES_LINE) {
		CHECK(event_parse(&parser, l.text, l.len, &ev, &e) == 0);
		CHECK(user == EVENT_NO_TRACK || (ev.user == user && ev.track == due));
		CHECK(user != EVENT_NO_TRACK || ev.time == 1);
		user = ev.user;
		due = ev.recommendation;
		events++;
		if (ev.message == EVENT_LAST) {
			CHECK(ev.pool == 0 && ev.source.len == 0 && due == EVENT_NO_TRACK);
			user = EVENT_NO_TRACK;
			sessions++;
		} else {
			CHECK(ev.pool == WORLD_TRACKS && slice_equal(ev.source, slice_of("random")));
			CHECK(due % WORLD_STEP == 0 && due / WORLD_STEP < WORLD_TRACKS);
			counts[due / WORLD_STEP % WORLD_TRACKS]++;
		}
	}
	CHECK(sessions == all->sessions && events == all->events);
	event_parser_clear(&parser);
	lines_clear(&l);
}

static void it_recommends_uniformly(void)
{
	struct simulation s;
	struct summary all = {0};
	uint32_t counts[WORLD_TRACKS] = {0};

	CHECK(play(world_options(2000, 10), 3, &s) == SIMULATION_DONE);
	CHECK(simulation_done(&s));
	summary_merge(&all, &s.days[0]);
	summary_merge(&all, &s.days[1]);
	check_log(&all, counts);
	CHECK(all.sessions == 2000);
	CHECK(fixture_chi_square(counts, WORLD_TRACKS) > 1e-3);
	simulation_clear(&s);
}

static void it_stops_when_told(void)
{
	struct simulation s;
	struct errmsg e;
	struct out log;
	int stop[2];

	CHECK(pipe(stop) == 0 && write(stop[1], "x", 1) == 1);
	out_init(&log, open("/dev/null", O_WRONLY), "log");
	world_simulate(&s, &world, world_options(100000, 1));
	CHECK(agent_play(&s, AGENT_RANDOM, 0, &log, &(struct simulation_watch){.stop_fd = stop[0]}, &e) ==
	      SIMULATION_STOPPED);
	CHECK(s.ended > 0 && s.ended < 10000);
	CHECK(out_finish(&log, &e) == 0);
	simulation_clear(&s);
	close(stop[0]);
	close(stop[1]);
}

static void a_log_that_fails_ends_it(void)
{
	struct simulation s;
	struct errmsg e;
	struct out log;

	out_init(&log, open("/dev/full", O_WRONLY), "log");
	world_simulate(&s, &world, world_options(100000, 1));
	CHECK(agent_play(&s, AGENT_RANDOM, 0, &log, &(struct simulation_watch){.stop_fd = -1}, &e) ==
	      SIMULATION_FAILED);
	CHECK_STR(e.text, "log: No space left on device");
	CHECK(s.ended < 10000);
	CHECK(out_finish(&log, &e) == -1);
	simulation_clear(&s);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	world_make(&world, 30, "");
	RUN(it_recommends_uniformly);
	RUN(it_stops_when_told);
	RUN(a_log_that_fails_ends_it);
	world_clear(&world);
	fixture_leave(directory);
	return DONE();
}

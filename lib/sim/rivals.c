#include "sim/rivals.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/out.h"
#include "render/table.h"
#include "sim/agent.h"
#include "sim/recommender_link.h"

/* What came of it: without the first track, as of summaries. */
static void add_result(struct table *t, const char *name, size_t tracks, double time)
{
	table_add(t, TABLE_PLAIN, "%s", name);
	table_add(t, TABLE_PLAIN, "%zu", tracks);
	table_add(t, TABLE_PLAIN, "%.2f", time);
}

static void add_summary(struct table *t, const char *name, const struct summary *s)
{
	add_result(t, name, (size_t)summary_steps(s).mean, summary_reward(s).mean);
}

/* Plays a replay by an agent, of which nothing is logged. */
static enum simulation_outcome play_agent(struct simulation *replay, enum agent_kind kind,
					  const struct simulation_watch *watch, struct errmsg *e)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	enum simulation_outcome outcome;
	struct out log;

	out_init(&log, null, "/dev/null");
	outcome = agent_play(replay, kind, replay->options.seed, &log, watch, e);
	out_clear(&log);
	if (null >= 0)
		close(null);
	return outcome;
}

static enum simulation_outcome play_command(struct simulation *replay, const struct rival *rival, double timeout,
					    const struct simulation_watch *watch, struct errmsg *e)
{
	char *const argv[] = {"sh", "-c", (char *)rival->command, NULL};

	return recommender_link_play_command(replay, argv, timeout, NULL, watch, e);
}

/* The agents come first. */
enum { RANDOM, ORACLE, AGENTS };

static enum simulation_outcome play(const struct rivals *r, size_t which, struct simulation *replay, int stop_fd,
				    struct errmsg *e)
{
	const struct simulation_watch watch = {.stop_fd = stop_fd};

	if (which < AGENTS)
		return play_agent(replay, which == RANDOM ? AGENT_RANDOM : AGENT_ORACLE, &watch, e);
	return play_command(replay, &r->list[which - AGENTS], r->timeout, &watch, e);
}

/* Adds the line of one of them. Returns as rivals_play. */
static int add_rival(const struct rivals *r, size_t which, const struct simulation *s, const struct sim_session *played,
		     int stop_fd, struct table *t, struct errmsg *e)
{
	const char *name = which == RANDOM ? "random" : which == ORACLE ? "oracle" : r->list[which - AGENTS].name;
	struct simulation replay;
	enum simulation_outcome outcome;
	struct errmsg reason;

	if (simulation_replay(&replay, s, played) < 0) {
		simulation_clear(&replay);
		return errmsg_nomem(e);
	}
	errmsg_set(&reason, "the session was not played to its end");
	outcome = play(r, which, &replay, stop_fd, &reason);
	if (outcome == SIMULATION_DONE) {
		add_summary(t, name, &replay.days[played->day]);
	} else if (outcome != SIMULATION_STOPPED) {
		errmsg_prefix(&reason, "%s", name);
		table_line(t, TABLE_PLAIN, reason.text);
	}
	simulation_clear(&replay);
	return outcome == SIMULATION_STOPPED;
}

int rivals_play(const struct rivals *r, const struct simulation *s, const struct sim_session *played, int stop_fd,
		FILE *dialogue, struct errmsg *e)
{
	struct table t;
	int status = 0;

	table_init(&t, "lrr");
	table_add(&t, TABLE_BOLD, "this session, by");
	table_add(&t, TABLE_BOLD, "tracks");
	table_add(&t, TABLE_BOLD, "time");
	add_result(&t, "you", played->history.n - 1, (double)played->reward / 100);
	for (size_t i = 0; i < AGENTS + r->n && status == 0; i++)
		status = add_rival(r, i, s, played, stop_fd, &t, e);
	if (status == 0 && table_print(&t, dialogue, table_wants_colour(dialogue)) < 0)
		status = errmsg_nomem(e);
	table_clear(&t);
	return status;
}

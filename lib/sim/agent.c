#include "sim/agent.h"

#include <math.h>

#include "base/rng.h"
#include "base/stop.h"
#include "sim/oracle.h"

/* What it takes to answer. */
struct agent {
	const struct simulation *s;
	uint64_t seed;
	struct oracle oracle;
};

/* Each prepares for a session, and says of an answer what the log has to know; `track` is an index. */
struct kind {
	const char *name;
	int (*begin)(struct agent *a, const struct sim_session *session);
	uint32_t (*choose)(struct agent *a, const struct sim_session *session);
	bool uniform; /* whether it draws from the whole catalog */
	uint64_t between_looks; /* sessions, so that a look costs nothing beside them */
};

static int begin_random(struct agent *a, const struct sim_session *session)
{
	(void)a, (void)session;
	return 0;
}

static uint32_t choose_random(struct agent *a, const struct sim_session *session)
{
	uint32_t user = a->s->users->list[session->user].id;
	struct rng r = rng_at(a->seed, RNG_AGENT, user, session->number, (uint32_t)session->history.n);

	return rng_below(&r, (uint32_t)a->s->catalog->n_tracks);
}

static int begin_oracle(struct agent *a, const struct sim_session *session)
{
	return oracle_begin(&a->oracle, a->s, session);
}

static uint32_t choose_oracle(struct agent *a, const struct sim_session *session)
{
	return oracle_next(&a->oracle, a->s, session);
}

static const struct kind kinds[] = {
	[AGENT_RANDOM] = {"random", begin_random, choose_random, true, 256},
	[AGENT_ORACLE] = {"oracle", begin_oracle, choose_oracle, false, 8},
};

/* What a session asks for, to be answered in no time that counts. */
static struct event event_to_answer(const struct simulation *s, const struct sim_session *session)
{
	struct event ev = simulation_request(s, session);

	ev.latency = 0;
	return ev;
}

static int play_session(struct simulation *s, struct sim_session *session, struct agent *a, const struct kind *kind,
			struct out *log)
{
	struct event ev;

	if (kind->begin(a, session) < 0)
		return -1;
	while (!session->leaving) {
		uint32_t track = kind->choose(a, session);

		ev = event_to_answer(s, session);
		ev.recommendation = s->catalog->tracks[track].id;
		ev.source = slice_of(kind->name);
		ev.pool = kind->uniform ? (uint32_t)s->catalog->n_tracks : 0;
		event_write(log, &ev, true);
		if (simulation_listen(s, session, track) < 0)
			return -1;
	}
	ev = event_to_answer(s, session);
	event_write(log, &ev, true);
	simulation_end(s, session);
	return 0;
}

static bool told_to_stop(const struct simulation *s, const struct kind *kind, const struct simulation_watch *watch)
{
	if (s->ended % kind->between_looks != 0)
		return false;
	if (watch->progress)
		watch->progress(watch->ctx, s);
	return stop_told(watch->stop_fd);
}

static enum simulation_outcome play_all(struct simulation *s, struct agent *a, const struct kind *kind, struct out *log,
					const struct simulation_watch *watch, struct errmsg *e)
{
	struct sim_session *session;
	int begun, flushed = 0;

	while ((begun = simulation_begin(s, &session)) > 0) {
		if (play_session(s, session, a, kind, log) < 0)
			return errmsg_nomem(e), SIMULATION_FAILED;
		if (out_full(log))
			flushed = out_flush(log, e);
		if (flushed < 0)
			return SIMULATION_FAILED;
		if (flushed == OUT_STOPPED || told_to_stop(s, kind, watch))
			return SIMULATION_STOPPED;
	}
	return begun < 0 ? (errmsg_nomem(e), SIMULATION_FAILED) : SIMULATION_DONE;
}

enum simulation_outcome agent_play(struct simulation *s, enum agent_kind kind, uint64_t seed, struct out *log,
				   const struct simulation_watch *watch, struct errmsg *e)
{
	struct agent a = {.s = s, .seed = seed};
	enum simulation_outcome outcome = play_all(s, &a, &kinds[kind], log, watch, e);

	oracle_clear(&a.oracle);
	return outcome;
}

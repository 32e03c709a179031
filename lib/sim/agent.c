#include "sim/agent.h"

#include <poll.h>

#include "base/rng.h"

enum { SESSIONS_BETWEEN_LOOKS = 256 };

static void write_answered(struct out *log, struct event *ev, uint32_t recommendation, uint32_t pool)
{
	ev->latency = 0;
	ev->recommendation = recommendation;
	ev->pool = pool;
	if (pool > 0)
		ev->source = slice_of("random");
	event_write(log, ev, true);
}

static int play_session(struct simulation *s, struct visit *v, uint64_t seed, struct out *log)
{
	uint32_t n_tracks = (uint32_t)s->catalog->n_tracks, track;
	struct event ev;

	while (!v->leaving) {
		struct rng r = rng_at(seed, RNG_AGENT, s->users->list[v->user].id, v->number, (uint32_t)v->history.n);

		track = rng_below(&r, n_tracks);
		ev = simulation_request(s, v);
		write_answered(log, &ev, s->catalog->tracks[track].id, n_tracks);
		if (simulation_listen(s, v, track) < 0)
			return -1;
	}
	ev = simulation_request(s, v);
	write_answered(log, &ev, EVENT_NO_TRACK, 0);
	simulation_end(s, v);
	return 0;
}

static bool told_to_stop(const struct simulation *s, const struct simulation_watch *watch)
{
	struct pollfd p = {.fd = watch->stop_fd, .events = POLLIN};

	if (s->ended % SESSIONS_BETWEEN_LOOKS != 0)
		return false;
	if (watch->progress)
		watch->progress(watch->ctx, s);
	return poll(&p, 1, 0) > 0;
}

int agent_play_random(struct simulation *s, uint64_t seed, struct out *log, const struct simulation_watch *watch,
		      struct errmsg *e)
{
	struct visit *v;
	int begun;

	while ((begun = simulation_begin(s, &v)) > 0) {
		if (play_session(s, v, seed, log) < 0)
			return errmsg_nomem(e);
		if (out_full(log) && out_flush(log, e) < 0)
			return -1;
		if (told_to_stop(s, watch))
			return 0;
	}
	return begun < 0 ? errmsg_nomem(e) : 1;
}

/*
 * simulation: sessions being played. It says which request comes next and takes the answer; how the two travel is the
 * business of driver.h, agent.h and console.h.
 *
 * What a listener does is drawn by user, session number and step, so it does not depend on how many sessions are in
 * flight or in which order they are answered. At most one session of a user is in flight; a second waits its turn.
 */
#ifndef BOTIFY_SIMULATION_H
#define BOTIFY_SIMULATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "event/event.h"
#include "sim/arrivals.h"
#include "sim/hype.h"
#include "sim/neighbours.h"
#include "sim/returns.h"
#include "sim/session_queue.h"
#include "sim/summary.h"
#include "text/npy.h"
#include "world/catalog.h"
#include "world/history.h"
#include "world/users.h"

/* A session that is being played. */
struct sim_session {
	uint32_t user;	   /* place in the list of users */
	uint32_t number;   /* of the session among the user's own */
	uint32_t day;
	uint32_t interest; /* track index */
	uint32_t budget;   /* how often they may still be bored */
	uint32_t track;	   /* the one listened to last, and the part of it */
	double time;
	int64_t clock; /* when that was over, ms since the epoch */
	uint64_t reward; /* hundredths, without the first track */
	bool leaving, cut;
	struct history history;
};

struct simulation_options {
	uint64_t sessions, seed;
	uint32_t days, in_flight, max_tracks;
	int64_t start; /* of the first day, ms since the epoch */
	struct returns_options returns; /* where it is on, there are as many sessions as come of it */
	uint32_t hype;	   /* tracks of the day */
	double hype_boost; /* what is added to the affinity of one, to a user whose `hype` is 1 */
	const struct neighbours_watch *search; /* who looks on while simulation_init searches, or NULL; borrowed */
};

/* What is known of a user while sessions are played. */
struct simulation_user {
	uint32_t sessions; /* begun */
	int64_t free_from; /* when the last one was over, ms since the epoch */
};

struct simulation {
	const struct catalog *catalog;	/* borrowed, as the next two */
	const struct users *users;
	const struct npy *embeddings;
	struct simulation_options options;
	struct arrivals arrivals;
	struct returns returns;
	struct hype hype;
	struct neighbours neighbours; /* of all interests that the run needs */
	struct session_queue queue;
	struct simulation_user *state; /* by user */
	struct sim_session *sessions; /* in_flight of them */
	struct sim_session **idle;  /* those not in flight */
	size_t n_idle;
	uint64_t ended; /* sessions */
	const struct sim_session *again; /* of a replay: the session, which is the only one; borrowed */
	bool replayed;
	struct summary *days;
};

/* Prepares a run. Returns 0, or -1 with the reason. Free with simulation_clear, also after a failure. */
int simulation_init(struct simulation *s, const struct catalog *c, const struct users *u, const struct npy *embeddings,
		    const struct simulation_options *options, struct errmsg *e);
void simulation_clear(struct simulation *s);

/*
 * Prepares to play a session once more, by another recommender: the same user, interest and first track. What does not
 * change is borrowed from the simulation that it is of. Returns 0, or -1 where there is no memory. Free with
 * simulation_clear in either case.
 */
int simulation_replay(struct simulation *s, const struct simulation *of, const struct sim_session *session);

/*
 * Begins one more session; its first request is then to be sent. Returns 1 with the session; 0 where none can begin
 * now, because as many as may be are in flight, or all have begun, or all that could are of users who are busy; -1
 * where there is no memory.
 */
int simulation_begin(struct simulation *s, struct sim_session **session);

/* The request that a session makes now. */
struct event simulation_request(const struct simulation *s, const struct sim_session *session);

/*
 * The listener listens to a track (an index); the next request is then to be sent. Not to be called once the session is
 * leaving, when its request is its `last`. Returns 0, or -1 where there is no memory.
 */
int simulation_listen(struct simulation *s, struct sim_session *session, uint32_t track);

/* What the listener feels for a track: the inner product, and what the hype of the day adds. */
double simulation_affinity(const struct simulation *s, const struct sim_session *session, uint32_t track);

/* Ends a session whose `last` has been answered. */
void simulation_end(struct simulation *s, struct sim_session *session);

/* Whether all sessions have ended. */
static inline bool simulation_done(const struct simulation *s)
{
	if (s->options.returns.days > 0)
		return s->returns.n == 0 && s->n_idle == s->options.in_flight;
	return s->ended == s->options.sessions;
}

/* How sessions were played to their end, or not. */
enum simulation_outcome {
	SIMULATION_DONE,    /* all sessions have ended */
	SIMULATION_QUIT,    /* the person at the console quit, or their input ended */
	SIMULATION_STOPPED, /* the stop descriptor became readable */
	SIMULATION_CUT_OFF, /* replies ended before the sessions did; the reason reads "2 replies were due" */
	SIMULATION_FAILED   /* anything else, with the reason */
};

/* A place in which others can look in while sessions are played: to show progress, to be told to stop. */
struct simulation_watch {
	int stop_fd; /* the run ends where this becomes readable (see stop.h); -1: never */
	void (*progress)(void *ctx, const struct simulation *s); /* called now and then; may be NULL */
	void *ctx;
};

#endif

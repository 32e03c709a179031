/*
 * session_play: recommending by a session model (see world/session_model.h): sources session
 * and session:live.
 *
 * The plan of a session is an order of tracks by what they are expected to bring: the time, less for each of
 * the same artist that comes before; where the times are known, this greedy order is the best there is. A plan is
 * made before it is needed, or when it is first, and kept: it is a function of the model, the row and the user alone,
 * so nothing depends on what else is kept.
 */
#ifndef BOTIFY_SESSION_PLAY_H
#define BOTIFY_SESSION_PLAY_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "policy/source.h"
#include "world/catalog.h"

struct session_player;

/* Loads a model to play by. Returns a new player, or NULL with the reason. `c` is borrowed. */
struct session_player *session_player_load(const char *path, const struct catalog *c, struct errmsg *e);
void session_player_free(struct session_player *p);

/*
 * Says that up to n threads, at most PARALLEL_THREADS_MAX, will ask at once, each with a number of its own below that
 * (policy_request.worker); one may where nothing is said. To be called before session_player_prepare. Returns 0, or -1
 * where there is no memory.
 */
int session_player_workers(struct session_player *p, size_t n);

/*
 * To be told of each K that sources have, before the first question. Begins to make plans in the background. Returns 0,
 * or -1 where there is no memory.
 */
int session_player_prepare(struct session_player *p, size_t k);

/*
 * The plan of a session of a user, by id, that begins with a track: up to `n` other tracks, best first. Returns how
 * many, or -1 where there is no memory. A K of at least n must have been told. For the worker 0.
 */
ptrdiff_t session_player_plan(struct session_player *p, uint32_t user, uint32_t track, uint32_t *tracks, size_t n);

/*
 * Chooses the best track that passes the chain of the s->count first of the plan; with s->word, after learning from
 * every listen of the session. For source.c: returns as source_choose.
 */
int session_choose(const struct source *s, const struct policy_request *q, const struct filter_chain *chain,
		   struct rng *r, struct choice *c);

#endif

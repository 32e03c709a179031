/*
 * session_plans (private to session_play): the plans of a model's rows, and of sessions that have no row.
 *
 * A plan is made when it is needed, or before: threads of the lowest priority make those of the rows one after another,
 * so that after some seconds no session has to wait. A plan is a function of the model, the row and the user alone, so
 * nothing depends on who made it, or when. Plans of rows take up to SESSION_PLANS_ROOM tracks; where that is not enough
 * for all rows, one that is needed takes the place of another. Of sessions without a row, the plans are kept that were
 * asked for last, in sets by hash of user and first track.
 *
 * Several threads, the workers, may ask at once, each by a number of its own. The plan of a row is lent to one of them:
 * it is out of its place until that worker asks for another, so that nobody frees it in the meantime. Users are
 * parted among workers, so that hardly ever two of them want the same one. Each keeps its own plans without a row, in a
 * share of the sets.
 */
#ifndef BOTIFY_SESSION_PLANS_H
#define BOTIFY_SESSION_PLANS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "policy/session_plan.h"

enum { SESSION_PLANS_ROOM = 1 << 26, SESSION_STRANGE_SETS = 1 << 7, SESSION_STRANGE_WAYS = 1 << 5 };

/* The plan of a session without a row. */
struct session_strange {
	struct session_plan *plan; /* or NULL */
	size_t user;
	uint32_t track;
	uint64_t asked; /* when it was asked for last: a count of questions */
};

/* What a worker has for itself. */
struct session_plans_worker {
	struct session_plan *lent; /* or NULL */
	_Atomic(struct session_plan *) *place; /* where it goes back to */
	struct session_strange *strange; /* n_sets of SESSION_STRANGE_WAYS */
	uint64_t asked;
	struct session_planner planner;
};

struct session_plans {
	const struct session_player *player;
	size_t depth; /* of all plans */
	_Atomic(struct session_plan *) *list; /* n_rows by row; NULL: not made, or lent */
	size_t n_rows;
	struct session_plans_worker *workers; /* n_workers */
	size_t n_workers, n_sets;
	pthread_t thread;
	bool running; /* the thread is to be joined */
	atomic_bool stop;
};

/*
 * For plans k deep, none of them made yet, that up to `workers` threads will ask for, at most PARALLEL_THREADS_MAX.
 * Returns 0, or -1 where there is no memory; clear in either case.
 */
int session_plans_init(struct session_plans *s, const struct session_player *p, size_t k, size_t workers);
void session_plans_clear(struct session_plans *s);

/* Begins to make the plans of rows; where no thread can be had they are made when they are needed. */
void session_plans_begin(struct session_plans *s);

/* The plan for an aim; NULL where there is no memory. Valid until the worker's next call. */
const struct session_plan *session_plans_get(struct session_plans *s, size_t worker, const struct session_aim *a);

#endif

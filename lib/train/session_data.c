#include "train/session_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "world/history.h"

/* A session of the log, and what sorts it. */
struct beginning {
	uint32_t user, track; /* indices; of the first track */
	uint32_t session;
};

static int compare_beginnings(const void *a, const void *b)
{
	const struct beginning *x = a, *y = b;

	if (x->user != y->user)
		return x->user < y->user ? -1 : 1;
	if (x->track != y->track)
		return x->track < y->track ? -1 : 1;
	return x->session < y->session ? -1 : x->session > y->session;
}

/*
 * Whether a session is among those that are learned from, by a draw that depends on the user and which of theirs
 * it is.
 */
static bool is_taken(const struct listens *l, const struct session_data_options *o, size_t session)
{
	uint32_t user = l->session_user[session];
	struct rng r = rng_at(o->seed, RNG_TRAIN, l->user_ids[user], (uint32_t)session - l->user_first[user], 2);

	return o->share >= 1 || rng_uniform(&r) < o->share;
}

/* Lists the sessions whose first track is known, by user and first track. Returns a new array of *n, or NULL. */
static struct beginning *sort_beginnings(const struct listens *l, const struct session_data_options *o, size_t *n)
{
	struct beginning *sessions = malloc((l->n_sessions + 1) * sizeof *sessions);

	*n = 0;
	for (size_t i = 0; sessions && i < l->n_sessions; i++) {
		const struct listen *first = &l->list[l->session_first[i]];

		if (l->session_first[i + 1] > l->session_first[i] && first->position == 0 && is_taken(l, o, i))
			sessions[(*n)++] = (struct beginning){l->session_user[i], first->track, (uint32_t)i};
	}
	if (sessions)
		qsort(sessions, *n, sizeof *sessions, compare_beginnings);
	return sessions;
}

static struct session_opening *add_opening(struct session_data *d, const struct listens *l, const struct beginning *v)
{
	struct session_opening *o = &d->openings[d->n_openings];

	if (d->n_users == 0 || d->users[d->n_users - 1] != l->user_ids[v->user]) {
		d->user_openings[d->n_users] = (uint32_t)d->n_openings;
		d->users[d->n_users++] = l->user_ids[v->user];
	}
	*o = (struct session_opening){
		.user = (uint32_t)d->n_users - 1, .track = v->track, .first = (uint32_t)d->n_listens,
	};
	d->n_openings++;
	d->user_openings[d->n_users] = (uint32_t)d->n_openings;
	return o;
}

/*
 * Whether listen i of n is among the `most` that are kept: a draw without putting back, in one pass (Knuth's
 * algorithm S).
 */
static bool is_kept(struct rng *r, uint32_t left, uint32_t *wanted)
{
	if (rng_below(r, left) >= *wanted)
		return false;
	--*wanted;
	return true;
}

/* What is the same while sessions are added. */
struct adding {
	struct session_data *d;
	const struct listens *l;
	const struct session_data_options *o;
	struct history h;
	uint32_t *heard; /* by track: how many listens the opening has to it */
};

static void add_listen(struct adding *a, const struct listen *l, uint32_t plays, bool held_out)
{
	struct session_data *d = a->d;
	long time = lrintf(l->time * 100);

	if (a->heard[l->track] == a->o->repeats)
		return;
	a->heard[l->track]++;
	d->listens[d->n_listens++] = (struct session_listen){
		.opening = (uint32_t)d->n_openings - 1,
		.track = l->track,
		.time = (uint8_t)(time < 0 ? 0 : time > 100 ? 100 : time),
		.plays = (uint8_t)(plays < SESSION_PLAYS_MAX ? plays : SESSION_PLAYS_MAX),
		.uniform = l->how == LISTEN_UNIFORM,
		.held_out = held_out,
	};
}

/* Adds a session's listens to the opening that was added last. `number` tells it from the others of its opening. */
static int add_session(struct adding *a, const struct beginning *v, uint32_t number)
{
	const struct session_data_options *o = a->o;
	const struct listens *l = a->l;
	struct history *h = &a->h;
	struct rng r = rng_at(o->seed, RNG_TRAIN, l->user_ids[v->user], v->track, number);
	bool held_out = o->holdout > 0 && rng_uniform(&r) < o->holdout;
	uint32_t first = l->session_first[v->session], n = l->session_first[v->session + 1] - first, wanted = o->most;

	history_reset(h);
	for (uint32_t i = 0; i < n; i++) {
		const struct listen *listen = &l->list[first + i];
		uint32_t plays = history_artist_plays(h, a->d->catalog->tracks[listen->track].artist);

		if (i > 0 && history_track_plays(h, listen->track) == 0 &&
		    (n - 1 <= o->most || is_kept(&r, n - i, &wanted)))
			add_listen(a, listen, plays, held_out);
		if (history_add(h, a->d->catalog, listen->track, listen->time) < 0)
			return -1;
	}
	return 0;
}

static void forget_heard(struct adding *a, const struct session_opening *o)
{
	for (size_t i = o->first; i < a->d->n_listens; i++)
		a->heard[a->d->listens[i].track] = 0;
}

static int add_sessions(struct session_data *d, const struct listens *l, const struct beginning *sessions, size_t n,
			const struct session_data_options *o)
{
	struct adding a = {.d = d, .l = l, .o = o, .heard = calloc(d->catalog->n_tracks + 1, sizeof *a.heard)};
	int status = a.heard ? 0 : -1;

	for (size_t i = 0; i < n && status == 0; i++) {
		const struct beginning *v = &sessions[i];
		struct session_opening *last = d->n_openings > 0 ? &d->openings[d->n_openings - 1] : NULL;

		if (!last || d->users[last->user] != l->user_ids[v->user] || last->track != v->track) {
			if (last)
				forget_heard(&a, last);
			last = add_opening(d, l, v);
		}
		status = add_session(&a, v, last->sessions++);
		last->n = (uint32_t)d->n_listens - last->first;
	}
	history_clear(&a.h);
	free(a.heard);
	return status;
}

/* Finds out which of the listens that are held out were heard by the same user in what is learned from. */
static int mark_known(struct session_data *d)
{
	bool *heard = calloc(d->catalog->n_tracks + 1, sizeof *heard);

	for (size_t u = 0; heard && u < d->n_users; u++) {
		const struct session_opening *first = &d->openings[d->user_openings[u]];
		const struct session_opening *last = &d->openings[d->user_openings[u + 1] - 1];
		struct session_listen *begin = d->listens + first->first, *end = d->listens + last->first + last->n;

		for (struct session_listen *l = begin; l < end; l++)
			heard[l->track] |= !l->held_out;
		for (struct session_listen *l = begin; l < end; l++)
			l->known = l->held_out && heard[l->track];
		for (struct session_listen *l = begin; l < end; l++)
			heard[l->track] = false;
	}
	free(heard);
	return heard ? 0 : -1;
}

/* Lists the listens by track. */
static int index_tracks(struct session_data *d)
{
	size_t n = d->catalog->n_tracks;
	uint32_t *at = calloc(n + 2, sizeof *at);

	d->track_listens = at;
	d->by_track = malloc((d->n_listens + 1) * sizeof *d->by_track);
	if (!at || !d->by_track)
		return -1;
	for (size_t i = 0; i < d->n_listens; i++)
		at[d->listens[i].track + 2]++;
	for (size_t i = 2; i < n + 2; i++)
		at[i] += at[i - 1];
	for (size_t i = 0; i < d->n_listens; i++) {
		const struct session_listen *l = &d->listens[i];

		d->by_track[at[l->track + 1]++] = (struct session_track_listen){l->opening, l->time, l->plays,
										l->held_out};
	}
	return 0;
}

static int allocate(struct session_data *d, const struct listens *l, size_t n_sessions)
{
	d->users = malloc((n_sessions + 1) * sizeof *d->users);
	d->user_openings = calloc(n_sessions + 2, sizeof *d->user_openings);
	d->openings = malloc((n_sessions + 1) * sizeof *d->openings);
	d->listens = malloc((l->n + 1) * sizeof *d->listens);
	return d->users && d->user_openings && d->openings && d->listens ? 0 : -1;
}

int session_data_make(struct session_data *d, const struct catalog *c, const struct listens *l,
		      const struct session_data_options *o, struct errmsg *e)
{
	size_t n;
	struct beginning *sessions = sort_beginnings(l, o, &n);
	int status = -1;

	*d = (struct session_data){.catalog = c};
	if (sessions && allocate(d, l, n) == 0 && add_sessions(d, l, sessions, n, o) == 0 && mark_known(d) == 0)
		status = index_tracks(d);
	free(sessions);
	return status < 0 ? errmsg_nomem(e) : 0;
}

void session_data_hold_out_nothing(struct session_data *d)
{
	for (size_t i = 0; i < d->n_listens; i++)
		d->listens[i].held_out = d->listens[i].known = d->by_track[i].held_out = false;
}

void session_data_clear(struct session_data *d)
{
	free(d->users);
	free(d->user_openings);
	free(d->openings);
	free(d->listens);
	free(d->track_listens);
	free(d->by_track);
	*d = (struct session_data){0};
}

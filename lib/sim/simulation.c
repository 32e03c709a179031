#include "sim/simulation.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "sim/listener.h"
#include "world/embeddings.h"

enum { TRACK_MS = 180000 }; /* how long a whole track takes */

/* What is drawn when a session begins; before step 1, which is the first track that is recommended. */
struct beginning {
	uint32_t interest, neighbour; /* a track, and which of its neighbours is played first */
};

static struct beginning draw_beginning(const struct simulation *s, uint32_t user, uint32_t number)
{
	const struct user *u = &s->users->list[user];
	struct rng r = rng_at(s->options.seed, RNG_LISTENER, u->id, number, 0);
	uint32_t interest = s->users->interests[u->first_interest + rng_below(&r, u->n_interests)];

	return (struct beginning){.interest = interest, .neighbour = rng_below(&r, u->interest_neighbours)};
}

/* How many tracks are interests of anybody; 0 where there is no memory. */
static size_t count_interests(const struct users *u)
{
	struct idmap seen = {0};
	size_t n;

	for (size_t i = 0; i < u->n_interests; i++)
		if (!idmap_at(&seen, u->interests[i])) {
			idmap_clear(&seen);
			return 0;
		}
	n = seen.n;
	idmap_clear(&seen);
	return n;
}

static bool returning(const struct simulation *s)
{
	return s->options.returns.days > 0;
}

/* Adds an interest that is not there yet. Returns 0, or -1 where there is no memory. */
static int add_interest(struct idmap *seen, uint32_t interest, uint32_t *tracks, size_t *n)
{
	uint32_t *place = idmap_at(seen, interest);

	if (!place)
		return -1;
	if (!*place) {
		*place = 1;
		tracks[(*n)++] = interest;
	}
	return 0;
}

/*
 * The interests that the run will need. Sessions of a user arrive in the order of their numbers, so counting them
 * here tells which number each will have. A long run needs all, and is not counted to its end.
 */
static int gather_interests(struct simulation *s, uint32_t **tracks, size_t *n)
{
	uint32_t *numbers = calloc(s->users->n, sizeof *numbers);
	struct idmap seen = {0};
	size_t all = count_interests(s->users);
	int status = 0;

	*n = 0;
	*tracks = malloc((all + 1) * sizeof **tracks);
	if (!numbers || !*tracks || all == 0)
		status = -1;
	/* who comes back depends on what will be played: then all are */
	for (size_t i = 0; i < s->users->n_interests && returning(s) && status == 0; i++)
		status = add_interest(&seen, s->users->interests[i], *tracks, n);
	for (uint64_t i = 0; i < s->options.sessions && *n < all && status == 0; i++) {
		uint32_t user = arrivals_at(&s->arrivals, i).user;

		status = add_interest(&seen, draw_beginning(s, user, numbers[user]++).interest, *tracks, n);
	}
	idmap_clear(&seen);
	free(numbers);
	return status;
}

static int find_neighbours(struct simulation *s, struct errmsg *e)
{
	uint32_t *tracks, k = 1;
	size_t n;
	int status = gather_interests(s, &tracks, &n);

	for (size_t i = 0; i < s->users->n; i++)
		if (s->users->list[i].interest_neighbours > k)
			k = s->users->list[i].interest_neighbours;
	status = status < 0 ? errmsg_nomem(e)
			    : neighbours_find(&s->neighbours, s->embeddings, tracks, n, k, s->options.search, e);
	free(tracks);
	return status;
}

static int allocate_places(struct simulation *s)
{
	size_t in_flight = s->options.in_flight, users = s->users->n;

	s->state = calloc(users, sizeof *s->state);
	s->sessions = calloc(in_flight, sizeof *s->sessions);
	s->idle = calloc(in_flight, sizeof *s->idle);
	s->days = calloc(s->options.days, sizeof *s->days);
	if (!s->state || !s->sessions || !s->idle || !s->days || session_queue_init(&s->queue, &s->arrivals) < 0)
		return -1;
	for (size_t i = 0; i < users; i++)
		s->state[i].free_from = INT64_MIN;
	while (s->n_idle < in_flight) {
		s->idle[s->n_idle] = &s->sessions[in_flight - 1 - s->n_idle];
		s->n_idle++;
	}
	return 0;
}

int simulation_init(struct simulation *s, const struct catalog *c, const struct users *u, const struct npy *embeddings,
		    const struct simulation_options *options, struct errmsg *e)
{
	*s = (struct simulation){.catalog = c, .users = u, .embeddings = embeddings, .options = *options};
	s->arrivals = (struct arrivals){
		.seed = options->seed,
		.sessions = options->sessions,
		.days = options->days,
		.users = (uint32_t)u->n,
		.start = options->start,
	};
	if (allocate_places(s) < 0 ||
	    returns_init(&s->returns, &options->returns, u, options->seed, options->start, options->days) < 0 ||
	    hype_init(&s->hype, options->seed, options->days, options->hype, c->n_tracks) < 0)
		return errmsg_nomem(e);
	return find_neighbours(s, e);
}

int simulation_replay(struct simulation *s, const struct simulation *of, const struct sim_session *session)
{
	*s = *of;
	s->options.sessions = s->options.in_flight = 1;
	s->options.returns.days = 0;
	s->again = session;
	s->replayed = false;
	s->ended = s->n_idle = 0;
	s->queue = (struct session_queue){0};
	if (allocate_places(s) < 0)
		return -1;
	s->state[session->user].sessions = session->number;
	return 0;
}

void simulation_clear(struct simulation *s)
{
	for (size_t i = 0; s->sessions && i < s->options.in_flight; i++)
		history_clear(&s->sessions[i].history);
	if (!s->again) {
		neighbours_clear(&s->neighbours);
		returns_clear(&s->returns);
		hype_clear(&s->hype);
	}
	session_queue_clear(&s->queue);
	free(s->state);
	free(s->sessions);
	free(s->idle);
	free(s->days);
	*s = (struct simulation){0};
}

/* Time goes on by the part of a track that was listened to. */
static void note_listen(const struct simulation *s, struct sim_session *session, uint32_t track, double time)
{
	double ms = nearbyint(TRACK_MS * time);

	session->track = track;
	session->time = time;
	session->clock += ms < 1 ? 1 : (int64_t)ms;
	session->cut = !session->leaving && session->history.n >= s->options.max_tracks;
	session->leaving = session->leaving || session->cut;
}

/* Who comes next. Returns whether there is anybody now. */
static bool next_arrival(struct simulation *s, struct arrival *a)
{
	uint64_t number;

	if (s->again) {
		bool first = !s->replayed;

		s->replayed = true;
		*a = (struct arrival){.user = s->again->user, .day = s->again->day, .time = s->again->clock};
		return first;
	}
	if (returning(s))
		return returns_next(&s->returns, a);
	if (!session_queue_next(&s->queue, &number))
		return false;
	*a = arrivals_at(&s->arrivals, number);
	return true;
}

int simulation_begin(struct simulation *s, struct sim_session **begun)
{
	struct arrival a;
	struct beginning b;
	struct simulation_user *u;
	struct sim_session *session;
	uint32_t first;

	if (s->n_idle == 0 || !next_arrival(s, &a))
		return 0;
	u = &s->state[a.user];
	b = draw_beginning(s, a.user, u->sessions);
	first = neighbours_of(&s->neighbours, b.interest)[b.neighbour];
	session = *begun = s->idle[--s->n_idle];
	*session = (struct sim_session){
		.user = a.user,
		.number = u->sessions++,
		.day = a.day,
		.interest = b.interest,
		.budget = s->users->list[a.user].session_budget,
		.clock = a.time > u->free_from ? a.time : u->free_from,
		.history = session->history,
	};
	history_reset(&session->history);
	if (history_add(&session->history, s->catalog, first, 1) < 0)
		return -1;
	note_listen(s, session, first, 1);
	return 1;
}

struct event simulation_request(const struct simulation *s, const struct sim_session *session)
{
	struct event ev = event_of(session->leaving ? EVENT_LAST : EVENT_NEXT, s->users->list[session->user].id,
				   s->catalog->tracks[session->track].id, session->time);

	ev.timestamp = session->clock;
	return ev;
}

double simulation_affinity(const struct simulation *s, const struct sim_session *session, uint32_t track)
{
	double affinity = embeddings_dot(s->embeddings, track, session->interest);

	if (hype_has(&s->hype, session->day, track))
		affinity += s->options.hype_boost * s->users->list[session->user].hype;
	return affinity;
}

int simulation_listen(struct simulation *s, struct sim_session *session, uint32_t track)
{
	const struct user *u = &s->users->list[session->user];
	struct rng r = rng_at(s->options.seed, RNG_LISTENER, u->id, session->number, (uint32_t)session->history.n);
	double time = 0;

	if (history_track_plays(&session->history, track) == 0)
		time = listener_time(u, simulation_affinity(s, session, track),
				     history_artist_plays(&session->history, s->catalog->tracks[track].artist));
	if (history_add(&session->history, s->catalog, track, time) < 0)
		return -1;
	if (rng_uniform(&r) < 1 - time)
		session->leaving = --session->budget == 0;
	session->reward += (uint64_t)nearbyint(100 * time);
	note_listen(s, session, track, time);
	return 0;
}

void simulation_end(struct simulation *s, struct sim_session *session)
{
	summary_add(&s->days[session->day], (uint32_t)session->history.n - 1, session->reward, session->cut);
	s->ended++;
	s->state[session->user].free_from = session->clock;
	s->idle[s->n_idle++] = session;
	if (s->again)
		return;
	if (returning(s))
		returns_over(&s->returns, session->user, session->number, (double)session->reward / 100,
			     session->clock);
	else
		session_queue_over(&s->queue, session->user);
}

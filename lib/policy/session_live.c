#include "policy/session_live.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/murmur3.h"

/*
 * To score all candidates after every listen is most of the work, and hardly changes the answer. So each is scored anew
 * after every TURNS-th listen; and when a track is to be chosen, the best is, and so on until the best is up to date.
 * The scores that are kept depend on the plays alone, not on what was asked in between.
 */
enum { D = SESSION_DIM, TURNS = 8, BROUGHT_UP_TO_DATE = 32, TILE = SESSION_TILE };

void session_live_clear(struct session_live *l)
{
	session_posterior_clear(&l->posterior);
	free(l->plays);
	free(l->scores);
	free(l->discounts);
	free(l->artists);
	*l = (struct session_live){0};
}

/* Whether what was learned is the beginning of this session. */
static bool is_of_session(const struct session_live *l, const struct policy_request *q, size_t n)
{
	if (l->user != q->user || l->n_plays == 0 || l->n_plays > q->history->n || l->n != n)
		return false;
	return memcmp(l->plays, q->history->plays, l->n_plays * sizeof *l->plays) == 0;
}

/* Room for n candidates; what it held is of no meaning after. Returns 0, or -1 where there is no memory. */
static int make_room(struct session_live *l, size_t n)
{
	size_t padded = argmax_padded(n);

	if (padded <= l->cap)
		return 0;
	free(l->scores);
	free(l->discounts);
	free(l->artists);
	l->scores = calloc(padded, sizeof *l->scores);
	l->discounts = calloc(padded, sizeof *l->discounts);
	l->artists = calloc(padded, sizeof *l->artists);
	l->cap = l->scores && l->discounts && l->artists ? padded : 0;
	return l->cap > 0 ? 0 : -1;
}

/* Whether one of a block of candidates is of the artist. */
static inline __attribute__((always_inline)) bool has_artist(const uint32_t *artists, uint32_t artist)
{
	uint32_t found = 0;

	for (int k = 0; k < ARGMAX_BLOCK; k++)
		found |= artists[k] == artist;
	return found != 0;
}

/* Notes what was played: what it does to its artist, and that it will not be played again. */
SESSION_CLONES
static void discount(const struct session_player *p, struct session_live *l, const struct session_plan *plan,
		     const struct history *h, uint32_t track)
{
	uint32_t artist = p->catalog->tracks[track].artist;
	float discount = session_discount(p, history_artist_plays(h, artist));

	for (size_t block = 0; block < l->n; block += ARGMAX_BLOCK) {
		if (!has_artist(l->artists + block, artist))
			continue;
		for (size_t i = block; i < l->n && i < block + ARGMAX_BLOCK; i++)
			if (l->artists[i] == artist && l->discounts[i] > -INFINITY)
				l->discounts[i] = plan->tracks[i].track == track ? -INFINITY : discount;
	}
}

static int begin_again(const struct session_player *p, struct session_live *l, const struct session_aim *a,
		       const struct session_plan *plan, size_t n, const struct policy_request *q)
{
	struct play *plays = grow(l->plays, &l->plays_cap, 1, sizeof *plays);

	l->n_plays = 0;
	if (plays)
		l->plays = plays;
	if (!plays || make_room(l, n) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		l->scores[i] = plan->tracks[i].own;
		l->discounts[i] = 0;
		l->artists[i] = p->catalog->tracks[plan->tracks[i].track].artist;
	}
	l->n = n;
	l->user = q->user;
	session_posterior_begin(&l->posterior, a->q, a->q_var, a->b, a->b_var);
	l->plays[0] = q->history->plays[0];
	l->n_plays = 1;
	discount(p, l, plan, q->history, l->plays[0].track);
	return 0;
}

/* How often an artist was played in the first n plays. */
static uint32_t plays_before(const struct session_player *p, const struct history *h, size_t n, uint32_t artist)
{
	uint32_t plays = 0;

	if (history_artist_plays(h, artist) <= 1)
		return 0;
	for (size_t i = 0; i < n; i++)
		plays += h->plays[i].track != CATALOG_NONE && p->catalog->tracks[h->plays[i].track].artist == artist;
	return plays;
}

static bool is_repeat(const struct history *h, size_t n)
{
	if (history_track_plays(h, h->plays[n].track) <= 1)
		return false;
	for (size_t i = 0; i < n; i++)
		if (h->plays[i].track == h->plays[n].track)
			return true;
	return false;
}

/* What a session is after by now. */
static struct session_aim aim_now(const struct session_live *l, const struct session_aim *a)
{
	struct session_aim now = *a;

	now.q = l->posterior.q;
	now.b = l->posterior.b;
	return now;
}

/* Begins to fetch a vector, that lies anywhere in memory. */
static inline __attribute__((always_inline)) void fetch_vector(const struct session_player *p, uint32_t track)
{
	enum { LINE = 64 / sizeof(float) };

	for (int k = 0; k < D; k += LINE)
		__builtin_prefetch(p->model.tracks + (size_t)track * D + k);
}

/* Scores every TURNS-th track of the plan, from `begin` on. */
SESSION_CLONES
static void score_some(const struct session_player *p, const struct session_live *l, const struct session_aim *now,
		       const struct session_plan *plan, size_t begin, float *scores)
{
	enum { AHEAD = 4 * TURNS };
	float norm = session_dot_inline(now->q, now->q), x[TILE] = {0}, var[TILE] = {0}, norms[TILE] = {0};

	for (size_t tile = begin; tile < l->n; tile += TILE * TURNS) {
		size_t n = 0;

		for (size_t i = tile; i < l->n && n < TILE; i += TURNS) {
			uint32_t track = plan->tracks[i].track;

			if (i + AHEAD < l->n)
				fetch_vector(p, plan->tracks[i + AHEAD].track);
			x[n] = session_dot_inline(now->q, p->model.tracks + (size_t)track * D);
			var[n] = p->model.tracks_var[track];
			norms[n++] = p->norms[track];
		}
		for (size_t i = 0; i < TILE; i++) /* all, though fewer may be wanted: in whole vectors */
			x[i] = session_logit_of(now, norm, var[i], norms[i], x[i]);
		session_log_sigmoids(x);
		for (size_t i = 0; i < n; i++)
			scores[tile + i * TURNS] = x[i];
	}
}

/* Learns from one more play. Returns 0, or -1 where there is no memory. */
static int learn(const struct session_player *p, struct session_live *l, const struct session_aim *a,
		 const struct history *h)
{
	const struct play *play = &h->plays[l->n_plays];
	uint32_t artist = p->catalog->tracks[play->track].artist;
	long hundredths = lrint(play->time * 100);
	const float *e = p->model.tracks + (size_t)play->track * D, *q = l->posterior.q;

	if (is_repeat(h, l->n_plays))
		return 0;
	hundredths = hundredths < 0 ? 0 : hundredths > 100 ? 100 : hundredths;
	return session_posterior_observe(
		&l->posterior, e,
		session_bound_of(&p->bounds, plays_before(p, h, l->n_plays, artist), (uint32_t)hundredths), a->s,
		p->model.noise + p->model.tracks_var[play->track] * session_dot(q, q));
}

/* Learns from the plays that are new. Returns 0, or -1 where there is no memory. */
static int catch_up(const struct session_player *p, struct session_live *l, const struct session_aim *a,
		    const struct session_plan *plan, const struct history *h)
{
	struct play *plays = grow(l->plays, &l->plays_cap, h->n, sizeof *plays);

	if (!plays)
		return -1;
	l->plays = plays;
	for (; l->n_plays < h->n; l->n_plays++) {
		const struct play *play = &h->plays[l->n_plays];

		l->plays[l->n_plays] = *play;
		if (play->track != CATALOG_NONE) {
			if (learn(p, l, a, h) < 0)
				return -1;
			discount(p, l, plan, h, play->track);
		}
		if (l->n_plays + TURNS >= h->n) { /* others would be scored again before the end */
			struct session_aim now = aim_now(l, a);

			score_some(p, l, &now, plan, l->n_plays % TURNS, l->scores);
		}
	}
	return 0;
}

/*
 * The place of the best that passes, or l->n: by values, of which the best is brought up to date, and the one that is
 * the best then, until that changes nothing. What does not pass gets a value of -infinity.
 */
static size_t find_best(const struct session_player *p, const struct session_live *l, const struct session_aim *now,
			const struct session_plan *plan, const struct filter_chain *chain, struct argmax *values)
{
	float norm = session_dot(now->q, now->q);
	int turns = 0;

	for (;;) {
		size_t i = argmax_find(values);
		uint32_t track;
		float value;

		if (!(values->values[i] > -INFINITY))
			return l->n;
		track = plan->tracks[i].track;
		if (!filter_chain_passes(chain, track)) {
			argmax_set(values, i, -INFINITY);
			continue;
		}
		value = session_log_time(p, now, norm, track,
					 session_dot(now->q, p->model.tracks + (size_t)track * D)) +
			l->discounts[i];
		if (value == values->values[i] || turns++ == BROUGHT_UP_TO_DATE)
			return i;
		argmax_set(values, i, value);
	}
}

static int explain(const struct session_live *l, const struct session_plan *plan, const float *values,
		   const struct policy_request *q, const struct filter_chain *chain)
{
	scored_reset(q->scratch);
	for (size_t i = 0; i < l->n; i++)
		if (values[i] > -INFINITY && filter_chain_passes(chain, plan->tracks[i].track) &&
		    scored_add(q->scratch, plan->tracks[i].track, values[i]) < 0)
			return -1;
	return session_explain(q);
}

/* What is kept of the user's session, or what may be forgotten for it: that which was asked for longest ago. */
static struct session_live *live_of(const struct session_player *p, struct session_worker *w, uint32_t user)
{
	struct session_live *set = w->lives + murmur3(&user, sizeof user, 0) % p->n_live_sets * SESSION_LIVE_WAYS;
	struct session_live *oldest = set;

	for (struct session_live *l = set; l < set + SESSION_LIVE_WAYS; l++) {
		if (l->n_plays > 0 && l->user == user) {
			oldest = l;
			break;
		}
		if (l->asked < oldest->asked)
			oldest = l;
	}
	oldest->asked = ++w->asked;
	return oldest;
}

int session_live_choose(const struct session_player *p, const struct session_aim *a, const struct session_plan *plan,
			size_t k, const struct policy_request *q, const struct filter_chain *chain, struct choice *c)
{
	struct session_worker *w = &p->workers[q->worker];
	struct session_live *l = live_of(p, w, q->user);
	size_t n = k < plan->n ? k : plan->n, best;
	struct session_aim now;

	if (!is_of_session(l, q, n) && begin_again(p, l, a, plan, n, q) < 0)
		return -1;
	if (catch_up(p, l, a, plan, q->history) < 0 || argmax_fill(&w->values, l->scores, l->discounts, n) < 0)
		return -1;
	now = aim_now(l, a);
	best = find_best(p, l, &now, plan, chain, &w->values);
	if (best == n)
		return 0;
	c->track = plan->tracks[best].track;
	return q->explain > 0 && explain(l, plan, w->values.values, q, chain) < 0 ? -1 : 1;
}

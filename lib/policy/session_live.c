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
enum { D = SESSION_DIM, W = SESSION_DIM + 1, TURNS = 8, BROUGHT_UP_TO_DATE = 32, RIVALS = 33 };

void session_live_clear(struct session_live *l)
{
	free(l->plays);
	free(l->w);
	free(l->scores);
	*l = (struct session_live){0};
}

/* Whether what was learned is the beginning of this session. */
static bool is_of_session(const struct session_live *l, const struct policy_request *q, size_t n)
{
	if (l->user != q->user || l->n_plays == 0 || l->n_plays > q->history->n || l->n_scores != n)
		return false;
	for (size_t i = 0; i < l->n_plays; i++)
		if (l->plays[i].track != q->history->plays[i].track || l->plays[i].time != q->history->plays[i].time)
			return false;
	return true;
}

static int begin_again(struct session_live *l, const struct session_aim *a, const struct session_plan *plan, size_t n,
		       const struct policy_request *q)
{
	struct play *plays = grow(l->plays, &l->plays_cap, 1, sizeof *plays);
	float *scores = grow(l->scores, &l->scores_cap, n, sizeof *scores);

	if (plays)
		l->plays = plays;
	if (scores)
		l->scores = scores;
	if (!plays || !scores)
		return -1;
	for (size_t i = 0; i < n; i++)
		scores[i] = plan->tracks[i].own;
	l->user = q->user;
	memcpy(l->q, a->q, sizeof l->q);
	l->b = a->b;
	l->n_w = 0;
	l->n_scores = n;
	l->plays[0] = q->history->plays[0];
	l->n_plays = 1;
	return 0;
}

/*
 * What an observation of m = q.e - b, which is N(m, spread), does to it: moves it by *shift, takes *less off its
 * variance.
 */
static bool weigh(const struct session_bound *o, float s, double m, double spread, double noise, double *shift,
		  double *less)
{
	double total = spread + noise, sd = sqrt(total), sign, a, h;

	if (o->kind == SESSION_NOTHING)
		return false;
	if (o->kind == SESSION_INSIDE) {
		total += o->r / (s * s);
		*shift = spread * (o->z / s - m) / total;
		*less = spread * spread / total;
		return true;
	}
	sign = o->kind == SESSION_BELOW ? 1 : -1;
	a = sign * (o->z / s - m) / sd;
	h = session_hazard(a);
	*shift = -sign * spread / sd * h;
	*less = spread * spread / total * h * (h + a);
	return *less > 1e-6 * spread;
}

/* The covariance of (q, b) times (e, -1), and that is the covariance of (q, b) with q.e - b. */
SESSION_CLONES
static void covary(const struct session_live *l, const struct session_aim *a, const float *e, float gain[W])
{
	for (int k = 0; k < D; k++)
		gain[k] = a->q_var * e[k];
	gain[D] = -a->b_var;
	for (size_t i = 0; i < l->n_w; i++) {
		const float *w = l->w + i * W;
		float by = session_dot_inline(w, e) - w[D];

		for (int k = 0; k < W; k++)
			gain[k] -= by * w[k];
	}
}

/* Learns from play i: a Kalman step; of a bound, by the moments of a truncated normal. */
static int learn(const struct session_player *p, struct session_live *l, const struct session_aim *a,
		 const struct play *play, uint32_t artist_plays)
{
	const float *e = p->model.tracks + (size_t)play->track * D;
	long hundredths = lrint(play->time * 100);
	const struct session_bound *o;
	float gain[W], *w;
	double spread, noise, shift, less, m;

	o = session_bound_of(&p->bounds, artist_plays, (uint32_t)(hundredths < 0 ? 0 : hundredths > 100 ? 100 : hundredths));
	covary(l, a, e, gain);
	spread = session_dot(gain, e) - gain[D];
	noise = p->model.noise + p->model.tracks_var[play->track] * session_dot(l->q, l->q);
	m = session_dot(l->q, e) - l->b;
	if (!(spread > 1e-9) || !weigh(o, a->s, m, spread, noise, &shift, &less))
		return 0;
	w = grow(l->w, &l->w_cap, (l->n_w + 1) * W, sizeof *w);
	if (!w)
		return -1;
	l->w = w;
	w += l->n_w++ * W;
	for (int k = 0; k < W; k++)
		w[k] = gain[k] * (float)(sqrt(less) / spread);
	for (int k = 0; k < D; k++)
		l->q[k] += gain[k] * (float)(shift / spread);
	l->b += gain[D] * (float)(shift / spread);
	return 1;
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

/* Scores every step-th track of the plan, from `begin` on. Vectors lie all over memory: they are fetched ahead. */
SESSION_CLONES
static void score_again(const struct session_player *p, const struct session_live *l, const struct session_aim *a,
			const struct session_plan *plan, size_t begin, size_t end, size_t step, float *scores)
{
	enum { AHEAD = 4, LINE = 64 / sizeof(float) };
	struct session_aim now = *a;
	float norm = session_dot_inline(l->q, l->q);

	now.b = l->b;
	for (size_t i = begin; i < end; i += step) {
		uint32_t track = plan->tracks[i].track;

		if (i + AHEAD * step < end)
			for (int k = 0; k < D; k += LINE)
				__builtin_prefetch(p->model.tracks + (size_t)plan->tracks[i + AHEAD * step].track * D + k);
		scores[i] = session_log_time(p, &now, norm, track, session_dot_inline(l->q, p->model.tracks + (size_t)track * D));
	}
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
		if (play->track != CATALOG_NONE && !is_repeat(h, l->n_plays) &&
		    learn(p, l, a, play, plays_before(p, h, l->n_plays, p->catalog->tracks[play->track].artist)) < 0)
			return -1;
		score_again(p, l, a, plan, l->n_plays % TURNS, l->n_scores, TURNS, l->scores);
	}
	return 0;
}

/* A track of the plan that may be the answer: its place, and its score less for each play of its artist. */
struct rival {
	size_t place;
	float discount, value;
};

static bool is_before(const struct rival *a, const struct rival *b)
{
	return a->value > b->value || (a->value == b->value && a->place < b->place);
}

/* Moves rival i forward or back to where it belongs among n. */
static void put_in_order(struct rival *best, size_t i, size_t n)
{
	struct rival r = best[i];

	for (; i > 0 && is_before(&r, &best[i - 1]); i--)
		best[i] = best[i - 1];
	for (; i + 1 < n && is_before(&best[i + 1], &r); i++)
		best[i] = best[i + 1];
	best[i] = r;
}

/* Lists the best by these scores that pass, best first: more than will be brought up to date. Returns how many. */
static size_t find_best(const struct session_player *p, const struct session_plan *plan, const float *scores, size_t n,
			const struct policy_request *q, const struct filter_chain *chain, struct rival best[RIVALS])
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t track = plan->tracks[i].track;
		struct rival r = {.place = i, .value = scores[i]};

		if (found == RIVALS && r.value <= best[RIVALS - 1].value)
			continue;
		r.discount = (float)(p->log_gamma * history_artist_plays(q->history, p->catalog->tracks[track].artist));
		r.value += r.discount;
		if ((found == RIVALS && r.value <= best[RIVALS - 1].value) || !(r.value > -INFINITY) ||
		    history_track_plays(q->history, track) > 0 || !filter_chain_passes(chain, track))
			continue;
		if (found < RIVALS)
			found++;
		best[found - 1] = r;
		put_in_order(best, found - 1, found);
	}
	return found;
}

/* Brings the best up to date, and the one that is the best then, until that changes nothing. */
static void bring_up_to_date(const struct session_player *p, const struct session_live *l, const struct session_aim *a,
			     const struct session_plan *plan, float *scores, struct rival *best, size_t n)
{
	for (int i = 0; i < BROUGHT_UP_TO_DATE && n > 0; i++) {
		size_t place = best[0].place;
		float before = scores[place];

		score_again(p, l, a, plan, place, place + 1, 1, scores);
		if (scores[place] == before)
			return;
		best[0].value = scores[place] + best[0].discount;
		put_in_order(best, 0, n);
		if (best[0].place == place)
			return;
	}
}

static int explain(const struct session_player *p, const struct session_plan *plan, const float *scores, size_t n,
		   const struct policy_request *q, const struct filter_chain *chain)
{
	scored_reset(q->scratch);
	for (size_t i = 0; i < n; i++) {
		uint32_t track = plan->tracks[i].track;
		double plays = history_artist_plays(q->history, p->catalog->tracks[track].artist);

		if (history_track_plays(q->history, track) == 0 && filter_chain_passes(chain, track) &&
		    scored_add(q->scratch, track, scores[i] + p->log_gamma * plays) < 0)
			return -1;
	}
	return session_explain(q);
}

int session_live_choose(struct session_player *p, const struct session_aim *a, const struct session_plan *plan,
			size_t k, const struct policy_request *q, const struct filter_chain *chain, struct choice *c)
{
	struct session_live *l = &p->lives[murmur3(&q->user, sizeof q->user, 0) % p->n_lives];
	size_t n = k < plan->n ? k : plan->n, n_best;
	float *now = grow(p->now, &p->now_cap, n, sizeof *now);
	struct rival best[RIVALS];

	if (!now)
		return -1;
	p->now = now;
	if (!is_of_session(l, q, n) && begin_again(l, a, plan, n, q) < 0)
		return -1;
	if (catch_up(p, l, a, plan, q->history) < 0)
		return -1;
	memcpy(now, l->scores, n * sizeof *now);
	n_best = find_best(p, plan, now, n, q, chain, best);
	if (n_best == 0)
		return 0;
	bring_up_to_date(p, l, a, plan, now, best, n_best);
	c->track = plan->tracks[best[0].place].track;
	return q->explain > 0 && explain(p, plan, now, n, q, chain) < 0 ? -1 : 1;
}

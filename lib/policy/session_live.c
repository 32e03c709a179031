#include "policy/session_live.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/murmur3.h"

enum { D = SESSION_DIM, W = SESSION_DIM + 1 };

void session_live_clear(struct session_live *l)
{
	free(l->plays);
	free(l->w);
	free(l->scores);
	*l = (struct session_live){0};
}

/* Whether what was learned is the beginning of this session. */
static bool is_of_session(const struct session_live *l, const struct question *q, const struct session_plan *plan)
{
	if (l->user != q->user || l->n_plays == 0 || l->n_plays > q->history->n || l->n_scores > plan->n)
		return false;
	for (size_t i = 0; i < l->n_plays; i++)
		if (l->plays[i].track != q->history->plays[i].track || l->plays[i].time != q->history->plays[i].time)
			return false;
	return true;
}

static int begin_again(struct session_live *l, const struct session_aim *a, const struct question *q)
{
	struct play *plays = grow(l->plays, &l->plays_cap, 1, sizeof *plays);

	if (!plays)
		return -1;
	l->plays = plays;
	l->user = q->user;
	memcpy(l->q, a->q, sizeof l->q);
	l->b = a->b;
	l->n_w = 0;
	l->n_scores = 0;
	l->plays[0] = q->history->plays[0];
	l->n_plays = 1;
	return 0;
}

/* What an observation of m = q.e - b, which is N(m, spread), does to it: moves it by *shift, takes *less off its variance. */
static bool weigh(const struct session_bound *o, float s, double m, double spread, double noise, double *shift, double *less)
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

/* Learns from play i: a Kalman step; of a bound, by the moments of a truncated normal. */
static int learn(const struct session_player *p, struct session_live *l, const struct session_aim *a, const struct play *play,
		 uint32_t artist_plays)
{
	const float *e = p->model.tracks + (size_t)play->track * D;
	long hundredths = lrint(play->time * 100);
	const struct session_bound *o;
	float gain[W], *w;
	double spread, noise, shift, less, m;

	o = session_bound_of(&p->bounds, artist_plays, (uint32_t)(hundredths < 0 ? 0 : hundredths > 100 ? 100 : hundredths));
	for (int k = 0; k < D; k++)
		gain[k] = a->q_var * e[k];
	gain[D] = -a->b_var;
	for (size_t i = 0; i < l->n_w; i++) {
		float by;

		w = l->w + i * W;
		by = session_dot(w, e) - w[D];
		for (int k = 0; k < W; k++)
			gain[k] -= by * w[k];
	}
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

/* Learns from the plays that are new. Returns 1 where it changed anything, 0 where not, -1 where there is no memory. */
static int catch_up(const struct session_player *p, struct session_live *l, const struct session_aim *a, const struct history *h)
{
	int changed = 0;
	struct play *plays = grow(l->plays, &l->plays_cap, h->n, sizeof *plays);

	if (!plays)
		return -1;
	l->plays = plays;
	for (; l->n_plays < h->n; l->n_plays++) {
		const struct play *play = &h->plays[l->n_plays];
		int status = 0;

		l->plays[l->n_plays] = *play;
		if (play->track != CATALOG_NONE && !is_repeat(h, l->n_plays))
			status = learn(p, l, a, play, plays_before(p, h, l->n_plays, p->catalog->tracks[play->track].artist));
		if (status < 0)
			return -1;
		changed |= status;
	}
	return changed;
}

static int score(const struct session_player *p, struct session_live *l, const struct session_aim *a,
		 const struct session_plan *plan, size_t n)
{
	float *scores = grow(l->scores, &l->scores_cap, n, sizeof *scores), norm = session_dot(l->q, l->q);
	struct session_aim now = *a;

	if (!scores)
		return -1;
	l->scores = scores;
	now.b = l->b;
	for (size_t i = 0; i < n; i++) {
		uint32_t track = plan->tracks[i].track;

		scores[i] = session_log_time(p, &now, norm, track, session_dot(l->q, p->model.tracks + (size_t)track * D));
	}
	l->n_scores = n;
	return 0;
}

int session_live_choose(struct session_player *p, const struct session_aim *a, const struct session_plan *plan, size_t k,
			const struct question *q, const struct sieve *sieve, struct choice *c)
{
	struct session_live *l = &p->lives[murmur3(&q->user, sizeof q->user, 0) % p->n_lives];
	size_t n = k < plan->n ? k : plan->n;
	float best = -INFINITY;
	int changed, found = 0;

	if (!is_of_session(l, q, plan) && begin_again(l, a, q) < 0)
		return -1;
	changed = catch_up(p, l, a, q->history);
	if (changed < 0 || ((changed || l->n_scores != n) && score(p, l, a, plan, n) < 0))
		return -1;
	for (size_t i = 0; i < n; i++) {
		uint32_t track = plan->tracks[i].track;
		float value = l->scores[i];

		if (value <= best)
			continue;
		value += (float)(p->log_gamma * history_artist_plays(q->history, p->catalog->tracks[track].artist));
		if (value > best && history_track_plays(q->history, track) == 0 && sieve_passes(sieve, track)) {
			best = value;
			c->track = track;
			found = 1;
		}
	}
	return found;
}

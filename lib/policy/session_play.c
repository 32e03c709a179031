#include "policy/session_play.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/murmur3.h"
#include "policy/session_live.h"
#include "world/session_math.h"
#include "world/session_model.h"

enum { D = SESSION_DIM };

/* Nothing that is left has no logarithm: so little is left that anything else is better. */
static float log_of_factor(double factor)
{
	return (float)log(fmax(factor, 1e-12));
}

static void set_discounts(struct session_player *p)
{
	for (int k = 0; k <= SESSION_PLAYS_MAX; k++)
		p->discounts[k] = log_of_factor(p->model.factors[k]);
	p->discount = log_of_factor(p->model.gamma);
}

static int init_worker(const struct session_player *p, struct session_worker *w)
{
	w->lives = calloc(p->n_live_sets * SESSION_LIVE_WAYS, sizeof *w->lives);
	w->beginnings = calloc(p->n_beginnings, sizeof *w->beginnings);
	return w->lives && w->beginnings ? 0 : -1;
}

static void clear_worker(const struct session_player *p, struct session_worker *w)
{
	for (size_t i = 0; w->lives && i < p->n_live_sets * SESSION_LIVE_WAYS; i++)
		session_live_clear(&w->lives[i]);
	free(w->lives);
	free(w->beginnings);
	argmax_clear(&w->values);
}

static void clear_workers(struct session_player *p)
{
	for (size_t i = 0; i < p->n_workers; i++)
		clear_worker(p, &p->workers[i]);
	free(p->workers);
	p->workers = NULL;
	p->n_workers = 0;
}

int session_player_workers(struct session_player *p, size_t n)
{
	clear_workers(p);
	p->n_live_sets = SESSION_LIVE_SETS / n;
	p->n_beginnings = SESSION_BEGINNINGS / n;
	p->workers = calloc(n, sizeof *p->workers);
	if (!p->workers)
		return -1;
	for (p->n_workers = 0; p->n_workers < n; p->n_workers++)
		if (init_worker(p, &p->workers[p->n_workers]) < 0) {
			clear_worker(p, &p->workers[p->n_workers]);
			return -1;
		}
	return 0;
}

struct session_player *session_player_load(const char *path, const struct catalog *c, struct errmsg *e)
{
	struct session_player *p = calloc(1, sizeof *p);

	if (!p) {
		errmsg_nomem(e);
		return NULL;
	}
	p->catalog = c;
	if (session_model_load(&p->model, path, c, e) < 0) {
		free(p);
		return NULL;
	}
	session_bounds_make(&p->bounds, p->model.factors);
	set_discounts(p);
	p->norms = malloc((c->n_tracks + 1) * sizeof *p->norms);
	if (session_player_workers(p, 1) < 0 || !p->norms) {
		session_player_free(p);
		errmsg_nomem(e);
		return NULL;
	}
	for (size_t i = 0; i < c->n_tracks; i++) {
		p->norms[i] = session_dot(p->model.tracks + i * D, p->model.tracks + i * D);
		p->most_norm = fmaxf(p->most_norm, p->norms[i]);
	}
	return p;
}

int session_player_prepare(struct session_player *p, size_t k)
{
	if (k <= p->plans.depth)
		return 0;
	session_plans_clear(&p->plans);
	if (session_plans_init(&p->plans, p, k, p->n_workers) < 0)
		return -1;
	session_plans_begin(&p->plans);
	return 0;
}

void session_player_free(struct session_player *p)
{
	if (!p)
		return;
	session_plans_clear(&p->plans); /* first: a thread may be at work with the rest */
	clear_workers(p);
	free(p->norms);
	session_model_clear(&p->model);
	free(p);
}

/* The row that a user is known to be after when they begin with this track, or SESSION_NO_ROW. */
static uint32_t known_row(const struct session_model *m, size_t user, uint32_t track)
{
	size_t low = m->users[user].first_opening, high = m->users[user + 1].first_opening;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (m->openings[middle].track < track)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == m->users[user + 1].first_opening || m->openings[low].track != track)
		return SESSION_NO_ROW;
	return m->openings[low].row;
}

/*
 * How much better a row explains a first track than an interest that is not known yet does: a log ratio of
 * densities.
 */
static double nearness(const struct session_model *m, uint32_t row, uint32_t track)
{
	const float *q = m->rows + (size_t)row * D, *e = m->tracks + (size_t)track * D;
	double fit = 0, volume = 1;

	for (int k = 0; k < D; k++) {
		double prior = m->artist[k] + m->track[k], v = m->tracks_var[track];
		double known = fmax(1 / v - 1 / prior, 0.05 / v);
		double at = e[k] / v / known, own = m->near + 1 / known;
		double near = own + m->rows_var[row], far = own + prior;

		fit += at * at / far - (at - q[k]) * (at - q[k]) / near;
		volume *= far / near;
	}
	return (fit + log(volume)) / 2;
}

/* That of the interest which explains the track best, if better than one that is not known yet would. */
static uint32_t nearest_row(const struct session_model *m, size_t user, uint32_t track)
{
	uint32_t best = SESSION_NO_ROW, before = SESSION_NO_ROW;
	double nearest = 0;

	for (uint32_t i = m->users[user].first_opening; i < m->users[user + 1].first_opening; i++) {
		double n;

		if (m->openings[i].row == before)
			continue;
		before = m->openings[i].row;
		n = nearness(m, before, track);
		if (n > nearest) {
			nearest = n;
			best = before;
		}
	}
	return best;
}

void session_aim_at_row(const struct session_player *p, size_t user, uint32_t row, struct session_aim *a)
{
	const struct session_model *m = &p->model;

	*a = (struct session_aim){
		.user = user,
		.row = row,
		.q = m->rows + (size_t)row * D,
		.q_var = m->rows_var[row],
		.s = m->users[user].s,
		.b = m->users[user].b,
		.b_var = m->users[user].b_var,
	};
}

/* The row of a session, from memory where it is there: each answer of a session asks. */
static uint32_t find_row(const struct session_player *p, size_t worker, size_t user, uint32_t track)
{
	const uint32_t key[] = {(uint32_t)user, track};
	size_t place = murmur3(key, sizeof key, 0) % p->n_beginnings;
	struct session_beginning *b = &p->workers[worker].beginnings[place];

	if (b->known && b->user == user && b->track == track)
		return b->row;
	*b = (struct session_beginning){(uint32_t)user, track, known_row(&p->model, user, track), true};
	if (b->row == SESSION_NO_ROW)
		b->row = nearest_row(&p->model, user, track);
	return b->row;
}

void session_begin(const struct session_player *p, size_t worker, uint32_t user_id, uint32_t track,
		   struct session_aim *a)
{
	const struct session_model *m = &p->model;
	size_t user = session_model_user(m, user_id);

	*a = (struct session_aim){.user = user,
				  .track = track,
				  .row = SESSION_NO_ROW,
				  .s = (float)m->s,
				  .b = (float)m->b,
				  .b_var = (float)m->b_var};
	if (user < m->n_users) {
		a->s = m->users[user].s;
		a->b = m->users[user].b;
		a->b_var = m->users[user].b_var;
		a->row = find_row(p, worker, user, track);
	}
	if (a->row != SESSION_NO_ROW) {
		session_aim_at_row(p, user, a->row, a);
		a->track = track;
		return;
	}
	a->q = m->tracks + (size_t)track * D;
	a->q_var = m->tracks_var[track];
	for (int k = 0; k < D; k++)
		a->q_var += (float)(m->first[k] / D);
}

ptrdiff_t session_player_plan(struct session_player *p, uint32_t user, uint32_t track, uint32_t *tracks, size_t n)
{
	struct session_aim a;
	const struct session_plan *plan;
	size_t found = 0;

	session_begin(p, 0, user, track, &a);
	plan = session_plans_get(&p->plans, 0, &a);
	for (size_t i = 0; plan && i < plan->n && found < n; i++)
		if (plan->tracks[i].track != track)
			tracks[found++] = plan->tracks[i].track;
	return plan ? (ptrdiff_t)found : -1;
}

/* Tells of the best of what q->scratch holds, by the logarithm of their times. */
int session_explain(const struct policy_request *q)
{
	size_t n = scored_best(q->scratch, q->explain);

	for (size_t i = 0; i < n; i++)
		if (scored_add(q->candidates, q->scratch->list[i].track, exp(q->scratch->list[i].score)) < 0)
			return -1;
	return 0;
}

/*
 * What a track of the plan is worth now: less than planned, where more of its artist were played than are
 * planned before it.
 */
static float worth(const struct session_player *p, const struct session_planned *t, const struct history *h)
{
	uint32_t plays = history_artist_plays(h, p->catalog->tracks[t->track].artist);

	return t->own + session_discount(p, plays > t->before ? plays : t->before);
}

/*
 * The best of the plan that passes. Mostly it is the first one; but some are worth less than planned (the first
 * track's artist, for one, was played without being planned), and then those after it are looked at until none can be
 * better.
 */
static int choose_planned(const struct session_player *p, const struct session_plan *plan, size_t k,
			  const struct policy_request *q, const struct filter_chain *chain, struct choice *c)
{
	float best = -INFINITY;
	int found = 0;

	scored_reset(q->scratch);
	for (size_t i = 0; i < k && i < plan->n; i++) {
		const struct session_planned *t = &plan->tracks[i];
		uint32_t track = t->track;
		float score;

		if (session_planned_score(p, t) <= best && q->explain == 0)
			break;
		if (history_track_plays(q->history, track) > 0 || !filter_chain_passes(chain, track))
			continue;
		score = worth(p, t, q->history);
		if (score > best) {
			best = score;
			c->track = track;
			found = 1;
		}
		if (q->explain > 0 && scored_add(q->scratch, track, score) < 0)
			return -1;
	}
	return found && q->explain > 0 && session_explain(q) < 0 ? -1 : found;
}

int session_choose(const struct source *s, const struct policy_request *q, const struct filter_chain *chain,
		   struct rng *r, struct choice *c)
{
	struct session_player *p = s->table->player;
	const struct history *h = q->history;
	struct session_aim a;
	const struct session_plan *plan;

	(void)r;
	if (h->n == 0 || h->plays[0].track == CATALOG_NONE)
		return 0;
	*c = (struct choice){.propensity = NAN};
	session_begin(p, q->worker, q->user, h->plays[0].track, &a);
	plan = session_plans_get(&p->plans, q->worker, &a);
	if (!plan)
		return -1;
	if (s->word)
		return session_live_choose(p, &a, plan, s->count, q, chain, c);
	return choose_planned(p, plan, s->count, q, chain, c);
}

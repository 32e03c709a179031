#include "policy/session_plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/radix.h"
#include "policy/session_live.h"
#include "world/session_math.h"

enum { D = SESSION_DIM, SAMPLE = 2048, TILE = 256 };

/* So many times as many as are planned are ranked first: for most plans of 1000 that is enough. */
enum { FIRST_RANKED = 12 };

#define SLACK 1e-2f /* scores that are about right are so by less than an eighth of it */

/* The logarithm of the logistic function is read off a table, between -BOUND and BOUND. */
enum { BOUND = 32, STEPS = 64 };

static void fill_table(float *table)
{
	for (int i = 0; i <= 2 * BOUND * STEPS; i++)
		table[i] = session_log_sigmoid((float)i / STEPS - BOUND);
}

/* Wrong by 1 / (8 STEPS^2) / 4 at most, and rounding. */
static inline float log_sigmoid_about(const struct session_planner *s, float z)
{
	float place = (z + BOUND) * STEPS;
	int i = (int)place;

	if (!(place >= 0))
		return z;
	return i >= 2 * BOUND * STEPS ? 0 : s->table[i] + (place - (float)i) * (s->table[i + 1] - s->table[i]);
}

int session_planner_init(struct session_planner *s, const struct catalog *c, size_t rows)
{
	size_t n = c->n_tracks + 1;

	*s = (struct session_planner){
		.products = malloc(rows * n * sizeof *s->products),
		.sample = malloc(n * sizeof *s->sample),
		.found = malloc(n * sizeof *s->found),
		.artist_plays = calloc(c->n_artists + 1, sizeof *s->artist_plays),
		.ranked = malloc(n * sizeof *s->ranked),
		.order = malloc(n * sizeof *s->order),
		.other_order = malloc(n * sizeof *s->other_order),
		.ties = calloc(c->n_artists + 1, sizeof *s->ties),
		.table = malloc((2 * BOUND * STEPS + 2) * sizeof *s->table),
	};
	if (s->table)
		fill_table(s->table);
	if (!s->products || !s->sample || !s->found || !s->artist_plays || !s->ranked || !s->order || !s->other_order ||
	    !s->ties || !s->table)
		return -1;
	return 0;
}

void session_planner_clear(struct session_planner *s)
{
	free(s->products);
	free(s->sample);
	free(s->found);
	free(s->artist_plays);
	free(s->ties);
	free(s->table);
	free(s->ranked);
	free(s->order);
	free(s->other_order);
	*s = (struct session_planner){0};
}

/* The n-th largest of some numbers, from 0, which are put in another order: Hoare's selection. */
static float nth_largest(float *x, size_t size, size_t n)
{
	size_t low = 0, high = size - 1;

	while (low < high) {
		float pivot = x[low + (high - low) / 2];
		size_t i = low, j = high;

		for (;; i++, j--) {
			while (x[i] > pivot)
				i++;
			while (x[j] < pivot)
				j--;
			if (i >= j)
				break;
			float swap = x[i];

			x[i] = x[j];
			x[j] = swap;
		}
		if (n <= j)
			high = j;
		else
			low = j + 1;
	}
	return x[low];
}

/* A logit that about `wanted` tracks are above, by a sample of them. */
static float find_threshold(const struct session_player *p, struct session_planner *s, const struct session_aim *a,
			    float norm, const float *products, size_t wanted)
{
	size_t n = p->model.n_tracks, step = n / SAMPLE + 1, size = 0;

	if (wanted >= n)
		return -INFINITY;
	for (size_t i = 0; i < n; i += step)
		s->sample[size++] = session_logit(p, a, norm, (uint32_t)i, products[i]);
	return nth_largest(s->sample, size, wanted / step < size ? wanted / step : size - 1);
}

/*
 * Lists the tracks whose logit is above a limit, or may be, since products are rounded. A logit is s (x - b) / sqrt(v):
 * squares that keep their sign are compared, so that neither a root nor a division is needed. Returns how many.
 */
SESSION_CLONES
static size_t find_above(const struct session_player *p, const struct session_aim *a, float norm, const float *products,
			 float limit, uint32_t *found)
{
	const float *var = p->model.tracks_var, *norms = p->norms;
	float of_var = 0.393f * a->s * a->s * norm, of_norm = 0.393f * a->s * a->s * a->q_var, b = a->b;
	float square = limit / a->s * fabsf(limit / a->s);
	size_t n = p->model.n_tracks, n_found = 0;

	for (size_t begin = 0; begin < n; begin += TILE) {
		size_t size = n - begin < TILE ? n - begin : TILE;
		float above[TILE];

		for (size_t i = 0; i < size; i++) {
			float x = products[begin + i] - b;

			above[i] = x * fabsf(x) - square * (1 + of_var * var[begin + i] + of_norm * norms[begin + i]);
		}
		for (size_t i = 0; i < size; i++) {
			found[n_found] = (uint32_t)(begin + i);
			n_found += above[i] >= 0;
		}
	}
	return n_found;
}

/* A number that is lower for a higher score. */
static uint32_t sort_key(float score)
{
	uint32_t bits;

	score += 0.0f; /* there is one zero */
	memcpy(&bits, &score, sizeof bits);
	return bits ^ (((bits >> 31) - 1) & 0x7fffffff);
}

/* Puts n in order by their scores, best first; where these are equal, as they stand. */
static void sort_scores(struct session_planner *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		s->order[i] = radix_item(sort_key(s->ranked[i].score), (uint32_t)i);
	radix_sort(s->order, s->other_order, n);
}

/* The i-th best. */
static struct session_ranked *best(const struct session_planner *s, size_t i)
{
	return &s->ranked[radix_place(s->order[i])];
}

/* Takes from what each of n tracks is worth on its own something for each of its artist that comes before it. */
static void discount_artists(const struct session_player *p, struct session_planner *s, size_t n)
{
	const struct track *tracks = p->catalog->tracks;

	sort_scores(s, n);
	for (size_t i = 0; i < n; i++) {
		struct session_ranked *r = best(s, i);

		r->score = r->own + session_discount(p, s->artist_plays[tracks[r->track].artist]++);
	}
	for (size_t i = 0; i < n; i++)
		s->artist_plays[tracks[s->ranked[i].track].artist] = 0;
}

/* The `planned`-th best score of n; -infinity where there are not more. */
static float find_least(struct session_planner *s, size_t n, size_t planned)
{
	for (size_t i = 0; i < n; i++)
		s->sample[i] = s->ranked[i].score;
	return n > planned ? nth_largest(s->sample, n, planned - 1) : -INFINITY;
}

/* Scores tracks, which ascend, each on its own and about: wrong by less than SLACK / 8. */
static void score_about(const struct session_player *p, struct session_planner *s, const struct session_aim *a,
			float norm, const float *products, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t track = s->found[i];
		float own = log_sigmoid_about(s, session_logit(p, a, norm, track, products[track]));

		s->ranked[i] = (struct session_ranked){track, own, own};
	}
}

/*
 * Leaves out those of n tracks that cannot be among the `planned` best: by scores that are about right. Tracks of an
 * artist that are about as good may be in another order; so each is taken for the first of those it is near. Returns
 * how many are left, in `found`.
 */
static size_t leave_out(const struct session_player *p, struct session_planner *s, size_t n, size_t planned)
{
	const struct track *tracks = p->catalog->tracks;
	size_t kept = 0;
	float least;

	discount_artists(p, s, n);
	least = find_least(s, n, planned) - SLACK;
	for (size_t i = 0; i < n; i++) {
		struct session_ranked *r = best(s, i);
		struct near_ties *t = &s->ties[tracks[r->track].artist];

		if (t->n == 0 || t->own - r->own > SLACK / 2)
			t->before = t->n;
		t->own = r->own;
		t->n++;
		r->score = r->own + session_discount(p, t->before);
	}
	for (size_t i = 0; i < n; i++) {
		s->ties[tracks[s->ranked[i].track].artist].n = 0;
		if (s->ranked[i].score >= least)
			s->found[kept++] = s->ranked[i].track;
	}
	return kept;
}

/* Scores tracks, which ascend, each on its own. */
SESSION_CLONES
static void score_tracks(const struct session_player *p, const struct session_aim *a, float norm,
			 const uint32_t *tracks, size_t n, struct session_ranked *ranked)
{
	for (size_t i = 0; i < n; i++) {
		float x = session_dot_inline(a->q, p->model.tracks + (size_t)tracks[i] * D);
		float own = session_log_time(p, a, norm, tracks[i], x);

		ranked[i] = (struct session_ranked){tracks[i], own, own};
	}
}

/* Keeps the `planned` best of n, or more where some are equal, and sorts them. Returns how many. */
static size_t sort_best(struct session_planner *s, size_t n, size_t planned)
{
	float least = find_least(s, n, planned);
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (s->ranked[i].score >= least)
			s->ranked[kept++] = s->ranked[i];
	sort_scores(s, kept);
	return kept;
}

/* Ranks all tracks whose logit is above a threshold. Returns how many of the `planned` best there are, or more. */
static size_t rank_above(const struct session_player *p, struct session_planner *s, const struct session_aim *a,
			 float norm, const float *products, float threshold, size_t planned)
{
	float rounding = 5e-6f * (a->s * (sqrtf(norm * p->most_norm) + fabsf(a->b)) + fabsf(threshold));
	size_t n = p->model.n_tracks;

	if (threshold > -INFINITY)
		n = find_above(p, a, norm, products, threshold - rounding, s->found);
	for (uint32_t i = 0; threshold == -INFINITY && i < n; i++)
		s->found[i] = i;
	if (rounding < SLACK / 16) {
		score_about(p, s, a, norm, products, n);
		n = leave_out(p, s, n, planned);
	}
	score_tracks(p, a, norm, s->found, n, s->ranked);
	discount_artists(p, s, n);
	return sort_best(s, n, planned);
}

/* What was ranked, as a plan. */
static void write_plan(const struct session_player *p, struct session_planner *s, struct session_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct session_ranked *r = best(s, i);
		uint32_t artist = p->catalog->tracks[r->track].artist;

		plan->tracks[i] = (struct session_planned){r->track, s->artist_plays[artist]++, r->own};
	}
	for (size_t i = 0; i < plan->n; i++)
		s->artist_plays[p->catalog->tracks[plan->tracks[i].track].artist] = 0;
}

/*
 * A logit of which the logarithm of the logistic function is less than a score, but not by much. How much less depends
 * on the C library; no plan does.
 */
static float logit_below(float score)
{
	float logit = (float)(score - log(-expm1(fmin(score, -1e-12)))), step = 1e-5f;

	while (!(session_log_sigmoid(logit) < score) && step < INFINITY) {
		logit -= step;
		step *= 2;
	}
	return logit;
}

/*
 * Ranks until what is not ranked is worth less than the last that is planned. First some tracks are; then all that may
 * be better than the last of these: to rank more can only raise it, since a track counts for less by what is better.
 */
static void rank_best(const struct session_player *p, struct session_planner *s, const struct session_aim *a,
		      const float *products, size_t planned)
{
	float norm = session_dot(a->q, a->q);
	float threshold = find_threshold(p, s, a, norm, products, FIRST_RANKED * planned);

	for (size_t wanted = FIRST_RANKED * planned;;) {
		size_t n = rank_above(p, s, a, norm, products, threshold, planned);
		float last = n >= planned && planned > 0 ? best(s, planned - 1)->score : -INFINITY;

		if (threshold == -INFINITY || last > session_log_sigmoid(threshold))
			return;
		if (last > -INFINITY)
			threshold = logit_below(last);
		else
			threshold = find_threshold(p, s, a, norm, products, wanted *= 2);
	}
}

struct session_plan *session_plan_make(const struct session_player *p, struct session_planner *s,
				       const struct session_aim *a, const float *products, size_t k)
{
	size_t n_tracks = p->model.n_tracks, planned = k < n_tracks ? k : n_tracks;
	struct session_plan *plan = malloc(sizeof *plan + planned * sizeof *plan->tracks);

	if (!plan)
		return NULL;
	rank_best(p, s, a, products, planned);
	*plan = (struct session_plan){.user = a->user,
				      .row = a->row,
				      .track = a->row == SESSION_NO_ROW ? a->track : 0,
				      .n = (uint32_t)planned};
	write_plan(p, s, plan);
	return plan;
}

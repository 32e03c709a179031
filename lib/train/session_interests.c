/*
 * Which openings of a user belong to one interest: see session_fit.h.
 *
 * Each opening is looked at by itself: its first track lies near the interest, and its listens say more: so it tells
 * of q, by its posterior. The interests of users are q ~ N(0, spread). Openings are joined, two clusters at a time, as
 * long as one interest explains both better than two do, by the ratio of the evidences: so how many interests a user
 * has comes out of the log. First tracks alone would be enough for random sessions; in those of a policy, where
 * listens are many, they would not.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "train/session_fit.h"

enum { D = SESSION_DIM, CHUNK = 16, MOST = 64 };

/* A set of openings: the precision and the weighted sum of where they say that the interest is. */
struct cluster {
	float precision[D], sum[D];
	double score;
};

struct interests {
	struct session_fit *f;
	uint32_t *cluster_of; /* by opening: number within its user */
	uint32_t *counts;     /* by user */
	float prior[D];	      /* precision of an interest */
	bool failed;
};

/* The log evidence of a set, but for what is the same for any partition. */
SESSION_CLONES
static double score(const struct interests *t, const float *precision, const float *sum)
{
	session_lanes fit = {0}, volume = {0};
	double total_fit = 0, total_volume = 1;

	volume += 1;
	for (int k = 0; k < D; k += SESSION_LANES) {
		session_lanes prior = *(const session_lanes *)(t->prior + k), x = *(const session_lanes *)(sum + k);
		session_lanes total = prior + *(const session_lanes *)(precision + k);

		fit += x * x / total;
		volume *= total / prior;
	}
	for (int l = 0; l < SESSION_LANES; l++) {
		total_fit += fit[l];
		total_volume *= volume[l];
	}
	return total_fit / 2 - log(total_volume) / 2;
}

static void begin_cluster(const struct interests *t, size_t opening, struct cluster *c)
{
	const float *q = t->f->rows + opening * D, *v = t->f->rows_var + opening * D;

	for (int k = 0; k < D; k++) {
		c->precision[k] = 1 / v[k];
		c->sum[k] = q[k] / v[k];
	}
	c->score = score(t, c->precision, c->sum);
}

static double gain(const struct interests *t, const struct cluster *a, const struct cluster *b)
{
	float precision[D], sum[D];

	for (int k = 0; k < D; k++) {
		precision[k] = a->precision[k] + b->precision[k];
		sum[k] = a->sum[k] + b->sum[k];
	}
	return score(t, precision, sum) - a->score - b->score;
}

static void join(const struct interests *t, struct cluster *a, const struct cluster *b)
{
	for (int k = 0; k < D; k++) {
		a->precision[k] += b->precision[k];
		a->sum[k] += b->sum[k];
	}
	a->score = score(t, a->precision, a->sum);
}

/* Joins the clusters of a user until no two gain by it. `of` says which cluster an opening is in. */
static uint32_t agglomerate(const struct interests *t, struct cluster *c, uint32_t n, uint32_t *of, double *gains)
{
	uint32_t left = n;

	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < i; j++)
			gains[i * n + j] = gain(t, &c[i], &c[j]);
	for (;;) {
		uint32_t a = 0, b = 0;
		double best = 0;

		for (uint32_t i = 0; i < n; i++)
			for (uint32_t j = 0; of[i] == i && j < i; j++)
				if (of[j] == j && gains[i * n + j] > best) {
					best = gains[i * n + j];
					a = j;
					b = i;
				}
		if (best <= 0)
			return left;
		join(t, &c[a], &c[b]);
		for (uint32_t i = 0; i < n; i++)
			if (of[i] == b)
				of[i] = a;
		left--;
		for (uint32_t i = 0; i < n; i++)
			if (of[i] == i && i != a)
				gains[i > a ? i * n + a : a * n + i] = gain(t, &c[a], &c[i]);
	}
}

static int cluster_user(struct interests *t, size_t user)
{
	const struct session_data *d = t->f->data;
	uint32_t first = d->user_openings[user], all = d->user_openings[user + 1] - first, n = all < MOST ? all : MOST;
	struct cluster *c = malloc(n * sizeof *c), more;
	uint32_t *of = malloc(all * sizeof *of), *number = malloc(n * sizeof *number), count = 0;
	double *gains = malloc((size_t)n * n * sizeof *gains);
	int status = c && of && number && gains ? 0 : -1;

	for (uint32_t i = 0; status == 0 && i < n; i++) {
		begin_cluster(t, first + i, &c[i]);
		of[i] = i;
	}
	if (status == 0)
		agglomerate(t, c, n, of, gains);
	for (uint32_t i = n; status == 0 && i < all; i++) {
		double best = -INFINITY;

		begin_cluster(t, first + i, &more);
		for (uint32_t j = 0; j < n; j++) {
			double g = of[j] == j ? gain(t, &c[j], &more) : -INFINITY;

			if (g > best) {
				best = g;
				of[i] = j;
			}
		}
	}
	for (uint32_t i = 0; status == 0 && i < all; i++) {
		if (of[i] == i)
			number[i] = count++;
		t->cluster_of[first + i] = number[of[i]];
	}
	t->counts[user] = count;
	free(c);
	free(of);
	free(number);
	free(gains);
	return status;
}

static void cluster_users(void *context, size_t begin, size_t end, unsigned thread)
{
	struct interests *t = context;

	(void)thread;
	for (size_t i = begin; i < end; i++)
		t->failed |= cluster_user(t, i) < 0;
}

/* Interests are spread as first tracks are. */
static void set_prior(struct interests *t)
{
	const struct session_fit *f = t->f;
	double sum[D] = {0};

	for (size_t i = 0; i < f->data->n_openings; i++) {
		size_t at = (size_t)f->data->openings[i].track * D;

		for (int k = 0; k < D; k++)
			sum[k] += f->tracks[at + k] * f->tracks[at + k] + f->tracks_var[at + k];
	}
	for (int k = 0; k < D; k++)
		t->prior[k] = (float)((double)f->data->n_openings / (sum[k] + 1e-9));
}

/* Rows go to where they are best, before tracks follow them. */
static int settle(struct session_fit *f, struct errmsg *e)
{
	int status = 0;

	f->alone = true;
	for (int i = 0; status == 0 && i < 2; i++)
		status = session_fit_rows(f, e);
	f->alone = false;
	return status;
}

/* What each opening says by itself of what the user is after: its first track, and its listens. */
static int look_at_openings(struct session_fit *f, struct errmsg *e)
{
	size_t n = f->data->n_openings;
	uint32_t *row_of = malloc((n + 1) * sizeof *row_of);
	float first[D];
	int status;

	for (uint32_t i = 0; row_of && i < n; i++)
		row_of[i] = i;
	status = row_of ? session_fit_set_rows(f, row_of, n, e) : errmsg_nomem(e);
	free(row_of);
	memcpy(first, f->c.first, sizeof first);
	for (int k = 0; k < D; k++)
		f->c.first[k] = (float)f->c.near;
	if (status == 0)
		status = settle(f, e);
	memcpy(f->c.first, first, sizeof first);
	return status;
}

int session_fit_interests(struct session_fit *f, struct errmsg *e)
{
	const struct session_data *d = f->data;
	struct interests t = {
		.f = f,
		.cluster_of = malloc((d->n_openings + 1) * sizeof *t.cluster_of),
		.counts = calloc(d->n_users + 1, sizeof *t.counts),
	};
	uint32_t n_rows = 0;
	int status = 0;

	set_prior(&t);
	if (t.cluster_of && t.counts)
		status = look_at_openings(f, e);
	if (status == 0 && t.cluster_of && t.counts)
		parallel_for(d->n_users, CHUNK, f->threads, cluster_users, &t);
	if (status == 0 && (!t.cluster_of || !t.counts || t.failed)) {
		status = errmsg_nomem(e);
	} else if (status == 0) {
		for (size_t i = 0; i < d->n_users; i++) {
			for (uint32_t j = d->user_openings[i]; j < d->user_openings[i + 1]; j++)
				t.cluster_of[j] += n_rows;
			n_rows += t.counts[i];
		}
		status = session_fit_set_rows(f, t.cluster_of, n_rows, e) < 0 ? -1 : settle(f, e);
	}
	free(t.cluster_of);
	free(t.counts);
	return status;
}

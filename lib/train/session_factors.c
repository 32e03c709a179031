/* What is left of a time after plays of the artist: see session_fit.h. */
#include <math.h>

#include "train/session_fit.h"
#include "train/session_likelihood.h"

enum { D = SESSION_DIM };

/* LOOKED_AT: listens after so many plays, at most. CLEARLY: in favour of a factor of its own, as a log ratio. */
enum { STEPS = 100, LEAST_REPEATED = 50, LOOKED_AT = 10000, CLEARLY = 10, PLAYS = SESSION_PLAYS_MAX + 1 };

struct factor_evidence {
	double sum[PLAYS]; /* of log probabilities, by plays of the artist */
	size_t n[PLAYS];
	double all;
	size_t n_all;
};

/* How probable listens are whose artist had been played, by these factors. */
static struct factor_evidence judge_factors(const struct session_fit *f, const double factors[PLAYS])
{
	const struct session_data *d = f->data;
	struct factor_evidence ev = {0};
	struct session_bounds bounds;

	session_bounds_make(&bounds, factors);
	for (size_t i = 0; i < d->n_listens; i++) {
		const struct session_listen *l = &d->listens[i];
		uint32_t user = d->openings[l->opening].user, k = l->plays < PLAYS ? l->plays : PLAYS - 1;
		size_t r = f->row_of[l->opening];
		const struct session_bound *o = session_bound_of(&bounds, k, l->time);
		const float *q = f->rows + r * D, *e = f->tracks + (size_t)l->track * D;
		double p;
		float var;

		if (k == 0 || ev.n[k] == LOOKED_AT)
			continue;
		var = session_product_variance(q, f->rows_var + r * D, e, f->tracks_var + (size_t)l->track * D);
		if (o->kind == SESSION_NOTHING) /* a time that cannot be, or the only one that can */
			p = l->time == 0 && factors[k] < 0.005;
		else
			p = exp(session_log_probability(o, f->s[user], f->b[user], session_dot(q, e), f->c.noise + var));
		/* what cannot be has some probability too, or one odd listen would decide */
		ev.sum[k] += log(1e-4 + p);
		ev.n[k]++;
	}
	for (int k = 1; k < PLAYS; k++) {
		ev.all += ev.sum[k];
		ev.n_all += ev.n[k];
	}
	return ev;
}

/* gamma, the same for all. */
static double find_gamma(const struct session_fit *f)
{
	double best = -INFINITY, gamma = f->c.gamma, factors[PLAYS];

	for (int i = 1; i <= STEPS; i++) {
		struct factor_evidence ev;

		session_factors_fill(factors, (double)i / STEPS);
		ev = judge_factors(f, factors);
		if (ev.all > best) {
			best = ev.all;
			gamma = (double)i / STEPS;
		}
	}
	return gamma;
}

/* Factors of their own, where listens clearly speak for them. */
static void find_factors(const struct session_fit *f, double gamma, double factors[PLAYS])
{
	struct factor_evidence tried[STEPS + 1];

	for (int i = 0; i <= STEPS; i++) {
		double same[PLAYS];

		for (int k = 0; k < PLAYS; k++)
			same[k] = (double)i / STEPS;
		tried[i] = judge_factors(f, same);
	}
	for (int k = 1; k < PLAYS; k++) {
		struct factor_evidence usual;
		int best = 0;

		for (int j = k; j < PLAYS; j++)
			factors[j] = factors[j - 1] * gamma;
		usual = judge_factors(f, factors);
		for (int i = 1; i <= STEPS && (double)i / STEPS <= factors[k - 1]; i++)
			if (tried[i].sum[k] > tried[best].sum[k])
				best = i;
		if (usual.n[k] >= LEAST_REPEATED && tried[best].sum[k] > usual.sum[k] + CLEARLY)
			factors[k] = (double)best / STEPS;
	}
}

void session_fit_factors(struct session_fit *f)
{
	if (judge_factors(f, f->c.factors).n_all >= LEAST_REPEATED) {
		f->c.gamma = find_gamma(f);
		session_factors_fill(f->c.factors, f->c.gamma);
		find_factors(f, f->c.gamma, f->c.factors);
	}
	session_bounds_make(&f->bounds, f->c.factors);
}

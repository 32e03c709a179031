#include "train/session_fit.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "train/session_equations.h"

enum { D = SESSION_DIM };

/* LAPACK as OpenBLAS ships it; cblas.h does not declare it. */
void ssyev_(const char *jobz, const char *uplo, const int *n, float *a, const int *lda, float *w, float *work,
	    const int *lwork, int *info);

typedef session_lanes lanes;
enum { LANES = SESSION_LANES };

/*
 * How far a vector goes to where it would be best while the others stay: beyond, since those follow. It converges in
 * about half as many iterations (successive over-relaxation: Young 1954; any factor below 2 goes down).
 */
static float reach(const struct session_fit *f)
{
	return f->ramp < 1 || f->alone ? 1 : 1.25f;
}

/* Prefetching so many listens ahead hides that vectors lie all over memory. */
enum { AHEAD = 6, LINE = 64 / sizeof(float) };

static inline void prefetch(const float *vector, const float *var)
{
	for (int k = 0; k < D; k += LINE) {
		__builtin_prefetch(vector + k);
		__builtin_prefetch(var + k);
	}
}

/* By what the variance of the other vector is to be multiplied to give that of the product: x^2 + the own variance. */
static void squares(const float *x, const float *var, float ramp, float *y)
{
	for (int k = 0; k < D; k++)
		y[k] = ramp * (x[k] * x[k] + var[k]);
}

/* ---- rows ---- */

/*
 * n listens whose noise is alike, but for the part in which it differs: together they say as much as
 * n / (1 + (n - 1) rho) that are independent, rho being the correlation of two (the design effect of Kish 1965).
 */
static void set_shares(struct session_fit *f)
{
	double rho = 1 - fmin(1, f->c.fickle / f->c.noise);

	f->shares[0] = 1;
	for (int n = 1; n <= UINT8_MAX; n++)
		f->shares[n] = (float)(1 / (1 + (n - 1) * rho));
}

struct row_step {
	struct session_fit *f;
	struct equations *workers;
	bool failed;
};

static void add_row_prior(const struct session_fit *f, struct equations *q, size_t r)
{
	uint32_t before = CATALOG_NONE;

	for (uint32_t i = f->row_start[r]; i < f->row_start[r + 1]; i++) {
		uint32_t track = f->data->openings[f->row_openings[i]].track;
		const float *e = f->tracks + (size_t)track * D, *v = f->tracks_var + (size_t)track * D;

		if (track == before)
			continue;
		before = track;
		for (int k = 0; k < D; k++) {
			float p = 1 / (f->c.first[k] + f->ramp * v[k]);

			q->precision[k] += p;
			q->rhs[k] += p * e[k];
		}
	}
}

SESSION_CLONES
static void add_row_listens(const struct session_fit *f, struct equations *q, size_t r)
{
	const struct session_data *d = f->data;
	const float *row = f->rows + r * D;
	float by[D];

	squares(row, f->rows_var + r * D, f->ramp, by);
	for (uint32_t i = f->row_start[r]; i < f->row_start[r + 1]; i++) {
		const struct session_opening *o = &d->openings[f->row_openings[i]];
		float s = f->s[o->user], b = f->b[o->user];

		for (uint32_t j = o->first; j < o->first + o->n; j++) {
			const struct session_listen *l = &d->listens[j];
			const float *e = f->tracks + (size_t)l->track * D, *var = f->tracks_var + (size_t)l->track * D;
			const struct session_bound *bound = session_bound_of(&f->bounds, l->plays, l->time);
			struct session_evidence ev;
			float x, noise;

			if (j + AHEAD < d->n_listens)
				prefetch(f->tracks + (size_t)l[AHEAD].track * D,
					 f->tracks_var + (size_t)l[AHEAD].track * D);
			if (l->held_out)
				continue;
			x = session_dot_inline(row, e);
			noise = (float)f->c.noise + session_dot_inline(by, var);
			if (!session_observe(bound, s, b, x, noise, &ev))
				continue;
			ev.w *= f->shares[f->heard[j]];
			equations_add(q, e, ev);
		}
	}
}

static void step_row(void *context, size_t r, unsigned worker)
{
	struct row_step *step = context;
	struct session_fit *f = step->f;
	struct equations *q = &step->workers[worker];
	struct posterior p;
	float best[D], *row = f->rows + r * D;

	equations_begin(q);
	add_row_prior(f, q, r);
	add_row_listens(f, q, r);
	if (equations_solve(q, &p) < 0) {
		step->failed = true;
		return;
	}
	posterior_times(&p, q->rhs, best);
	for (int k = 0; k < D; k++)
		row[k] += reach(f) * (best[k] - row[k]);
	posterior_variances(&p, f->rows_var + r * D);
}

static void step_rows(void *context, size_t begin, size_t end, unsigned worker)
{
	for (size_t i = begin; i < end; i++)
		step_row(context, i, worker);
}

int session_fit_rows(struct session_fit *f, struct errmsg *e)
{
	struct row_step step = {.f = f, .workers = calloc(f->threads, sizeof *step.workers)};

	if (!step.workers)
		return errmsg_nomem(e);
	set_shares(f);
	parallel_for(f->n_rows, 64, f->threads, step_rows, &step);
	free(step.workers);
	if (step.failed)
		return errmsg_set(e, "the equations of a row have no solution");
	return 0;
}

/* ---- artists and their tracks ---- */

struct track_worker {
	struct equations equations, artist;
	struct posterior *posteriors; /* of each track of an artist */
	float *rows;	 /* theirs */
	float *alone;	 /* of each track: its vector if the artist's were 0 */
};

/* What is to be known of an opening for a listen: the row, and the user's s and b. */
struct opening_view {
	uint32_t row;
	float s, b;
};

struct track_step {
	struct session_fit *f;
	struct opening_view *openings;
	float pull[D]; /* 1 / the spread of tracks around their artist */
	struct track_worker *workers;
	bool failed;
};

/* The rows that a track opened lie near it. */
static bool add_opened(const struct session_fit *f, struct equations *q, uint32_t track)
{
	uint32_t before = UINT32_MAX;

	for (uint32_t i = f->track_start[track]; i < f->track_start[track + 1]; i++) {
		uint32_t r = f->row_of[f->track_openings[i]];
		const float *row = f->rows + (size_t)r * D, *v = f->rows_var + (size_t)r * D;

		if (r == before)
			continue;
		before = r;
		for (int k = 0; k < D; k++) {
			float p = 1 / (f->c.first[k] + f->ramp * v[k]);

			q->precision[k] += p;
			q->rhs[k] += p * row[k];
		}
	}
	return before != UINT32_MAX;
}

SESSION_CLONES
static bool add_track_listens(const struct track_step *step, struct equations *q, uint32_t track)
{
	const struct session_fit *f = step->f;
	const struct session_data *d = f->data;
	const float *e = f->tracks + (size_t)track * D;
	bool any = false;
	float by[D];

	squares(e, f->tracks_var + (size_t)track * D, f->ramp, by);
	for (uint32_t i = d->track_listens[track]; i < d->track_listens[track + 1]; i++) {
		const struct session_track_listen *l = &d->by_track[i];
		const struct opening_view *o = &step->openings[l->opening];
		const float *row = f->rows + (size_t)o->row * D, *var = f->rows_var + (size_t)o->row * D;
		const struct session_bound *bound = session_bound_of(&f->bounds, l->plays, l->time);
		struct session_evidence ev;
		float x, noise;

		if (i + 2 * AHEAD < d->n_listens) {
			size_t next = step->openings[l[AHEAD].opening].row;

			__builtin_prefetch(&step->openings[l[2 * AHEAD].opening]);
			prefetch(f->rows + next * D, f->rows_var + next * D);
		}
		if (l->held_out)
			continue;
		x = session_dot_inline(row, e);
		noise = (float)f->c.noise + session_dot_inline(by, var);
		if (!session_observe(bound, o->s, o->b, x, noise, &ev))
			continue;
		ev.w *= f->shares[f->heard_by_track[i]];
		equations_add(q, row, ev);
		any = true;
	}
	return any;
}

/*
 * The artist's equations gain T^-1 - T^-1 C T^-1, T being the spread of tracks, and C the covariance that the track
 * would have around an artist who is known.
 */
static void add_to_artist(const struct track_step *step, struct equations *artist, const struct posterior *p)
{
	const float *pull = step->pull;
	float scaled[D * D];

	for (int k = 0; k < D; k++)
		artist->precision[k] += fmaxf(0, (1 - p->p[k] * pull[k]) * pull[k]);
	for (int i = 0; i < p->n; i++)
		for (int k = 0; k < D; k++)
			scaled[i * D + k] = p->rows[i * D + k] * pull[k];
	if (!p->few)
		equations_take_off(artist, scaled, p->n);
	for (int i = 0; p->few && i < p->n; i++)
		equations_add_row(artist, scaled + i * D, 1);
}

/* What the track says of itself and of its artist. Returns 1 if anything, 0 if nothing, -1 on failure. */
static int gather_track(const struct track_step *step, struct track_worker *w, uint32_t track, struct posterior *p,
			float *alone)
{
	struct equations *q = &w->equations;
	float *rows = p->rows;
	bool any;

	equations_begin(q);
	any = add_opened(step->f, q, track);
	any |= add_track_listens(step, q, track);
	if (!any)
		return 0;
	for (int k = 0; k < D; k++)
		q->precision[k] += step->pull[k];
	if (equations_solve(q, p) < 0)
		return -1;
	p->rows = memcpy(rows, p->rows, (size_t)p->n * D * sizeof *rows);
	posterior_times(p, q->rhs, alone);
	for (int k = 0; k < D; k++)
		w->artist.rhs[k] += alone[k] * step->pull[k];
	add_to_artist(step, &w->artist, p);
	return 1;
}

/* The artist's vector, from all of its tracks at once. */
static int solve_artist(struct session_fit *f, struct track_worker *w, uint32_t artist)
{
	struct posterior p;

	for (int k = 0; k < D; k++)
		w->artist.precision[k] += 1 / f->c.artist[k];
	if (equations_solve(&w->artist, &p) < 0)
		return -1;
	posterior_times(&p, w->artist.rhs, f->artists + (size_t)artist * D);
	posterior_variances(&p, f->artists_var + (size_t)artist * D);
	return 0;
}

/* The track's vector, given its artist's. Of how the artist's uncertainty passes to it, the diagonal is taken. */
static void solve_track(const struct track_step *step, uint32_t artist, uint32_t track, const struct posterior *p,
			const float *alone)
{
	struct session_fit *f = step->f;
	const float *a = f->artists + (size_t)artist * D, *va = f->artists_var + (size_t)artist * D;
	float pulled[D], best[D], own_var[D], *e = f->tracks + (size_t)track * D,
					      *v = f->tracks_var + (size_t)track * D;

	for (int k = 0; k < D; k++)
		pulled[k] = a[k] * step->pull[k];
	posterior_times(p, pulled, best);
	posterior_variances(p, own_var);
	for (int k = 0; k < D; k++) {
		float share = own_var[k] * step->pull[k];

		e[k] += reach(f) * (best[k] + alone[k] - e[k]);
		v[k] = own_var[k] + share * share * va[k];
	}
}

static void settle_unheard(struct session_fit *f, uint32_t artist, uint32_t track)
{
	for (int k = 0; k < D; k++) {
		f->tracks[(size_t)track * D + k] = f->artists[(size_t)artist * D + k];
		f->tracks_var[(size_t)track * D + k] = f->artists_var[(size_t)artist * D + k] + f->c.track[k];
	}
}

static void step_artist(void *context, size_t artist, unsigned worker)
{
	struct track_step *step = context;
	struct session_fit *f = step->f;
	struct track_worker *w = &step->workers[worker];
	const struct catalog *c = f->data->catalog;
	const uint32_t *tracks = c->by_artist + c->artists[artist].first;
	uint32_t n = c->artists[artist].n;
	int *heard = malloc(n * sizeof *heard);

	if (!heard) {
		step->failed = true;
		return;
	}
	equations_begin(&w->artist);
	for (uint32_t i = 0; i < n; i++) {
		w->posteriors[i].rows = w->rows + (size_t)i * D * D;
		heard[i] = gather_track(step, w, tracks[i], &w->posteriors[i], w->alone + (size_t)i * D);
		step->failed |= heard[i] < 0;
	}
	step->failed |= solve_artist(f, w, (uint32_t)artist) < 0;
	for (uint32_t i = 0; i < n; i++)
		if (heard[i] > 0)
			solve_track(step, (uint32_t)artist, tracks[i], &w->posteriors[i], w->alone + (size_t)i * D);
		else
			settle_unheard(f, (uint32_t)artist, tracks[i]);
	free(heard);
}

static void step_artists(void *context, size_t begin, size_t end, unsigned worker)
{
	for (size_t i = begin; i < end; i++)
		step_artist(context, i, worker);
}

static int track_workers_init(struct track_step *step)
{
	const struct catalog *c = step->f->data->catalog;
	uint32_t most = 0;

	for (size_t i = 0; i < c->n_artists; i++)
		most = c->artists[i].n > most ? c->artists[i].n : most;
	step->openings = malloc((step->f->data->n_openings + 1) * sizeof *step->openings);
	step->workers = calloc(step->f->threads, sizeof *step->workers);
	for (unsigned i = 0; step->workers && i < step->f->threads; i++) {
		step->workers[i].posteriors = malloc((size_t)most * sizeof(struct posterior));
		step->workers[i].rows = malloc((size_t)most * D * D * sizeof(float));
		step->workers[i].alone = malloc((size_t)most * D * sizeof(float));
		if (!step->workers[i].posteriors || !step->workers[i].rows || !step->workers[i].alone)
			return -1;
	}
	return step->workers && step->openings ? 0 : -1;
}

static void track_workers_clear(struct track_step *step)
{
	for (unsigned i = 0; step->workers && i < step->f->threads; i++) {
		free(step->workers[i].posteriors);
		free(step->workers[i].rows);
		free(step->workers[i].alone);
	}
	free(step->workers);
	free(step->openings);
}

static void set_views(struct track_step *step)
{
	const struct session_fit *f = step->f;

	for (size_t i = 0; i < f->data->n_openings; i++) {
		uint32_t user = f->data->openings[i].user;

		step->openings[i] = (struct opening_view){f->row_of[i], f->s[user], f->b[user]};
	}
	for (int k = 0; k < D; k++)
		step->pull[k] = 1 / f->c.track[k];
}

int session_fit_tracks(struct session_fit *f, struct errmsg *e)
{
	struct track_step step = {.f = f};
	int status = track_workers_init(&step);

	if (status == 0) {
		set_shares(f);
		set_views(&step);
		parallel_for(f->data->catalog->n_artists, 8, f->threads, step_artists, &step);
	}
	track_workers_clear(&step);
	if (status < 0)
		return errmsg_nomem(e);
	if (step.failed)
		return errmsg_set(e, "the equations of a track have no solution");
	return 0;
}

/* ---- noise, and how well listens are predicted that were held out ---- */

static double log_normal_cdf(double a)
{
	return a < -30 ? -a * a / 2 - log(-a) - 0.9189385332046727 : log(0.5 * erfc(-a * M_SQRT1_2));
}

/* Log probability of what was observed, where x is normal. */
static double log_probability(const struct session_bound *o, double s, double b, double x, double var)
{
	double sd = sqrt(var);

	switch (o->kind) {
	case SESSION_BELOW: return log_normal_cdf((o->z / s + b - x) / sd);
	case SESSION_ABOVE: return log_normal_cdf((x - o->z / s - b) / sd);
	case SESSION_INSIDE: {
		double lo = (o->low / s + b - x) / sd, hi = (o->high / s + b - x) / sd, middle = (lo + hi) / 2;

		if (hi - lo < 0.1)
			return -middle * middle / 2 - 0.9189385332046727 + log(hi - lo);
		if (middle > 0) {
			double swap = -lo;

			lo = -hi;
			hi = swap;
		}
		return log(fmax(0.5 * (erfc(-hi * M_SQRT1_2) - erfc(-lo * M_SQRT1_2)), 1e-30));
	}
	default: return 0;
	}
}

enum { NOISE_CHUNK = 4096, N_NOISES = 33, ENOUGH = 1 << 15 }; /* ENOUGH: listens that tell the noise */

struct noise_step {
	struct session_fit *f;
	double noises[N_NOISES]; /* that are tried */
	int n_noises;
	size_t every; /* which of the listens are looked at */
	double *sums; /* for each chunk: log probability under each, and how many listens */
};

static float spread_of_product(const float *q, const float *vq, const float *e, const float *ve)
{
	lanes sum = {0};

	for (int k = 0; k < D; k += LANES) {
		lanes a = *(const lanes *)(q + k), b = *(const lanes *)(e + k);
		lanes va = *(const lanes *)(vq + k), vb = *(const lanes *)(ve + k);

		sum += vb * (a * a + va) + va * (b * b);
	}
	return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

static void step_noise(void *context, size_t begin, size_t end, unsigned worker)
{
	struct noise_step *step = context;
	const struct session_fit *f = step->f;
	const struct session_data *d = f->data;
	double *sums = step->sums + (N_NOISES + 1) * (begin / NOISE_CHUNK);

	(void)worker;
	for (size_t i = begin; i < end; i++) {
		const struct session_listen *l = &d->listens[i];
		uint32_t user = d->openings[l->opening].user;
		size_t r = f->row_of[l->opening];
		const float *q = f->rows + r * D, *e = f->tracks + (size_t)l->track * D;
		const struct session_bound *bound = session_bound_of(&f->bounds, l->plays, l->time);
		float x, var;

		if (!l->held_out || l->known || i % step->every != 0)
			continue;
		x = session_dot(q, e);
		var = spread_of_product(q, f->rows_var + r * D, e, f->tracks_var + (size_t)l->track * D);
		for (int k = 0; k < step->n_noises; k++)
			sums[k] += log_probability(bound, f->s[user], f->b[user], x, step->noises[k] + var);
		sums[N_NOISES]++;
	}
}

/* Sums of the log probabilities of held-out listens under each noise, and last how many they are. */
static int sum_noises(struct noise_step *step, double total[N_NOISES + 1], struct errmsg *e)
{
	size_t n_listens = step->f->data->n_listens, n = parallel_chunks(n_listens, NOISE_CHUNK);

	step->sums = calloc((N_NOISES + 1) * n + 1, sizeof *step->sums);
	if (!step->sums)
		return errmsg_nomem(e);
	parallel_for(n_listens, NOISE_CHUNK, step->f->threads, step_noise, step);
	memset(total, 0, (N_NOISES + 1) * sizeof *total);
	for (size_t i = 0; i < (N_NOISES + 1) * n; i++)
		total[i % (N_NOISES + 1)] += step->sums[i];
	free(step->sums);
	return 0;
}

/* The noise by which a part of the held-out listens is likeliest. */
static int find_noise(struct session_fit *f, size_t held_out, double *noise, struct errmsg *e)
{
	struct noise_step step = {.f = f, .noises = {f->c.noise}, .n_noises = N_NOISES, .every = held_out / ENOUGH + 1};
	double total[N_NOISES + 1];
	int best = 0;

	for (int k = 1; k < step.n_noises; k++)
		step.noises[k] = f->c.noise * exp(0.15 * (k - N_NOISES / 2.));
	if (sum_noises(&step, total, e) < 0)
		return -1;
	for (int k = 1; k < step.n_noises; k++)
		if (total[k] > total[best])
			best = k;
	*noise = step.noises[best];
	return 0;
}

int session_fit_judge(struct session_fit *f, double *log_likelihood, struct errmsg *e)
{
	struct noise_step step = {.f = f, .n_noises = 1, .every = 1};
	double total[N_NOISES + 1];
	size_t held_out = 0;

	*log_likelihood = NAN;
	for (size_t i = 0; i < f->data->n_listens; i++)
		held_out += f->data->listens[i].held_out && !f->data->listens[i].known;
	if (held_out == 0)
		return 0;
	if (find_noise(f, held_out, &step.noises[0], e) < 0 || sum_noises(&step, total, e) < 0)
		return -1;
	*log_likelihood = total[0] / total[N_NOISES];
	return 0;
}

/* ---- what is left of a time after plays of the artist ---- */

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
		var = spread_of_product(q, f->rows_var + r * D, e, f->tracks_var + (size_t)l->track * D);
		if (o->kind == SESSION_NOTHING) /* a time that cannot be, or the only one that can */
			p = l->time == 0 && factors[k] < 0.005;
		else
			p = exp(log_probability(o, f->s[user], f->b[user], session_dot(q, e), f->c.noise + var));
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
		if (ev.n_all < LEAST_REPEATED)
			break;
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
	f->c.gamma = find_gamma(f);
	session_factors_fill(f->c.factors, f->c.gamma);
	find_factors(f, f->c.gamma, f->c.factors);
	session_bounds_make(&f->bounds, f->c.factors);
}

/* ---- turning to the principal axes ---- */

static void turn(float *vectors, float *vars, size_t n, const float *axes)
{
	for (size_t i = 0; i < n; i++) {
		float v[D] = {0}, var[D] = {0};

		for (int k = 0; k < D; k++) {
			v[k] = session_dot(axes + k * D, vectors + i * D);
			for (int j = 0; j < D; j++)
				var[k] += axes[k * D + j] * axes[k * D + j] * vars[i * D + j];
		}
		memcpy(vectors + i * D, v, sizeof v);
		memcpy(vars + i * D, var, sizeof var);
	}
}

int session_fit_turn(struct session_fit *f, struct errmsg *e)
{
	const struct catalog *c = f->data->catalog;
	int n = D, lwork = D * 34, info = 0;
	float *axes = calloc(D * D, sizeof *axes), values[D], *work = malloc((size_t)lwork * sizeof *work);
	float spreads[3][D];

	if (!axes || !work) {
		free(axes);
		free(work);
		return errmsg_nomem(e);
	}
	cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, D, (int)c->n_tracks, 1, f->tracks, D, 0, axes, D);
	ssyev_("V", "L", &n, axes, &n, values, work, &lwork, &info);
	if (info == 0) {
		turn(f->tracks, f->tracks_var, c->n_tracks, axes);
		turn(f->artists, f->artists_var, c->n_artists, axes);
		turn(f->rows, f->rows_var, f->n_rows, axes);
		for (int k = 0; k < D; k++) {
			spreads[0][k] = spreads[1][k] = spreads[2][k] = 0;
			for (int j = 0; j < D; j++) {
				float w = axes[k * D + j] * axes[k * D + j];

				spreads[0][k] += w * f->c.artist[j];
				spreads[1][k] += w * f->c.track[j];
				spreads[2][k] += w * f->c.first[j];
			}
		}
		memcpy(f->c.artist, spreads[0], sizeof spreads[0]);
		memcpy(f->c.track, spreads[1], sizeof spreads[1]);
		memcpy(f->c.first, spreads[2], sizeof spreads[2]);
	}
	free(axes);
	free(work);
	return 0;
}

/* ---- life ---- */

int session_fit_init(struct session_fit *f, const struct session_data *d, unsigned threads, uint64_t seed,
		     struct errmsg *e)
{
	size_t n_artists = d->catalog->n_artists, n_tracks = d->catalog->n_tracks, n = d->n_users + 1;

	*f = (struct session_fit){.data = d, .threads = parallel_threads(threads), .seed = seed};
	openblas_set_num_threads(1);
	f->artists = calloc(n_artists * D, sizeof(float));
	f->artists_var = calloc(n_artists * D, sizeof(float));
	f->tracks = calloc(n_tracks * D, sizeof(float));
	f->tracks_var = calloc(n_tracks * D, sizeof(float));
	f->row_of = calloc(d->n_openings + 1, sizeof *f->row_of);
	f->row_openings = calloc(d->n_openings + 1, sizeof *f->row_openings);
	f->track_openings = calloc(d->n_openings + 1, sizeof *f->track_openings);
	f->track_start = calloc(n_tracks + 2, sizeof *f->track_start);
	f->heard = calloc(d->n_listens + 1, sizeof *f->heard);
	f->heard_by_track = calloc(d->n_listens + 1, sizeof *f->heard_by_track);
	f->s = calloc(n, sizeof(float));
	f->b = calloc(n, sizeof(float));
	f->u_var = calloc(n, sizeof(float));
	f->b_var = calloc(n, sizeof(float));

	if (!f->artists || !f->artists_var || !f->tracks || !f->tracks_var || !f->row_of || !f->row_openings ||
	    !f->track_openings || !f->track_start || !f->heard || !f->heard_by_track || !f->s || !f->b || !f->u_var ||
	    !f->b_var) {
		session_fit_clear(f);
		return errmsg_nomem(e);
	}
	for (size_t i = 0; i < d->n_openings; i++)
		f->track_start[d->openings[i].track + 2]++;
	for (size_t i = 2; i < n_tracks + 2; i++)
		f->track_start[i] += f->track_start[i - 1];
	for (size_t i = 0; i < d->n_openings; i++)
		f->track_openings[f->track_start[d->openings[i].track + 1]++] = (uint32_t)i;
	return 0;
}

void session_fit_clear(struct session_fit *f)
{
	float *arrays[] = {f->artists,	f->artists_var, f->tracks, f->tracks_var, f->rows,
			   f->rows_var, f->s,		f->b,	   f->u_var,	  f->b_var};

	for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
		free(arrays[i]);
	free(f->heard);
	free(f->heard_by_track);
	free(f->row_of);
	free(f->row_start);
	free(f->row_openings);
	free(f->track_start);
	free(f->track_openings);
	*f = (struct session_fit){0};
}

/* Counts a row's listens by track, as far as they are learned from. */
static void count_row(const struct session_fit *f, size_t r, uint32_t *counts)
{
	const struct session_data *d = f->data;

	for (uint32_t i = f->row_start[r]; i < f->row_start[r + 1]; i++) {
		const struct session_opening *o = &d->openings[f->row_openings[i]];

		for (uint32_t j = o->first; j < o->first + o->n; j++)
			counts[d->listens[j].track] += !d->listens[j].held_out;
	}
}

/* Tells the row's listens what was counted, and begins again. */
static void note_counts(const struct session_fit *f, size_t r, uint32_t *counts)
{
	const struct session_data *d = f->data;

	for (uint32_t i = f->row_start[r]; i < f->row_start[r + 1]; i++) {
		const struct session_opening *o = &d->openings[f->row_openings[i]];

		for (uint32_t j = o->first; j < o->first + o->n; j++) {
			uint32_t n = counts[d->listens[j].track];

			f->heard[j] = (uint8_t)(n < UINT8_MAX ? n : UINT8_MAX);
		}
	}
	for (uint32_t i = f->row_start[r]; i < f->row_start[r + 1]; i++) {
		const struct session_opening *o = &d->openings[f->row_openings[i]];

		for (uint32_t j = o->first; j < o->first + o->n; j++)
			counts[d->listens[j].track] = 0;
	}
}

int session_fit_count_heard(struct session_fit *f, struct errmsg *e)
{
	const struct session_data *d = f->data;
	uint32_t *counts = calloc(d->catalog->n_tracks + 1, sizeof *counts);

	if (!counts)
		return errmsg_nomem(e);
	for (size_t r = 0; r < f->n_rows; r++) {
		count_row(f, r, counts);
		note_counts(f, r, counts);
	}
	memcpy(counts, d->track_listens, d->catalog->n_tracks * sizeof *counts); /* where its next one lies */
	for (size_t j = 0; j < d->n_listens; j++)
		f->heard_by_track[counts[d->listens[j].track]++] = f->heard[j];
	free(counts);
	return 0;
}

/* How far apart two listens to a track are. Returns whether they may be compared: all else was the same. */
static bool differ(const struct session_fit *f, const struct session_listen *l, const struct session_listen *before,
		   double *square)
{
	const struct session_bound *a = session_bound_of(&f->bounds, l->plays, l->time);
	const struct session_bound *b = session_bound_of(&f->bounds, before->plays, before->time);
	double s = f->s[f->data->openings[l->opening].user], apart = (a->z - b->z) / s;

	*square = apart * apart / 2;
	return l->plays == before->plays && a->kind == SESSION_INSIDE && b->kind == SESSION_INSIDE;
}

int session_fit_fickle(struct session_fit *f, struct errmsg *e)
{
	const struct session_data *d = f->data;
	uint32_t *before = calloc(d->catalog->n_tracks + 1, sizeof *before); /* the track's listen, plus 1 */
	double sum = 0, square;
	size_t n = 0;

	if (!before)
		return errmsg_nomem(e);
	for (size_t i = 0; i < d->n_openings; i++) {
		const struct session_opening *o = &d->openings[i];

		for (uint32_t j = o->first; j < o->first + o->n; j++) {
			const struct session_listen *l = &d->listens[j];

			if (before[l->track] > 0 && differ(f, l, &d->listens[before[l->track] - 1], &square)) {
				sum += square;
				n++;
			}
			before[l->track] = j + 1;
		}
		for (uint32_t j = o->first; j < o->first + o->n; j++)
			before[d->listens[j].track] = 0;
	}
	free(before);
	f->c.fickle = n > 0 ? sum / (double)n : 0;
	return 0;
}

int session_fit_set_rows(struct session_fit *f, const uint32_t *row_of, size_t n_rows, struct errmsg *e)
{
	size_t n = f->data->n_openings;

	free(f->rows);
	free(f->rows_var);
	free(f->row_start);
	f->n_rows = n_rows;
	f->rows = calloc(n_rows * D + 1, sizeof(float));
	f->rows_var = calloc(n_rows * D + 1, sizeof(float));
	f->row_start = calloc(n_rows + 2, sizeof *f->row_start);
	if (!f->rows || !f->rows_var || !f->row_start)
		return errmsg_nomem(e);
	memmove(f->row_of, row_of, n * sizeof *row_of);
	for (size_t i = 0; i < n; i++)
		f->row_start[row_of[i] + 2]++;
	for (size_t i = 2; i < n_rows + 2; i++)
		f->row_start[i] += f->row_start[i - 1];
	for (size_t i = 0; i < n; i++) {
		f->row_openings[f->row_start[row_of[i] + 1]++] = (uint32_t)i;
		memcpy(f->rows + (size_t)row_of[i] * D, f->tracks + (size_t)f->data->openings[i].track * D,
		       D * sizeof(float));
		for (int k = 0; k < D; k++)
			f->rows_var[(size_t)row_of[i] * D + k] = f->c.first[k];
	}
	return session_fit_count_heard(f, e);
}

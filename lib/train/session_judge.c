/* How well listens are foretold that were held out: see session_fit.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "train/session_fit.h"
#include "train/session_likelihood.h"

enum { D = SESSION_DIM };

enum { NOISE_CHUNK = 4096, N_NOISES = 33, ENOUGH = 1 << 15 }; /* ENOUGH: listens that tell the noise */

struct noise_step {
	struct session_fit *f;
	double noises[N_NOISES]; /* that are tried */
	int n_noises;
	size_t every; /* which of the listens are looked at */
	double *sums; /* for each chunk: log probability under each, and how many listens */
};

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
		var = session_product_variance(q, f->rows_var + r * D, e, f->tracks_var + (size_t)l->track * D);
		for (int k = 0; k < step->n_noises; k++)
			sums[k] += session_log_probability(bound, f->s[user], f->b[user], x, step->noises[k] + var);
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

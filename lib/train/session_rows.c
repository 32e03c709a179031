/* The half step of rows, each from what is known of the tracks that it heard: see session_fit.h. */
#include <stdlib.h>

#include "base/parallel.h"
#include "train/session_step.h"

enum { D = SESSION_DIM };

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

		if (track == before)
			continue;
		before = track;
		session_add_opening(f, q, f->tracks + (size_t)track * D, f->tracks_var + (size_t)track * D);
	}
}

SESSION_CLONES
static void add_row_listens(const struct session_fit *f, struct equations *q, size_t r)
{
	const struct session_data *d = f->data;
	const float *row = f->rows + r * D;
	float by[D];

	session_squares(row, f->rows_var + r * D, f->ramp, by);
	for (uint32_t i = f->row_start[r]; i < f->row_start[r + 1]; i++) {
		const struct session_opening *o = &d->openings[f->row_openings[i]];
		float s = f->s[o->user], b = f->b[o->user];

		for (uint32_t j = o->first; j < o->first + o->n; j++) {
			const struct session_listen *l = &d->listens[j];
			const float *e = f->tracks + (size_t)l->track * D, *var = f->tracks_var + (size_t)l->track * D;
			const struct session_bound *bound = session_bound_of(&f->bounds, l->plays, l->time);
			struct session_evidence ev;
			float x, noise;

			if (j + SESSION_AHEAD < d->n_listens)
				session_prefetch(f->tracks + (size_t)l[SESSION_AHEAD].track * D,
					 f->tracks_var + (size_t)l[SESSION_AHEAD].track * D);
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
		row[k] += session_reach(f) * (best[k] - row[k]);
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
	session_fit_set_shares(f);
	parallel_for(f->n_rows, 64, f->threads, step_rows, &step);
	free(step.workers);
	if (step.failed)
		return errmsg_set(e, "the equations of a row have no solution");
	return 0;
}

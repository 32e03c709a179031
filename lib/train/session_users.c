/* How hard each user is to please (b) and how sharply they tell tracks apart (s = 1/u): see session_fit.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "train/session_fit.h"

enum { D = SESSION_DIM, CHUNK = 32, NEWTON_STEPS = 12, DRAWS = 256 }; /* DRAWS: about so many of a user are looked at */

struct user_step {
	struct session_fit *f;
	bool at_start;
	float *u; /* log u by user */
	bool *known; /* users that have uniform draws */
};

/* What is maximised, by its derivatives at a point. */
struct slope {
	double u, b;	   /* gradient */
	double uu, ub, bb; /* minus the Hessian */
};

/*
 * An observation with x ~ N(x0, v0): inside, where z is known up to a variance r, u z + b - x0 ~ N(0, v0 + u^2 r), with
 * the density of z; log Phi where it is open. Without r, who always listens equally long would be infinitely sharp, or
 * not sharp at all. Of the Hessian inside, what is positive for sure.
 */
static void add_observation(struct slope *g, const struct session_bound *o, double u, double b, double x0, double v0)
{
	double z = o->z, m = u * z + b - x0, sign, a, h, c;

	if (o->kind == SESSION_INSIDE) {
		double v = v0 + u * u * o->r, known = v0 / (u * v);

		g->u += known - m * z / v + m * m * u * o->r / (v * v);
		g->b -= m / v;
		g->uu += known * known + z * z / v;
		g->ub += z / v;
		g->bb += 1 / v;
		return;
	}
	if (o->kind == SESSION_NOTHING)
		return;
	sign = o->kind == SESSION_BELOW ? 1 : -1;
	a = sign * m / sqrt(v0);
	h = session_hazard(a);
	c = h * (h + a) / v0;
	g->u += sign * h * z / sqrt(v0);
	g->b += sign * h / sqrt(v0);
	g->uu += c * z * z;
	g->ub += c * z;
	g->bb += c;
}

/* What the first track alone foretells of a listen. */
SESSION_CLONES
static void foretell(const struct session_fit *f, const struct session_listen *l, double *x0, double *v0)
{
	size_t first = f->data->openings[l->opening].track;
	const float *q = f->tracks + first * D, *vq = f->tracks_var + first * D;
	const float *e = f->tracks + (size_t)l->track * D, *ve = f->tracks_var + (size_t)l->track * D;
	session_lanes sum = {0};

	for (int k = 0; k < D; k += SESSION_LANES) {
		session_lanes a = *(const session_lanes *)(q + k), b = *(const session_lanes *)(e + k);
		session_lanes va = *(const session_lanes *)(vq + k) + *(const session_lanes *)(f->c.first + k);

		sum += *(const session_lanes *)(ve + k) * (a * a + va) + va * (b * b);
	}
	*x0 = session_dot_inline(q, e);
	*v0 = f->c.noise + ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

/* A listen by which users are judged, with what is foretold of it. */
struct draw {
	const struct session_bound *bound;
	double x0, v0;
};

static size_t gather_draws(const struct user_step *step, size_t user, struct draw **draws)
{
	const struct session_fit *f = step->f;
	const struct session_data *d = f->data;
	const struct session_opening *first = &d->openings[d->user_openings[user]];
	const struct session_opening *last = &d->openings[d->user_openings[user + 1] - 1];
	size_t n = 0, step_length = (last->first + last->n - first->first) / DRAWS + 1;

	*draws = malloc((last->first + last->n - first->first + 1) * sizeof **draws);
	for (size_t i = first->first; *draws && i < last->first + last->n; i += step_length) {
		const struct session_listen *l = &d->listens[i];
		struct draw w = {.bound = session_bound_of(&f->bounds, l->plays, l->time), .v0 = 1};

		if (!l->uniform || l->held_out || w.bound->kind == SESSION_NOTHING)
			continue;
		if (!step->at_start)
			foretell(f, l, &w.x0, &w.v0);
		(*draws)[n++] = w;
	}
	return n;
}

static void fit_user(const struct user_step *step, size_t user)
{
	struct session_fit *f = step->f;
	const struct session_constants *c = &f->c;
	struct draw *draws;
	size_t n = gather_draws(step, user, &draws);
	double log_u = step->at_start ? c->u_mean : -log(f->s[user]), u = exp(log_u),
	       b = step->at_start ? c->b_mean : f->b[user];

	for (int t = 0; draws && t < NEWTON_STEPS; t++) {
		struct slope g = {0};
		double det, du, db;

		for (size_t i = 0; i < n; i++)
			add_observation(&g, draws[i].bound, u, b, draws[i].x0, draws[i].v0);
		/* from u to its logarithm; where that bends the wrong way, the bend is left out */
		g.uu = u * u * g.uu + fmax(0, -u * g.u) + 1 / c->u_var;
		g.u = u * g.u + (c->u_mean - log_u) / c->u_var;
		g.ub *= u;
		g.b += (c->b_mean - b) / c->b_var;
		g.bb += 1 / c->b_var;
		det = g.uu * g.bb - g.ub * g.ub;
		du = (g.bb * g.u - g.ub * g.b) / det;
		db = (g.uu * g.b - g.ub * g.u) / det;
		if (fabs(du) > 1) {
			db /= fabs(du);
			du /= fabs(du);
		}
		log_u += du;
		u = exp(log_u);
		b += db;
		f->u_var[user] = (float)(g.bb / det);
		f->b_var[user] = (float)(g.uu / det);
		if (fabs(du) < 1e-4 && fabs(db) < 1e-4)
			break;
	}
	free(draws);
	step->u[user] = (float)log_u;
	f->b[user] = (float)b;
	step->known[user] = n > 0;
}

static void fit_users(void *context, size_t begin, size_t end, unsigned thread)
{
	(void)thread;
	for (size_t i = begin; i < end; i++)
		fit_user(context, i);
}

/* The spread of u and b over users. */
static void learn_spread(struct session_fit *f, const struct user_step *step)
{
	double n = 0, u = 0, b = 0, uu = 0, bb = 0;

	for (size_t i = 0; i < f->data->n_users; i++)
		if (step->known[i])
			n++, u += step->u[i], b += f->b[i];
	if (n < 2)
		return;
	u /= n;
	b /= n;
	for (size_t i = 0; i < f->data->n_users; i++)
		if (step->known[i]) {
			uu += (step->u[i] - u) * (step->u[i] - u) + f->u_var[i];
			bb += (f->b[i] - b) * (f->b[i] - b) + f->b_var[i];
		}
	f->c.u_mean = u;
	f->c.b_mean = b;
	f->c.u_var = fmax(uu / n, 1e-4);
	f->c.b_var = fmax(bb / n, 1e-4);
}

/* Scales x so that the logarithm of s is 0 in the mean. Returns the factor. */
static double normalise(struct session_fit *f, struct user_step *step)
{
	double scale = exp(-f->c.u_mean);

	for (size_t i = 0; i < f->data->n_users; i++) {
		f->s[i] = (float)exp(-(step->u[i] - f->c.u_mean));
		f->b[i] *= (float)scale;
		f->b_var[i] *= (float)(scale * scale);
	}
	f->c.u_mean = 0;
	f->c.b_mean *= scale;
	f->c.b_var *= scale * scale;
	return scale;
}

/* Brings the mean of b back to what it was at the start: tracks would follow it wherever it went. */
static void fix_mean(struct session_fit *f)
{
	double away = f->c.b_mean - f->c.b_start;

	for (size_t i = 0; i < f->data->n_users; i++)
		f->b[i] -= (float)away;
	f->c.b_mean = f->c.b_start;
}

int session_fit_users(struct session_fit *f, bool at_start, struct errmsg *e)
{
	size_t n = f->data->n_users;
	struct user_step step = {.f = f, .at_start = at_start, .u = malloc((n + 1) * sizeof *step.u),
				 .known = calloc(n + 1, sizeof *step.known)};
	int rounds = at_start ? 8 : 1;
	bool ready = step.u && step.known;
	double scale = 1;

	if (ready && at_start)
		f->c.u_mean = 0, f->c.u_var = 1, f->c.b_mean = 0, f->c.b_var = 25;
	for (int i = 0; ready && i < rounds; i++) {
		parallel_for(n, CHUNK, f->threads, fit_users, &step);
		learn_spread(f, &step);
	}
	if (ready)
		scale = normalise(f, &step);
	if (ready && at_start) {
		f->c.noise = scale * scale; /* of all that is foretold of x, which is nothing yet */
		f->c.b_start = f->c.b_mean;
	} else if (ready) {
		fix_mean(f);
	}
	free(step.u);
	free(step.known);
	return ready ? 0 : errmsg_nomem(e);
}

#include "train/tune.h"

#include <math.h>

#include "train/ranking.h"

/* Steps of one hyperparameter in one direction, at most. */
enum { STEPS = 6 };

/* The share by which the metric has to get better for a search to go on in a direction: less is chance. */
#define WORTH .002

struct search {
	const struct model_kind *kind;
	const struct tune_data *data;
	const struct tune *t;
	struct hypers best;
	double metric;
	unsigned epochs; /* that were best for the best */
};

static int take_metric(struct search *s, const struct model *m, double *metric, struct errmsg *e)
{
	const struct tune_data *d = s->data;
	const struct csr *ranked = d->ranked ? d->ranked : d->held;
	struct ranking_options o = {
		.k = d->k,
		.without = d->without,
		.rows = ranked,
		.rows_are_columns = d->rows_are_columns,
		.threads = s->t->threads,
	};
	struct ranking r;
	int status;

	if (d->by_loss) {
		*metric = -m->loss;
		return 0;
	}
	status = ranking_make(&r, m, &o);

	if (status == 0)
		*metric = ranking_ndcg(&r, ranked);
	ranking_clear(&r);
	return status < 0 ? errmsg_nomem(e) : 0;
}

static void tell(const struct search *s, const struct hypers *h, unsigned epochs, double metric)
{
	struct watch_epoch now = {
		.stage = "tune",
		.model = s->kind->name,
		.epoch = epochs,
		.epochs = epochs,
		.loss = NAN,
		.metric = metric,
	};

	if (s->t->watch.epoch)
		s->t->watch.epoch(s->t->watch.ctx, &now);
	if (s->t->tried)
		s->t->tried(s->t->ctx, s->kind, h, metric);
}

/*
 * Tries these, which are the best then if they are better. Returns 1 if that is worth going on; 0 if not, or if they
 * diverge where others have not; -1 with the reason.
 */
static int try(struct search *s, const struct hypers *h, struct errmsg *e)
{
	struct fit f = {
		.x = s->data->x,
		.xt = s->data->xt,
		.held = s->data->held,
		.group = s->data->group,
		.n_groups = s->data->n_groups,
		.hypers = *h,
		.seed = s->t->seed,
		.threads = s->t->threads,
		.stop_early = isnan(s->t->given.value[HYPER_EPOCHS]),
		.stage = "tune",
		.watch = s->t->watch,
	};
	struct model m = {.of_items = s->data->of_items};
	double metric = NAN;
	unsigned epochs;
	bool worth;
	int status = model_fit(&m, s->kind, &f, e);

	if (status < 0 && !isnan(s->metric)) {
		model_clear(&m);
		return 0;
	}
	if (status == 0)
		status = take_metric(s, &m, &metric, e);
	epochs = m.epochs;
	model_clear(&m);
	if (status < 0)
		return -1;
	tell(s, h, epochs, metric);
	if (!(isnan(s->metric) || metric > s->metric))
		return 0;
	worth = isnan(s->metric) || metric - s->metric > WORTH * fabs(s->metric);
	s->best = *h;
	s->metric = metric;
	s->epochs = epochs;
	return worth;
}

/* Goes from `origin` in one direction as long as it gets better than what is best so far. Returns 0, or -1. */
static int climb(struct search *s, const struct hypers *origin, enum hyper which, double factor, struct errmsg *e)
{
	const struct hyper_kind *range = &hyper_kinds[which];
	struct hypers h = *origin;
	int better = 1;

	for (int steps = 0; better > 0 && steps < STEPS; steps++) {
		double next = h.value[which] * factor;

		if (range->whole)
			next = round(next);
		if (next < range->least || next > range->most || next == h.value[which])
			break;
		h.value[which] = next;
		better = try(s, &h, e);
	}
	return better < 0 ? -1 : 0;
}

/* One pass over all hyperparameters, in both directions; `power` is that of their factors. */
static int climb_all(struct search *s, double power, struct errmsg *e)
{
	for (size_t i = 0; i < s->kind->n_hypers; i++) {
		const struct model_hyper *h = &s->kind->hypers[i];
		double factor = pow(h->factor, power);
		struct hypers origin = s->best;

		if (h->factor == 1 || !isnan(s->t->given.value[h->which]))
			continue;
		if (climb(s, &origin, h->which, factor, e) < 0 || climb(s, &origin, h->which, 1 / factor, e) < 0)
			return -1;
	}
	return 0;
}

bool tune_is_needed(const struct model_kind *k, const struct hypers *given)
{
	for (size_t i = 0; i < k->n_hypers; i++)
		if (isnan(given->value[k->hypers[i].which]) &&
		    (k->hypers[i].factor != 1 || k->hypers[i].which == HYPER_EPOCHS))
			return true;
	return false;
}

int tune_find(struct hypers *best, const struct model_kind *k, const struct tune_data *data, const struct tune *t,
	      struct errmsg *e)
{
	struct search s = {.kind = k, .data = data, .t = t, .best = model_hypers(k, &t->given), .metric = NAN};
	struct hypers first = s.best;

	*best = s.best;
	if (!tune_is_needed(k, &t->given) || csr_entries(data->held) == 0)
		return 0;
	if (try(&s, &first, e) < 0 || climb_all(&s, 1, e) < 0 || climb_all(&s, .5, e) < 0)
		return -1;
	*best = s.best;
	if (!isnan(best->value[HYPER_EPOCHS]) && s.epochs > 0)
		best->value[HYPER_EPOCHS] = s.epochs;
	return 0;
}

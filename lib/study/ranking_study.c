#include "study/ranking_study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/bootstrap.h"

struct ranking_options ranking_defaults(void)
{
	return (struct ranking_options){.alpha = 0.05, .adjust = ADJUST_HOLM, .replicates = 1000};
}

void ranking_study_clear(struct ranking_study *s)
{
	free(s->rows);
	*s = (struct ranking_study){0};
}

/* What rows are made of. Users come in ascending order, so that sums do not depend on how they came. */
struct making {
	const struct evaluation *v;
	const struct ranking_options *o;
	struct ranking_study *study;
	uint32_t *users; /* v->n_users ids, */
	size_t *places;	 /* where they stand in the evaluation, */
	int64_t *sums;	 /* and what they have there */
	uint32_t *counts;
	size_t *count_of; /* of each value */
	double *lower, *upper;
};

static void making_clear(struct making *m)
{
	free(m->users);
	free(m->places);
	free(m->sums);
	free(m->counts);
	free(m->count_of);
	free(m->lower);
	free(m->upper);
}

/* Rows of a table: of each sweep and cutoff the metrics as they are, those of the lists, and the shuffles. */
enum { LISTS = 3 };

static size_t rows_of_cell(const struct evaluation *v)
{
	return EVALUATION_METRICS + LISTS + RANKING_METRICS * v->choice.n_shuffles;
}

static int making_init(struct making *m)
{
	const struct evaluation *v = m->v;
	size_t n = v->n_users, values = v->n_values, cells = v->n_counts * v->choice.n_at;

	m->users = malloc((n + 1) * sizeof *m->users);
	m->places = malloc((n + 1) * sizeof *m->places);
	m->sums = malloc((n * values + 1) * sizeof *m->sums);
	m->counts = malloc((n * v->n_counts + 1) * sizeof *m->counts);
	m->count_of = malloc((values + 1) * sizeof *m->count_of);
	m->lower = malloc((values + 1) * sizeof *m->lower);
	m->upper = malloc((values + 1) * sizeof *m->upper);
	m->study->rows = calloc(cells * rows_of_cell(v), sizeof *m->study->rows);
	return m->users && m->places && m->sums && m->counts && m->count_of && m->lower && m->upper && m->study->rows
		       ? 0
		       : -1;
}

static int by_user(const void *a, const void *b, void *ctx)
{
	const struct evaluation *v = ctx;
	uint32_t x = v->users[*(const size_t *)a], y = v->users[*(const size_t *)b];

	return (x > y) - (x < y);
}

static void sort_users(struct making *m)
{
	const struct evaluation *v = m->v;

	for (size_t i = 0; i < v->n_users; i++)
		m->places[i] = i;
	qsort_r(m->places, v->n_users, sizeof *m->places, by_user, (void *)v);
	for (size_t i = 0; i < v->n_users; i++) {
		m->users[i] = v->users[m->places[i]];
		memcpy(m->sums + i * v->n_values, v->sums + m->places[i] * v->n_values,
		       v->n_values * sizeof *m->sums);
		memcpy(m->counts + i * v->n_counts, v->counts + m->places[i] * v->n_counts,
		       v->n_counts * sizeof *m->counts);
	}
}

static void set_count_of(struct making *m)
{
	const struct evaluation *v = m->v;
	size_t per_count = v->n_values / v->n_counts;

	for (size_t j = 0; j < v->n_values; j++)
		m->count_of[j] = j / per_count;
}

static int draw(struct making *m, struct errmsg *e)
{
	const struct evaluation *v = m->v;
	const struct bootstrap b = {.users = m->users,
				    .n = v->n_users,
				    .sums = m->sums,
				    .counts = m->counts,
				    .n_ratios = v->n_values,
				    .n_counts = v->n_counts,
				    .count_of = m->count_of,
				    .seed = m->o->seed,
				    .replicates = m->o->replicates,
				    .threads = m->o->threads,
				    .alpha = m->o->alpha};

	return bootstrap_ratios(&b, m->lower, m->upper, e);
}

static void set_name(struct ranking_row *r)
{
	size_t len = (size_t)snprintf(r->name, sizeof r->name, "%s", r->metric);

	if (isfinite(r->k))
		len += (size_t)snprintf(r->name + len, sizeof r->name - len, "@%.0f", r->k);
	if (isfinite(r->shuffled) && len < sizeof r->name)
		len += (size_t)snprintf(r->name + len, sizeof r->name - len, ", shuffled %.0f", r->shuffled);
	if (isfinite(r->min_time) && len < sizeof r->name)
		snprintf(r->name + len, sizeof r->name - len, ", @%g", r->min_time);
}

/* A row of a cell, with nothing known yet. */
static struct ranking_row *add_row(struct making *m, struct evaluation_cell cell, const char *metric, double shuffled)
{
	const struct evaluation *v = m->v;
	struct ranking_row *r = &m->study->rows[m->study->n++];
	size_t k = v->choice.at[cell.at];

	*r = (struct ranking_row){
		.table = v->rankers->list[cell.table].name,
		.metric = metric,
		.k = k == RANKING_WHOLE ? NAN : (double)k,
		.min_time = cell.sweep > 0 ? v->choice.min_times[cell.sweep] : NAN,
		.shuffled = shuffled,
		.value = NAN, .lower = NAN, .upper = NAN,
		.versus = "",
		.difference = NAN, .difference_lower = NAN, .difference_upper = NAN, .p = NAN, .p_adjusted = NAN,
	};
	set_name(r);
	for (size_t i = 0; i < v->n_users; i++) {
		uint32_t count = m->counts[i * v->n_counts + evaluation_count(v, cell)];

		r->queries += count;
		r->users += count > 0;
	}
	return r;
}

/* Compares a value of a table with that of the first one. */
static void compare(const struct making *m, struct evaluation_cell cell, size_t value, size_t of_first,
		    struct ranking_row *r)
{
	const struct evaluation *v = m->v;
	double n = (double)r->queries, users = (double)r->users, sum = 0, squares = 0, d;
	struct comparison c;

	r->versus = v->rankers->list[0].name;
	for (size_t i = 0; i < v->n_users; i++)
		sum += (double)(m->sums[i * v->n_values + value] - m->sums[i * v->n_values + of_first]);
	d = sum / n;
	for (size_t i = 0; i < v->n_users; i++) {
		double own = (double)(m->sums[i * v->n_values + value] - m->sums[i * v->n_values + of_first]);
		double z = own - d * m->counts[i * v->n_counts + evaluation_count(v, cell)];

		squares += z * z;
	}
	c = moments_compare(d * EVALUATION_UNIT, sqrt(users / (users - 1) * squares) / n * EVALUATION_UNIT, users - 1,
			    m->o->alpha);
	r->difference = c.difference;
	r->difference_lower = c.lower;
	r->difference_upper = c.upper;
	r->p = c.p;
}

static void add_value(struct making *m, struct evaluation_cell cell, size_t metric, size_t shuffle)
{
	const struct evaluation *v = m->v;
	bool as_it_is = shuffle == EVALUATION_AS_IT_IS;
	struct ranking_row *r = add_row(m, cell, evaluation_metric_names[metric],
					as_it_is ? NAN : (double)v->choice.shuffles[shuffle]);
	size_t value = evaluation_value(v, cell, metric, shuffle);
	struct evaluation_cell first = cell;
	double sum = 0;

	if (r->queries == 0)
		return;
	for (size_t i = 0; i < v->n_users; i++)
		sum += (double)m->sums[i * v->n_values + value];
	r->value = sum / (double)r->queries * EVALUATION_UNIT;
	r->lower = m->lower[value] * EVALUATION_UNIT;
	r->upper = m->upper[value] * EVALUATION_UNIT;
	first.table = 0;
	if (cell.table > 0 && !v->choice.skip_missing)
		compare(m, cell, value, evaluation_value(v, first, metric, shuffle), r);
}

static int add_lists(struct making *m, struct evaluation_cell cell, struct errmsg *e)
{
	struct evaluation_lists lists;

	if (evaluation_lists(m->v, cell, &lists, e) < 0)
		return -1;
	if (isfinite(lists.coverage))
		add_row(m, cell, "coverage", NAN)->value = lists.coverage;
	if (isfinite(lists.gini))
		add_row(m, cell, "gini", NAN)->value = lists.gini;
	if (isfinite(lists.novelty))
		add_row(m, cell, "novelty", NAN)->value = lists.novelty;
	return 0;
}

static int add_cell(struct making *m, struct evaluation_cell cell, struct errmsg *e)
{
	const struct evaluation *v = m->v;

	for (size_t k = 0; k < EVALUATION_METRICS; k++) {
		if ((k == EVALUATION_DIVERSITY && !v->choice.artists) ||
		    (k == EVALUATION_SERENDIPITY && v->reference == SIZE_MAX))
			continue;
		add_value(m, cell, k, EVALUATION_AS_IT_IS);
	}
	for (size_t s = 0; s < v->choice.n_shuffles; s++)
		for (size_t k = 0; k < RANKING_METRICS; k++)
			add_value(m, cell, k, s);
	return add_lists(m, cell, e);
}

static int add_rows(struct making *m, struct errmsg *e)
{
	const struct evaluation *v = m->v;
	struct evaluation_cell cell;

	for (cell.table = 0; cell.table < v->rankers->n; cell.table++)
		for (cell.sweep = 0; cell.sweep < v->choice.n_sweeps; cell.sweep++)
			for (cell.at = 0; cell.at < v->choice.n_at; cell.at++)
				if (add_cell(m, cell, e) < 0)
					return -1;
	return 0;
}

/* All comparisons are one family. */
static int adjust_rows(struct making *m, struct errmsg *e)
{
	struct ranking_study *s = m->study;
	double *p = malloc((s->n + 1) * sizeof *p);
	struct adjusted *adjusted = malloc((s->n + 1) * sizeof *adjusted);
	int status = p && adjusted ? 0 : errmsg_nomem(e);

	for (size_t i = 0; i < s->n && status == 0; i++)
		p[i] = s->rows[i].p;
	if (status == 0)
		status = adjust(m->o->adjust, p, s->n, m->o->alpha, adjusted, e);
	for (size_t i = 0; i < s->n && status == 0; i++) {
		s->rows[i].p_adjusted = adjusted[i].p;
		s->rows[i].significant = adjusted[i].p < m->o->alpha;
	}
	free(p);
	free(adjusted);
	return status;
}

int ranking_study_make(struct ranking_study *s, const struct evaluation *v, const struct ranking_options *o,
		       struct errmsg *e)
{
	struct making m = {.v = v, .o = o, .study = s};
	int status;

	*s = (struct ranking_study){0};
	if (making_init(&m) < 0) {
		status = errmsg_nomem(e);
	} else {
		sort_users(&m);
		set_count_of(&m);
		status = draw(&m, e);
		if (status == 0)
			status = add_rows(&m, e);
		if (status == 0)
			status = adjust_rows(&m, e);
	}
	making_clear(&m);
	return status;
}

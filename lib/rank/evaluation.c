#include "rank/evaluation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "rank/trec.h"

const char *const evaluation_metric_names[EVALUATION_METRICS] = {
	[RANKING_PRECISION] = "precision", [RANKING_RECALL] = "recall", [RANKING_HIT_RATE] = "hit_rate",
	[RANKING_MRR] = "mrr", [RANKING_NDCG] = "ndcg", [RANKING_MAP] = "map",
	[EVALUATION_DIVERSITY] = "artist_diversity", [EVALUATION_SERENDIPITY] = "serendipity",
};

/* Values of a cell: all metrics as they are, then those that a shuffle changes. */
static size_t per_cell(const struct evaluation *v)
{
	return EVALUATION_METRICS + RANKING_METRICS * v->choice.n_shuffles;
}

size_t evaluation_number(const struct evaluation *v, struct evaluation_cell cell)
{
	return (cell.sweep * v->rankers->n + cell.table) * v->choice.n_at + cell.at;
}

size_t evaluation_cells(const struct evaluation *v)
{
	return v->n_counts * v->choice.n_at;
}

size_t evaluation_value(const struct evaluation *v, struct evaluation_cell cell, size_t metric, size_t shuffle)
{
	size_t first = evaluation_number(v, cell) * per_cell(v);

	if (shuffle == EVALUATION_AS_IT_IS)
		return first + metric;
	return first + EVALUATION_METRICS + shuffle * RANKING_METRICS + metric;
}

size_t evaluation_count(const struct evaluation *v, struct evaluation_cell cell)
{
	return cell.sweep * v->rankers->n + cell.table;
}

static size_t first_top(const struct rankers *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->list[i].kind == TABLE_TOP)
			return i;
	return SIZE_MAX;
}

/* The share of pairs among the first k that are of two artists. */
static double diversity(struct evaluation *v, struct span list, size_t k)
{
	const struct track *tracks = v->rankers->tables.catalog.tracks;
	size_t n = k < list.n ? k : list.n;
	double pairs = (double)n * ((double)n - 1) / 2, same = 0;

	for (size_t i = 0; i < n; i++)
		same += v->artists[tracks[list.tracks[i]].artist]++;
	for (size_t i = 0; i < n; i++)
		v->artists[tracks[list.tracks[i]].artist] = 0;
	return n > 1 ? 1 - same / pairs : 0;
}

static bool is_top(const struct evaluation *v, size_t table)
{
	return v->rankers->list[table].kind == TABLE_TOP;
}

int evaluation_init(struct evaluation *v, const struct evaluation_choice *choice, struct rankers *rankers,
		    struct errmsg *e)
{
	size_t n_tracks = rankers->tables.catalog.n_tracks;

	*v = (struct evaluation){.choice = *choice, .rankers = rankers, .reference = first_top(rankers)};
	v->n_tracks = n_tracks;
	v->n_counts = choice->n_sweeps * rankers->n;
	v->n_values = evaluation_cells(v) * per_cell(v);
	v->exposed = calloc(evaluation_cells(v), sizeof *v->exposed);
	v->missing = calloc(rankers->n, sizeof *v->missing);
	v->marks = calloc(n_tracks + 1, sizeof *v->marks);
	v->artists = calloc(n_tracks + 1, sizeof *v->artists);
	v->of_tops = calloc(rankers->n * choice->n_at, sizeof *v->of_tops);
	if (!v->exposed || !v->missing || !v->marks || !v->artists || !v->of_tops)
		return errmsg_nomem(e);
	for (size_t i = 0; i < rankers->n; i++)
		for (size_t k = 0; k < choice->n_at && choice->artists; k++)
			v->of_tops[i * choice->n_at + k] = diversity(v, rankers->list[i].top, choice->at[k]);
	return 0;
}

void evaluation_clear(struct evaluation *v)
{
	id_index_clear(&v->index);
	popularity_clear(&v->popularity);
	for (size_t i = 0; v->exposed && i < evaluation_cells(v); i++)
		popularity_clear(&v->exposed[i]);
	free(v->missing);
	free(v->users);
	free(v->sums);
	free(v->counts);
	free(v->exposed);
	free(v->marks);
	free(v->artists);
	free(v->of_tops);
	free(v->ranks);
	free(v->gains);
	free(v->ideal);
	*v = (struct evaluation){0};
}

size_t evaluation_user(struct evaluation *v, uint32_t user)
{
	uint32_t *place = id_index_at(&v->index, user), *users, *counts;
	size_t n = v->n_users + 1;
	int64_t *sums;

	if (!place)
		return SIZE_MAX;
	if (*place > 0)
		return *place - 1;
	users = grow(v->users, &v->users_cap, n, sizeof *users);
	if (users)
		v->users = users;
	sums = grow(v->sums, &v->sums_cap, n * v->n_values, sizeof *sums);
	if (sums)
		v->sums = sums;
	counts = grow(v->counts, &v->counts_cap, n * v->n_counts, sizeof *counts);
	if (counts)
		v->counts = counts;
	if (!users || !sums || !counts)
		return SIZE_MAX;
	users[v->n_users] = user;
	memset(sums + v->n_users * v->n_values, 0, v->n_values * sizeof *sums);
	memset(counts + v->n_users * v->n_counts, 0, v->n_counts * sizeof *counts);
	*place = (uint32_t)n;
	return v->n_users++;
}

static int descending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x < y) - (x > y);
}

static int make_room(struct evaluation *v, size_t n)
{
	uint32_t *ranks = grow(v->ranks, &v->ranks_cap, n, sizeof *ranks);
	double *gains = grow(v->gains, &v->gains_cap, n, sizeof *gains);
	double *ideal = grow(v->ideal, &v->ideal_cap, n, sizeof *ideal);

	v->ranks = ranks ? ranks : v->ranks;
	v->gains = gains ? gains : v->gains;
	v->ideal = ideal ? ideal : v->ideal;
	return ranks && gains && ideal ? 0 : -1;
}

/* Marks the tracks that are relevant, as far as the catalog has them; and with `on` false takes the marks away. */
static void mark(struct evaluation *v, const struct query *q, bool on)
{
	for (uint32_t i = 0; i < q->n; i++) {
		uint32_t track = catalog_find(&v->rankers->tables.catalog, q->relevant[i].track);

		if (track != CATALOG_NONE)
			v->marks[track] = on ? i + 1 : 0;
	}
}

static int by_rank(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Of a top the places are known: the relevant are looked up, however long it is. */
static size_t find_in_top(struct evaluation *v, const struct query *q, const struct top *top)
{
	size_t n = 0;

	for (size_t i = 0; i < q->n; i++) {
		uint32_t track = catalog_find(&v->rankers->tables.catalog, q->relevant[i].track);

		if (track != CATALOG_NONE && top->place[track] != UINT32_MAX)
			v->ranks[n++] = top->place[track] + 1;
	}
	qsort(v->ranks, n, sizeof *v->ranks, by_rank);
	for (size_t i = 0; i < n; i++)
		v->gains[i] = q->relevant[v->marks[top->tracks[v->ranks[i] - 1]] - 1].gain;
	return n;
}

static size_t find_in_list(struct evaluation *v, const struct query *q, struct span list)
{
	size_t n = 0;

	for (size_t i = 0; i < list.n && n < q->n; i++)
		if (v->marks[list.tracks[i]] > 0) {
			v->ranks[n] = (uint32_t)i + 1;
			v->gains[n++] = q->relevant[v->marks[list.tracks[i]] - 1].gain;
		}
	return n;
}

static int64_t units(double value)
{
	return llrint(value / EVALUATION_UNIT);
}

/* How many of the first k are relevant and not what everybody would expect, over k. */
static double serendipity(const struct evaluation *v, const struct ranking_hits *h, struct span list, size_t k)
{
	const struct top *top = &v->rankers->list[v->reference].table->top;
	size_t places = k < list.n ? k : list.n, n = 0;

	for (size_t i = 0; i < h->n_hits && h->ranks[i] <= places; i++) {
		uint32_t place = top->place[list.tracks[h->ranks[i] - 1]];

		n += place == UINT32_MAX || place >= k;
	}
	if (k != RANKING_WHOLE)
		places = k;
	return places > 0 ? (double)n / (double)places : 0;
}

/* What a ranking comes to at one cutoff. */
static void add_cell(struct evaluation *v, size_t user, struct evaluation_cell cell, const struct ranking_hits *h,
		     struct span list)
{
	int64_t *sums = v->sums + user * v->n_values;
	size_t k = v->choice.at[cell.at], first = evaluation_value(v, cell, 0, EVALUATION_AS_IT_IS);
	double values[EVALUATION_METRICS] = {0}, shuffled[RANKING_METRICS];

	if (h->n_relevant > 0)
		ranking_metrics(h, &v->choice.rules, k, values);
	if (v->choice.artists)
		values[EVALUATION_DIVERSITY] = is_top(v, cell.table) ? v->of_tops[cell.table * v->choice.n_at + cell.at]
								     : diversity(v, list, k);
	if (v->reference != SIZE_MAX)
		values[EVALUATION_SERENDIPITY] = serendipity(v, h, list, k);
	for (size_t m = 0; m < EVALUATION_METRICS; m++)
		sums[first + m] += units(values[m]);
	for (size_t s = 0; s < v->choice.n_shuffles && h->n_relevant > 0; s++) {
		size_t at = evaluation_value(v, cell, 0, s);

		ranking_metrics_shuffled(h, &v->choice.rules, k, v->choice.shuffles[s], shuffled);
		for (size_t m = 0; m < RANKING_METRICS; m++)
			sums[at + m] += units(shuffled[m]);
	}
}

/* Counts the first k of a list as shown so many times. */
static int expose(struct evaluation *v, struct evaluation_cell cell, struct span list, uint64_t times, struct errmsg *e)
{
	struct popularity *exposed = &v->exposed[evaluation_number(v, cell)];
	const struct track *tracks = v->rankers->tables.catalog.tracks;

	for (size_t i = 0; i < list.n && i < v->choice.at[cell.at]; i++) {
		const struct popularity_count shown = {.track = tracks[list.tracks[i]].id, .plays = (int64_t)times};

		if (popularity_add_count(exposed, &shown, e) < 0)
			return -1;
	}
	return 0;
}

static int ask_table(struct evaluation *v, const struct query *q, size_t user, size_t table, struct errmsg *e)
{
	const struct ranker *r = &v->rankers->list[table];
	struct ranking_hits h = {.ranks = v->ranks, .gains = v->gains, .ideal = v->ideal, .n_relevant = q->n};
	struct evaluation_cell cell = {.table = table};
	struct span list;

	if (rankers_rank(v->rankers, table, v->choice.unit, q, &list, e) < 0)
		return -1;
	if (list.n == 0 && v->choice.skip_missing)
		return 0;
	if (table == 0 && v->run)
		trec_put_ranking(v->run, q, list, &v->rankers->tables.catalog, r->name);
	v->missing[table] += list.n == 0;
	h.length = list.n;
	h.n_hits = is_top(v, table) ? find_in_top(v, q, &r->table->top) : find_in_list(v, q, list);
	for (; cell.sweep < v->choice.n_sweeps; cell.sweep++) {
		/* the first has all; where nothing was listened to before, the others have it not */
		if (cell.sweep > 0 && !(q->time >= v->choice.min_times[cell.sweep]))
			continue;
		v->counts[user * v->n_counts + evaluation_count(v, cell)]++;
		for (cell.at = 0; cell.at < v->choice.n_at; cell.at++) {
			add_cell(v, user, cell, &h, list);
			/* a top shows everybody the same, which is counted at the end */
			if (!is_top(v, table) && expose(v, cell, list, 1, e) < 0)
				return -1;
		}
	}
	return 0;
}

int evaluation_ask(void *evaluation, const struct query *q, struct errmsg *e)
{
	struct evaluation *v = evaluation;
	size_t user;
	int status = 0;

	v->queries++;
	v->with_relevant += q->n > 0;
	if (q->n == 0 && !v->choice.count_nothing)
		return 0;
	user = evaluation_user(v, q->user);
	if (user == SIZE_MAX || make_room(v, q->n) < 0)
		return errmsg_nomem(e);
	for (size_t i = 0; i < q->n; i++)
		v->ideal[i] = q->relevant[i].gain;
	qsort(v->ideal, q->n, sizeof *v->ideal, descending);
	if (v->qrels)
		trec_put_relevant(v->qrels, q, v->graded);
	mark(v, q, true);
	for (size_t i = 0; i < v->rankers->n && status == 0; i++)
		status = ask_table(v, q, user, i, e);
	mark(v, q, false);
	return status;
}

static uint64_t queries_of(const struct evaluation *v, struct evaluation_cell cell)
{
	uint64_t n = 0;

	for (size_t i = 0; i < v->n_users; i++)
		n += v->counts[i * v->n_counts + evaluation_count(v, cell)];
	return n;
}

int evaluation_end(struct evaluation *v, struct errmsg *e)
{
	struct evaluation_cell cell;

	for (cell.table = 0; cell.table < v->rankers->n; cell.table++)
		for (cell.sweep = 0; cell.sweep < v->choice.n_sweeps && is_top(v, cell.table); cell.sweep++)
			for (cell.at = 0; cell.at < v->choice.n_at; cell.at++)
				if (expose(v, cell, v->rankers->list[cell.table].top, queries_of(v, cell), e) < 0)
					return -1;
	return 0;
}

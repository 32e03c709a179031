/*
 * evaluation: how well tables rank, over all queries of a log.
 *
 * What every metric comes to is summed up by user, in units of 2^-40, so that the order of the queries does not count,
 * nor how a log was split by user. Means over queries and their intervals over users are made of it by
 * study/ranking_study.h. Beside the metrics of ranking_metrics.h there are, of the first k tracks of a ranking,
 *
 *     artist diversity   the share of pairs of tracks that are of two artists (intra-list diversity: Ziegler, McNee,
 *                        Konstan, Lausen 2005); of fewer than two tracks it is 0
 *     serendipity        how many are relevant and not among the first k of a top, over k (Ge, Delgado-Battenfeld,
 *                        Jannach 2010: relevant and unexpected)
 *
 * and how often each track stands among them, for
 *
 *     coverage           the share of the catalog that does
 *     Gini               the coefficient of concentration over the catalog: 0 where all do alike, near 1 where one does
 *     novelty            the mean of -log2 of the share that a track has of all plays (Zhou et al. 2010: mean
 *                        self-information), where a track without plays has one
 */
#ifndef BOTIFY_EVALUATION_H
#define BOTIFY_EVALUATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "base/id_index.h"
#include "rank/popularity.h"
#include "rank/queries.h"
#include "rank/rankers.h"
#include "rank/ranking_metrics.h"

enum { EVALUATION_LIST_MAX = 32 };
#define EVALUATION_UNIT 0x1p-40

/* Metrics beside those of ranking_metrics.h, summed up by user after them. */
enum { EVALUATION_DIVERSITY = RANKING_METRICS, EVALUATION_SERENDIPITY, EVALUATION_METRICS };

extern const char *const evaluation_metric_names[EVALUATION_METRICS];

struct evaluation_choice {
	enum query_unit unit;
	struct ranking_rules rules;
	size_t at[EVALUATION_LIST_MAX]; /* n_at cutoffs */
	size_t n_at;
	size_t shuffles[EVALUATION_LIST_MAX]; /* n_shuffles depths */
	size_t n_shuffles;
	/* n_sweeps: only queries after a listen of at least so long; the first is 0: all queries */
	double min_times[EVALUATION_LIST_MAX];
	size_t n_sweeps;
	bool count_nothing; /* a query that has nothing relevant counts 0, rather than not at all */
	bool skip_missing;  /* a query for which a table has no tracks does not count for it, rather than 0 */
	bool artists;	    /* the catalog knows them */
};

/* Where the sums of a sweep, a table and a cutoff stand. */
struct evaluation_cell {
	size_t sweep, table, at;
};

struct evaluation {
	struct evaluation_choice choice;
	struct rankers *rankers; /* borrowed */
	size_t reference; /* the top of serendipity, among the tables; SIZE_MAX: none */

	struct id_index index; /* places of users, from 1 */
	uint32_t *users;       /* n_users ids */
	int64_t *sums;	       /* by user: n_values */
	uint32_t *counts;      /* by user: n_counts queries, of each sweep and table */
	size_t n_users, users_cap, sums_cap, counts_cap, n_values, n_counts;
	struct popularity *exposed;   /* by cell: plays are how often a track stood among the first k */
	struct popularity popularity; /* plays that were not held out */
	size_t n_tracks;	      /* of the catalog */
	uint64_t queries, with_relevant, held_out, liked; /* the latter two of queries.h */
	uint64_t *missing; /* by table: queries that count, for which it had no tracks */

	FILE *run, *qrels; /* written on the way, of the first table (trec.h); or NULL */
	bool graded;	   /* what is relevant has grades, for qrels */

	/* private */
	uint32_t *marks;   /* by track: 1 + its place among what is relevant to the query; else 0 */
	uint32_t *artists; /* by artist: 0 but while pairs are counted */
	double *of_tops;   /* artist diversity of tops, by table and cutoff */
	uint32_t *ranks;
	double *gains, *ideal;
	size_t ranks_cap, gains_cap, ideal_cap;
};

/*
 * Returns 0, or -1 where there is no memory; clear in either case. The choice is copied. The tables have been loaded;
 * or they only have names, and the evaluation is for parts to be merged into (evaluation_part.h).
 */
int evaluation_init(struct evaluation *v, const struct evaluation_choice *choice, struct rankers *rankers,
		    struct errmsg *e);
void evaluation_clear(struct evaluation *v);

/* Asks all tables: to be called by queries, with the evaluation as ctx. Returns 0, or -1 with the reason. */
int evaluation_ask(void *evaluation, const struct query *q, struct errmsg *e);

/* To be called once all queries have been asked. Returns 0, or -1 with the reason. */
int evaluation_end(struct evaluation *v, struct errmsg *e);

/* For evaluation_*.c: the place of a user, made where it is new; SIZE_MAX where there is no memory. */
size_t evaluation_user(struct evaluation *v, uint32_t user);

/* Where the value of a metric is among the sums of a user: as it is, or of a shuffle from 0 on. */
#define EVALUATION_AS_IT_IS SIZE_MAX
size_t evaluation_value(const struct evaluation *v, struct evaluation_cell cell, size_t metric, size_t shuffle);

/* The number of a cell, for `exposed`; there are evaluation_cells. */
size_t evaluation_number(const struct evaluation *v, struct evaluation_cell cell);
size_t evaluation_cells(const struct evaluation *v);

/* Where the queries that it is a mean of are among the counts. */
size_t evaluation_count(const struct evaluation *v, struct evaluation_cell cell);

/* What the lists of a cell are as a whole; NaN what is not known without the catalog, or without queries. */
struct evaluation_lists {
	double coverage, gini, novelty;
};

/* Returns 0, or -1 where there is no memory. */
int evaluation_lists(const struct evaluation *v, struct evaluation_cell cell, struct evaluation_lists *lists,
		     struct errmsg *e);

#endif

/*
 * ranking_study: what an evaluation says of each table: means with their intervals, and each table against the first.
 *
 * A mean is over queries; users are what is independent. Its interval is that of the bootstrap over users
 * (stats/bootstrap.h). A table is compared with the first one over the same queries: with n(u) queries of user u, and
 * sums a(u) and b(u) of the two,
 *
 *     D = sum (b(u) - a(u)) / sum n(u),  z(u) = b(u) - a(u) - D n(u),
 *     var D = U / (U - 1) sum z(u)^2 / (sum n(u))^2
 *
 * judged by Student's t with U - 1 degrees of freedom: where each user is one query, the paired t test. The p are
 * adjusted as one family (stats/adjust.h), Holm's way by default. Where tables were asked different queries
 * (skip_missing), they are not compared.
 */
#ifndef BOTIFY_RANKING_STUDY_H
#define BOTIFY_RANKING_STUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "rank/evaluation.h"
#include "stats/adjust.h"

struct ranking_options {
	double alpha;
	enum adjust_method adjust;
	uint32_t replicates; /* of the bootstrap; 0: no intervals */
	uint64_t seed;
	unsigned threads;
};

/* 0.05, Holm, 1000 replicates, seed 0, a thread for each processor. */
struct ranking_options ranking_defaults(void);

enum { RANKING_NAME_SIZE = 64 };

/* NaN is what cannot be known. */
struct ranking_row {
	const char *table;		 /* borrowed */
	/* of the metric, with all that tells it from others: "ndcg@10, shuffled 100" */
	char name[RANKING_NAME_SIZE];
	const char *metric;
	double k, min_time, shuffled;	 /* NaN: of the whole ranking, of all queries, as it is */
	double value, lower, upper;
	uint64_t queries, users;
	const char *versus; /* "": none */
	double difference, difference_lower, difference_upper, p, p_adjusted;
	bool significant;
};

struct ranking_study {
	struct ranking_row *rows; /* n of them: by table, sweep, cutoff, metric */
	size_t n;
};

/* Returns 0, or -1 with the reason. Free with ranking_study_clear in either case. */
int ranking_study_make(struct ranking_study *s, const struct evaluation *v, const struct ranking_options *o,
		       struct errmsg *e);
void ranking_study_clear(struct ranking_study *s);

#endif

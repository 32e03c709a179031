/*
 * ranking_metrics: how good a ranking is for one query, once it is known which tracks were relevant to it.
 *
 * A query has R > 0 relevant tracks, each with a gain in (0, 1]; the ranking has n tracks, each once, and `hits` says
 * at which ranks (from 1) the relevant ones stand. With r(i) = 1 where rank i is relevant and g(i) its gain, the
 * metrics at a cutoff k, as trec_eval defines them (P, recall, success, recip_rank, ndcg_cut, map_cut):
 *
 *     precision   sum over i <= k of r(i) / k
 *     recall      sum over i <= k of r(i) / R
 *     hit rate    1 where any i <= k is relevant
 *     MRR         1 / the first relevant rank, 0 where that is above k
 *     nDCG        sum over i <= k of g(i) d(i), over the same of the best order; d(i) = 1 / log2(1 + i)
 *     MAP         sum over i <= k of r(i) (r(1) + ... + r(i)) / i, over R
 *
 * A cutoff of RANKING_WHOLE is the whole ranking, and precision divides by its length.
 */
#ifndef BOTIFY_RANKING_METRICS_H
#define BOTIFY_RANKING_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ranking_metric {
	RANKING_PRECISION,
	RANKING_RECALL,
	RANKING_HIT_RATE,
	RANKING_MRR,
	RANKING_NDCG,
	RANKING_MAP,
	RANKING_METRICS
};

#define RANKING_WHOLE SIZE_MAX

/* In which definitions differ. Zeroed: those of trec_eval, with log_base 0. */
struct ranking_rules {
	bool short_by_length; /* precision of a ranking that is shorter than k divides by its length */
	bool capped; /* recall and MAP divide by min(k, R): a list of k cannot have more */
	/*
	 * nDCG after Järvelin, Kekäläinen 2002, "Cumulated gain-based evaluation of IR techniques":
	 * d(i) = 1 / max(1, log_b(i)), where b > 1 is this; 0: as above
	 */
	double log_base;
};

/* What a ranking has for a query. All arrays are borrowed. */
struct ranking_hits {
	const uint32_t *ranks; /* n_hits, ascending, from 1 */
	const double *gains;   /* of these */
	size_t n_hits;
	size_t length;	       /* of the ranking */
	const double *ideal;   /* gains of the n_relevant relevant tracks, descending */
	size_t n_relevant;
};

/* Sets the metrics at a cutoff k > 0. */
void ranking_metrics(const struct ranking_hits *h, const struct ranking_rules *rules, size_t k,
		     double values[RANKING_METRICS]);

/*
 * Sets what the metrics are on average where the first `depth` places of the ranking are in random order: how much of
 * them is owed to that order. In closed form: with m = min(depth, length), h hits among the first m, whose mean gain is
 * g, and i <= m,
 *
 *     P(r(i)) = h / m,  P(first hit at i) = C(m - i, h - 1) / C(m, h),
 *     E[r(i) (r(1) + ... + r(i)) / i] = h / m (1 + (i - 1) (h - 1) / (m - 1)) / i
 */
void ranking_metrics_shuffled(const struct ranking_hits *h, const struct ranking_rules *rules, size_t k, size_t depth,
			      double values[RANKING_METRICS]);

#endif

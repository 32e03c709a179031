#include "rank/ranking_metrics.h"

#include <math.h>

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* What a gain at this rank counts. */
static double discount(const struct ranking_rules *rules, double rank)
{
	if (rules->log_base == 0)
		return 1 / log2(1 + rank);
	return rank < rules->log_base ? 1 : log(rules->log_base) / log(rank);
}

static double ideal_dcg(const struct ranking_hits *h, const struct ranking_rules *rules, size_t k)
{
	double sum = 0;

	for (size_t i = 0; i < h->n_relevant && i < k; i++)
		sum += h->ideal[i] * discount(rules, (double)(i + 1));
	return sum;
}

/* What is summed up over the ranks up to k, in expectation. */
struct sums {
	double hits, dcg, precisions, any, reciprocal;
};

/* From sums to metrics. */
static void set_values(const struct ranking_hits *h, const struct ranking_rules *rules, size_t k, const struct sums *s,
		       double values[RANKING_METRICS])
{
	size_t places = k == RANKING_WHOLE || rules->short_by_length ? smaller(k, h->length) : k;
	double relevant = (double)(rules->capped ? smaller(k, h->n_relevant) : h->n_relevant);

	values[RANKING_PRECISION] = places > 0 ? s->hits / (double)places : 0;
	values[RANKING_RECALL] = s->hits / relevant;
	values[RANKING_HIT_RATE] = s->any;
	values[RANKING_MRR] = s->reciprocal;
	values[RANKING_NDCG] = s->dcg / ideal_dcg(h, rules, k);
	values[RANKING_MAP] = s->precisions / relevant;
}

/* Adds the hits from number `first` on, at ranks up to k, where they stand. */
static void add_hits(const struct ranking_hits *h, const struct ranking_rules *rules, size_t k, size_t first,
		     struct sums *s)
{
	for (size_t j = first; j < h->n_hits && h->ranks[j] <= k; j++) {
		s->hits++;
		s->dcg += h->gains[j] * discount(rules, h->ranks[j]);
		s->precisions += (double)(j + 1) / h->ranks[j];
		if (j == 0) {
			s->any = 1;
			s->reciprocal = 1.0 / h->ranks[j];
		}
	}
}

void ranking_metrics(const struct ranking_hits *h, const struct ranking_rules *rules, size_t k,
		     double values[RANKING_METRICS])
{
	struct sums s = {0};

	add_hits(h, rules, k, 0, &s);
	set_values(h, rules, k, &s, values);
}

/* The same of n hits, of this gain on average, in random order among the first m > 0 places. */
static void add_shuffled(const struct ranking_rules *rules, size_t k, size_t m, size_t n, double gain, struct sums *s)
{
	double share = (double)n / (double)m, further = m > 1 ? ((double)n - 1) / ((double)m - 1) : 0;
	double none = 1; /* the chance that no hit stands before rank i */

	for (size_t i = 1; i <= m && i <= k; i++) {
		double before = (double)(i - 1), at = none * (double)smaller(n, m - i + 1) / (double)(m - i + 1);

		s->any += at;
		s->reciprocal += at / (double)i;
		none -= at;
		s->hits += share;
		s->dcg += share * gain * discount(rules, (double)i);
		s->precisions += share * (1 + before * further) / (double)i;
	}
}

void ranking_metrics_shuffled(const struct ranking_hits *h, const struct ranking_rules *rules, size_t k, size_t depth,
			      double values[RANKING_METRICS])
{
	size_t m = smaller(depth, h->length), n = 0;
	struct sums s = {0};
	double gain = 0;

	for (; n < h->n_hits && h->ranks[n] <= m; n++)
		gain += h->gains[n];
	if (n > 0)
		add_shuffled(rules, k, m, n, gain / (double)n, &s);
	add_hits(h, rules, k, n, &s);
	set_values(h, rules, k, &s, values);
}

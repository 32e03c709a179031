#include "rank/ranking_metrics.h"

#include <stdlib.h>

#include "unit/check.h"

enum { MOST = 16 };

/* A ranking by the gains at its ranks, and the gains of all that is relevant, descending. */
static struct ranking_hits hits_of(const double *at, size_t length, const double *ideal, size_t n_relevant)
{
	static uint32_t ranks[MOST];
	static double gains[MOST];
	struct ranking_hits h = {.ranks = ranks, .gains = gains, .length = length, .ideal = ideal,
				 .n_relevant = n_relevant};

	for (size_t i = 0; i < length; i++)
		if (at[i] > 0) {
			ranks[h.n_hits] = (uint32_t)i + 1;
			gains[h.n_hits++] = at[i];
		}
	return h;
}

static double value(const double *at, size_t length, const double *ideal, size_t n_relevant, size_t k, int metric)
{
	struct ranking_hits h = hits_of(at, length, ideal, n_relevant);
	double values[RANKING_METRICS];

	ranking_metrics(&h, &(struct ranking_rules){0}, k, values);
	return values[metric];
}

static const double ones[MOST] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

/* Cases of pytrec_eval's tests (tests/pytrec_eval_tests.py: test_ndcg, test_ndcg_cut), which runs trec_eval's code. */
static void values_are_those_that_trec_eval_is_tested_with(void)
{
	const double third[] = {0, 0, 1}, second[] = {0, 1, 0}, first[] = {1, 0, 0};

	CHECK_NEAR(value(third, 3, ones, 1, RANKING_WHOLE, RANKING_NDCG), 0.5, 1e-15);
	CHECK_NEAR(value(first, 3, ones, 1, RANKING_WHOLE, RANKING_NDCG), 1, 1e-15);
	CHECK_NEAR(value(second, 3, ones, 1, RANKING_WHOLE, RANKING_NDCG), 0.6309297535714575, 1e-15);
	CHECK_NEAR(value(third, 3, ones, 1, 3, RANKING_NDCG), 0.5, 1e-15);
	CHECK(value(third, 3, ones, 1, 2, RANKING_NDCG) == 0 && value(third, 3, ones, 1, 1, RANKING_NDCG) == 0);
	CHECK_NEAR(value(third, 3, ones, 1, 1000, RANKING_NDCG), 0.5, 1e-15);
}

/* Cases of ranx's tests (tests/unit/ranx/metrics_test.py); gains there are 5, 4, 3, 2. */
static void values_are_those_that_ranx_is_tested_with(void)
{
	const double ideal[] = {1, 0.8, 0.6, 0.4}, one[] = {0, 1, 0, 0.8, 0.6}, two[] = {0.4, 0.6, 1, 0.8, 0};
	const double recall[] = {1, 0, 1, 1, 0, 0, 0}, hit[] = {1, 1, 1, 0, 0, 0}, none[] = {0, 0, 0, 0, 0, 0};
	const double hits_1[] = {1, 0, 0, 1, 1, 0}, hits_2[] = {1, 0, 1, 0, 0, 0};
	double best = 5 / log2(2) + 4 / log2(3) + 3 / log2(4) + 2 / log2(5);

	CHECK_NEAR(value(one, 5, ideal, 4, 10, RANKING_NDCG), (5 / log2(3) + 4 / log2(5) + 3 / log2(6)) / best, 1e-14);
	CHECK_NEAR(value(two, 5, ideal, 4, 10, RANKING_NDCG),
		   (2 / log2(2) + 3 / log2(3) + 5 / log2(4) + 4 / log2(5)) / best, 1e-14);
	CHECK(value(none, 5, ideal, 4, 10, RANKING_NDCG) == 0);
	CHECK_NEAR(value(recall, 7, ones, 3, 2, RANKING_RECALL), 1.0 / 3, 1e-15);
	CHECK(value(hit, 6, ones, 3, 5, RANKING_HIT_RATE) == 1 && value(none, 6, ones, 3, 5, RANKING_HIT_RATE) == 0);
	CHECK_NEAR(5 * (value(hits_1, 6, ones, 4, 5, RANKING_PRECISION) + value(hits_2, 6, ones, 3, 5, RANKING_PRECISION)),
		   5, 1e-15);
	CHECK(value((double[]){0, 1, 0, 0, 0}, 5, ones, 1, 5, RANKING_MRR) == 0.5);
	CHECK(value(none, 4, ones, 1, 5, RANKING_MRR) == 0);
}

static void rules_are_kept(void)
{
	const double at[] = {0, 1, 1, 0}, later[] = {0, 0, 1, 0};
	struct ranking_hits h = hits_of(at, 4, ones, 8);
	double values[RANKING_METRICS];

	ranking_metrics(&h, &(struct ranking_rules){0}, 8, values);
	CHECK(values[RANKING_PRECISION] == 0.25 && values[RANKING_RECALL] == 0.25);
	CHECK_NEAR(values[RANKING_MAP], (1.0 / 2 + 2.0 / 3) / 8, 1e-15);
	ranking_metrics(&h, &(struct ranking_rules){.short_by_length = true}, 8, values);
	CHECK(values[RANKING_PRECISION] == 0.5);
	ranking_metrics(&h, &(struct ranking_rules){.capped = true}, 4, values);
	CHECK(values[RANKING_RECALL] == 0.5);
	CHECK_NEAR(values[RANKING_MAP], (1.0 / 2 + 2.0 / 3) / 4, 1e-15);
	ranking_metrics(&h, &(struct ranking_rules){0}, RANKING_WHOLE, values);
	CHECK(values[RANKING_PRECISION] == 0.5);
	/* of Järvelin and Kekäläinen: to base 2 the first two ranks are not discounted, the third by log2 3 */
	h = hits_of(later, 4, ones, 1);
	ranking_metrics(&h, &(struct ranking_rules){.log_base = 2}, 4, values);
	CHECK_NEAR(values[RANKING_NDCG], 1 / log2(3), 1e-15);
}

static void swap(double *a, double *b)
{
	double t = *a;

	*a = *b;
	*b = t;
}

/* Adds the metrics of all orders of at[from .. m - 1]. Returns how many there are. */
static double add_orders(double *at, size_t from, size_t m, size_t length, size_t n_relevant, const double *ideal, size_t k,
			 double sums[RANKING_METRICS])
{
	double n = 0;

	if (from == m) {
		struct ranking_hits h = hits_of(at, length, ideal, n_relevant);
		double values[RANKING_METRICS];

		ranking_metrics(&h, &(struct ranking_rules){0}, k, values);
		for (int i = 0; i < RANKING_METRICS; i++)
			sums[i] += values[i];
		return 1;
	}
	for (size_t i = from; i < m; i++) {
		swap(&at[from], &at[i]);
		n += add_orders(at, from + 1, m, length, n_relevant, ideal, k, sums);
		swap(&at[from], &at[i]);
	}
	return n;
}

static void a_shuffle_is_the_mean_of_all_orders(void)
{
	const double ideal[] = {1, 0.9, 0.5, 0.2, 0.1};
	const double rankings[][9] = {
		{1, 0, 0.5, 0, 0, 0, 0.2, 0, 0}, {0, 0, 0, 0, 0, 0, 0.9, 0, 1}, {1, 0.9, 0.5, 0.2, 0.1, 0, 0, 0, 0},
		{0, 0, 0, 0, 0, 0, 0, 0, 0},	  {0, 0.1, 0, 0, 0, 0, 0, 0, 0},
	};
	const size_t depths[] = {1, 2, 6, 7, 20}, cutoffs[] = {1, 3, 6, 8, RANKING_WHOLE};

	for (size_t r = 0; r < sizeof rankings / sizeof *rankings; r++)
		for (size_t d = 0; d < 5; d++)
			for (size_t c = 0; c < 5; c++) {
				/* all orders of nine are too many: of the deepest shuffle the ranking ends early */
				size_t length = depths[d] == 20 ? 7 : 9, m = depths[d] < length ? depths[d] : length;
				double at[9], sums[RANKING_METRICS] = {0}, values[RANKING_METRICS], n;
				struct ranking_hits h;

				memcpy(at, rankings[r], sizeof at);
				n = add_orders(at, 0, m, length, 5, ideal, cutoffs[c], sums);
				h = hits_of(rankings[r], length, ideal, 5);
				ranking_metrics_shuffled(&h, &(struct ranking_rules){0}, cutoffs[c], depths[d], values);
				for (int i = 0; i < RANKING_METRICS; i++)
					CHECK_NEAR(values[i], sums[i] / n, 1e-12);
			}
}

int main(void)
{
	RUN(values_are_those_that_trec_eval_is_tested_with);
	RUN(values_are_those_that_ranx_is_tested_with);
	RUN(rules_are_kept);
	RUN(a_shuffle_is_the_mean_of_all_orders);
	return DONE();
}

#include "rank/popularity.h"

#include <stdlib.h>

#include "base/rng.h"
#include "unit/check.h"

static void add(struct popularity *p, uint32_t track, double time)
{
	struct errmsg e;

	CHECK(popularity_add(p, track, time, &e) == 0);
}

static void times_are_summed_and_plays_counted(void)
{
	struct popularity p = {0};
	struct popularity_count *ranked;

	for (int i = 0; i < 10; i++)
		add(&p, 7, 0.1);
	add(&p, 0, 0);
	add(&p, 2147483647, 0.5);
	add(&p, 2147483647, 0.75);
	ranked = popularity_ranked(&p);
	CHECK(p.n == 3);
	CHECK(ranked[0].track == 2147483647 && ranked[0].plays == 2 && popularity_time(&ranked[0]) == 1.25);
	/* in floating point ten times 0.1 is 0.9999999999999999 */
	CHECK(ranked[1].track == 7 && ranked[1].plays == 10 && popularity_time(&ranked[1]) == 1);
	CHECK(ranked[2].track == 0 && ranked[2].plays == 1 && popularity_time(&ranked[2]) == 0);
	free(ranked);
	popularity_clear(&p);
	CHECK(p.n == 0);
}

static void nothing_is_an_empty_list(void)
{
	struct popularity p = {0};
	struct popularity_count *ranked = popularity_ranked(&p);

	CHECK(ranked != NULL);
	free(ranked);
	popularity_clear(&p);
}

static void ties_go_to_the_lower_id(void)
{
	static const uint32_t want[] = {9, 2, 5, 8, 1};
	struct popularity p = {0};
	struct popularity_count *ranked, *by_track;

	add(&p, 8, 0.3);
	add(&p, 5, 0.3);
	add(&p, 1, 0.29);
	add(&p, 2, 0.1);
	add(&p, 2, 0.2); /* 0.30000000000000004 in floating point: it would win */
	add(&p, 9, 0.31);
	ranked = popularity_ranked(&p);
	for (size_t i = 0; i < p.n; i++)
		CHECK(ranked[i].track == want[i]);
	by_track = popularity_by_track(&p);
	for (size_t i = 1; i < p.n; i++)
		CHECK(by_track[i - 1].track < by_track[i].track);
	free(ranked);
	free(by_track);
	popularity_clear(&p);
}

static void times_are_taken_to_the_nearest_billionth(void)
{
	struct popularity p = {0};

	for (int i = 0; i <= 100; i++) {
		add(&p, (uint32_t)i, i / 100.);
		CHECK(p.counts[i].billionths == i * INT64_C(10000000));
	}
	add(&p, 1000, 0.123456789);
	CHECK(p.counts[101].billionths == 123456789);
	add(&p, 1001, 1 / 3.);
	CHECK(p.counts[102].billionths == 333333333);
	add(&p, 1002, 0.9999999996);
	CHECK(p.counts[103].billionths == 1000000000);
	popularity_clear(&p);
}

/* Whether two have the same counts. */
static int same(const struct popularity *a, const struct popularity *b)
{
	struct popularity_count *x = popularity_ranked(a), *y = popularity_ranked(b);
	int equal = a->n == b->n && memcmp(x, y, a->n * sizeof *x) == 0;

	free(x);
	free(y);
	return equal;
}

static void any_order_and_any_split_give_the_same(void)
{
	enum { N = 20000, PARTS = 7 };
	static uint32_t tracks[N];
	static double times[N];
	struct popularity whole = {0}, reversed = {0}, parts[PARTS] = {0}, merged = {0};
	struct rng r = rng_at(1, RNG_WORLD, 0, 0, 0);
	struct errmsg e;

	for (int i = 0; i < N; i++) {
		tracks[i] = rng_below(&r, 300);
		times[i] = i % 2 ? rng_uniform(&r) : rng_below(&r, 101) / 100.;
		add(&whole, tracks[i], times[i]);
		add(&parts[rng_below(&r, PARTS)], tracks[i], times[i]);
	}
	for (int i = N; i-- > 0;)
		add(&reversed, tracks[i], times[i]);
	for (int i = PARTS; i-- > 0;)
		CHECK(popularity_merge(&merged, &parts[i], &e) == 0);
	CHECK(same(&whole, &reversed));
	CHECK(same(&whole, &merged));
	add(&merged, 0, 1e-9);
	CHECK(!same(&whole, &merged));
	popularity_clear(&whole);
	popularity_clear(&reversed);
	popularity_clear(&merged);
	for (int i = 0; i < PARTS; i++)
		popularity_clear(&parts[i]);
}

static void counts_do_not_overflow(void)
{
	struct popularity_count much = {.track = 3, .plays = POPULARITY_MAX - 1, .billionths = 1};
	struct popularity_count long_ = {.track = 4, .plays = 1, .billionths = POPULARITY_MAX};
	struct popularity p = {0};
	struct errmsg e;

	CHECK(popularity_add_count(&p, &much, &e) == 0);
	add(&p, 3, 1);
	CHECK(popularity_add(&p, 3, 1, &e) == -1);
	CHECK_STR(e.text, "the plays or the time of track 3 are more than can be counted");
	CHECK(popularity_add_count(&p, &long_, &e) == 0);
	add(&p, 4, 0);
	CHECK(popularity_add(&p, 4, 1e-9, &e) == -1);
	CHECK(p.counts[0].plays == POPULARITY_MAX && p.counts[1].billionths == POPULARITY_MAX);
	popularity_clear(&p);
}

int main(void)
{
	RUN(times_are_summed_and_plays_counted);
	RUN(nothing_is_an_empty_list);
	RUN(ties_go_to_the_lower_id);
	RUN(times_are_taken_to_the_nearest_billionth);
	RUN(any_order_and_any_split_give_the_same);
	RUN(counts_do_not_overflow);
	return DONE();
}

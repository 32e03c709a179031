#include "rank/decayed.h"

#include "unit/check.h"

enum { HOUR = 3600000 };

static struct errmsg e;

static void add(struct decayed *d, uint32_t track, int64_t at, int64_t half_life, double weight, double value)
{
	CHECK(decayed_add(d, track, at, half_life, weight, value, &e) == 0);
}

static void a_weight_halves_with_each_half_life(void)
{
	struct decayed d = {0};
	struct decayed_total now;

	add(&d, 7, 10 * HOUR, HOUR, 1, 0.5);
	add(&d, 7, 8 * HOUR, HOUR, 4, 0.25);
	add(&d, 9, 12 * HOUR, HOUR, 1, 1);
	now = decayed_total(decayed_of(&d, 7), 12 * HOUR, HOUR);
	CHECK(now.weight == 0.25 + 4 / 16.0 && now.value == 0.125 + 0.25 / 4);
	now = decayed_total(decayed_of(&d, 7), 10 * HOUR, HOUR);
	CHECK(now.weight == 2 && now.value == 0.75);
	now = decayed_total(decayed_of(&d, 9), 12 * HOUR + HOUR / 2, HOUR);
	CHECK_NEAR(now.value, 0.70710678118654752, 1e-15);
	CHECK(decayed_of(&d, 8) == NULL);
	now = decayed_total(NULL, 0, HOUR);
	CHECK(now.weight == 0 && now.value == 0);
	decayed_clear(&d);
}

static void the_epoch_is_no_border(void)
{
	struct decayed d = {0};
	struct decayed_total now;

	add(&d, 1, -1, HOUR, 1, 1);
	add(&d, 1, 0, HOUR, 1, 1);
	add(&d, 1, -HOUR, HOUR, 1, 1);
	add(&d, 2, INT64_MIN + 1, HOUR, 1, 1);
	add(&d, 2, INT64_MAX, HOUR, 1, 1);
	now = decayed_total(decayed_of(&d, 1), 0, HOUR);
	CHECK_NEAR(now.weight, 2.5, 1e-6);
	now = decayed_total(decayed_of(&d, 2), INT64_MAX, HOUR);
	CHECK_NEAR(now.weight, 1, 1e-9);
	decayed_clear(&d);
}

static void without_a_half_life_nothing_ages(void)
{
	struct decayed d = {0};
	struct decayed_total now;

	add(&d, 1, 5, 0, 1, 0.3);
	add(&d, 1, INT64_MIN, 0, 2, 0.5);
	now = decayed_total(decayed_of(&d, 1), INT64_MAX, 0);
	CHECK(now.weight == 3 && now.value == 1.3 && decayed_of(&d, 1)->n == 1);
	decayed_clear(&d);
}

/* What comes next: some track, at some time. */
static void add_some(struct decayed *d, uint32_t i)
{
	add(d, i * i % 5, (int64_t)(i * UINT32_C(2654435761)) % (50 * (int64_t)HOUR), HOUR, 1 + i % 7 / 3.0, i % 101 / 100.0);
}

static void any_order_and_any_split_give_the_same_sums(void)
{
	enum { N = 3000 };
	struct decayed all = {0}, parts[3] = {{0}}, joined = {0};

	for (uint32_t i = 0; i < N; i++)
		add_some(&all, i);
	for (uint32_t i = N; i-- > 0;)
		add_some(&parts[i % 3], i);
	for (int i = 2; i >= 0; i--)
		CHECK(decayed_merge(&joined, &parts[i], &e) == 0);
	CHECK(joined.n == all.n);
	for (size_t i = 0; i < all.n; i++) {
		const struct decayed_track *x = &all.list[i], *y = decayed_of(&joined, x->track);

		CHECK(y && y->n == x->n);
		for (size_t k = 0; y && k < x->n && k < y->n; k++) {
			const struct decayed_sum *a = &x->sums[k], *b = &y->sums[k];

			CHECK(a->period == b->period && a->weight.whole == b->weight.whole &&
			      a->weight.billionths == b->weight.billionths && a->value.whole == b->value.whole &&
			      a->value.billionths == b->value.billionths);
			CHECK(k == 0 || a[-1].period < a->period);
		}
	}
	decayed_clear(&all);
	decayed_clear(&joined);
	for (int i = 0; i < 3; i++)
		decayed_clear(&parts[i]);
}

static void too_much_is_told(void)
{
	struct decayed d = {0};
	struct decayed_sum most = {.weight = {.whole = UINT64_MAX - 1, .billionths = 999999999}};

	CHECK(decayed_add(&d, 4, 0, 0, 1e16, 1, &e) == -1);
	CHECK_STR(e.text, "a play of track 4 weighs more than 1e15");
	CHECK(decayed_add(&d, 4, 0, 0, NAN, 1, &e) == -1);
	CHECK(decayed_add_sum(&d, 4, &most, &e) == 0 && decayed_add_sum(&d, 4, &most, &e) == -1);
	CHECK_STR(e.text, "the plays or the time of track 4 are more than can be counted");
	decayed_clear(&d);
}

int main(void)
{
	RUN(a_weight_halves_with_each_half_life);
	RUN(the_epoch_is_no_border);
	RUN(without_a_half_life_nothing_ages);
	RUN(any_order_and_any_split_give_the_same_sums);
	RUN(too_much_is_told);
	return DONE();
}

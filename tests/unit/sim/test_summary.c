#include "sim/summary.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/rng.h"
#include "unit/check.h"

/* Welford's method, of which the summary's exact sums must not differ but in rounding. */
struct welford {
	double n, mean, m2;
};

static void welford_add(struct welford *w, double x)
{
	double delta = x - w->mean;

	w->mean += delta / ++w->n;
	w->m2 += delta * (x - w->mean);
}

static void check_mean(struct summary_mean got, const struct welford *w)
{
	CHECK_NEAR(got.mean, w->mean, 1e-12);
	CHECK_NEAR(got.error, sqrt(w->m2 / (w->n - 1) / w->n), 1e-9);
}

static void agrees_with_welford(void)
{
	struct rng r = rng_at(1, RNG_WORLD, 0, 0, 0);

	for (uint32_t n = 2; n <= 20000; n *= 3) {
		struct summary s = {0};
		struct welford reward = {0}, steps = {0};
		uint64_t events = 0;

		for (uint32_t i = 0; i < n; i++) {
			uint32_t k = rng_below(&r, 5000);
			uint64_t hundredths = rng_below(&r, 100 * k + 1);

			summary_add(&s, k, hundredths, i % 7 == 0);
			welford_add(&reward, (double)hundredths / 100);
			welford_add(&steps, k);
			events += k + 1;
		}
		check_mean(summary_reward(&s), &reward);
		check_mean(summary_steps(&s), &steps);
		CHECK(s.sessions == n && s.events == events && s.cut == (n + 6) / 7);
	}
}

/* numpy.mean and numpy.std(ddof=1)/sqrt(n) of [0, 1.5, 2.25] and of [3, 4, 8], with all digits. */
static void known_answers(void)
{
	struct summary s = {0};

	summary_add(&s, 3, 0, 0);
	summary_add(&s, 4, 150, 0);
	summary_add(&s, 8, 225, 0);
	CHECK_NEAR(summary_reward(&s).mean, 1.25, 1e-15);
	CHECK_NEAR(summary_reward(&s).error, 0.6614378277661477, 1e-14);
	CHECK_NEAR(summary_steps(&s).mean, 5, 1e-15);
	CHECK_NEAR(summary_steps(&s).error, 1.5275252316519468, 1e-14);
}

/* Large and nearly equal: the difference of sums in double precision would be noise. */
static void nothing_is_cancelled(void)
{
	struct summary s = {0};

	for (int i = 0; i < 1000; i++)
		summary_add(&s, 2000000000u + (i % 2), UINT64_C(200000000000) + (uint64_t)(i % 2), 0);
	CHECK_NEAR(summary_steps(&s).mean, 2000000000.5, 1e-15);
	CHECK_NEAR(summary_steps(&s).error, 0.5 / sqrt(999), 1e-12);
	CHECK_NEAR(summary_reward(&s).mean, 2000000000.005, 1e-15);
	CHECK_NEAR(summary_reward(&s).error, 0.005 / sqrt(999), 1e-12);
}

static void none_and_one(void)
{
	struct summary s = {0};

	CHECK(isnan(summary_reward(&s).mean) && isnan(summary_reward(&s).error));
	summary_add(&s, 7, 123, 1);
	CHECK(summary_reward(&s).mean == 1.23 && isnan(summary_reward(&s).error));
	CHECK(summary_steps(&s).mean == 7 && isnan(summary_steps(&s).error));
	CHECK(s.events == 8 && s.cut == 1);
	summary_add(&s, 7, 123, 0);
	CHECK(summary_reward(&s).error == 0 && summary_steps(&s).error == 0);
}

static bool equal(const struct summary *a, const struct summary *b)
{
	return a->sessions == b->sessions && a->events == b->events && a->cut == b->cut && a->reward == b->reward &&
	       a->reward_squares == b->reward_squares && a->steps == b->steps && a->steps_squares == b->steps_squares;
}

static void parts_merge_to_the_whole(void)
{
	struct rng r = rng_at(2, RNG_WORLD, 0, 0, 0);
	struct summary whole = {0}, parts[3] = {0}, merged = {0};

	for (int i = 0; i < 1000; i++) {
		uint32_t k = rng_below(&r, 50), hundredths = rng_below(&r, 5000);

		summary_add(&whole, k, hundredths, i % 5 == 0);
		summary_add(&parts[rng_below(&r, 3)], k, hundredths, i % 5 == 0);
	}
	for (int i = 2; i >= 0; i--)
		summary_merge(&merged, &parts[i]);
	CHECK(equal(&merged, &whole));
}

/* What is printed; new. */
static char *printed(int (*print)(FILE *, const struct summary *, uint32_t, int64_t, double),
		     const struct summary *days, uint32_t n, int64_t start, double seconds)
{
	char *text;
	size_t size;
	FILE *f = tmpfile();

	CHECK(print(f, days, n, start, seconds) == 0);
	size = (size_t)ftell(f);
	text = calloc(size + 1, 1);
	rewind(f);
	CHECK(fread(text, 1, size, f) == size);
	fclose(f);
	return text;
}

static void check_printed(char *got, const char *want)
{
	CHECK_STR(got, want);
	free(got);
}

/* 2024-02-28: the days go on over the end of the month. */
#define LEAP (INT64_C(1709078400000))

static void a_table_for_people(void)
{
	struct summary days[3] = {0};

	summary_add(&days[0], 3, 0, 0);
	summary_add(&days[0], 4, 150, 1);
	summary_add(&days[2], 8, 225, 0);
	check_printed(printed(summary_print_table, days, 3, LEAP, 2),
		      "day         sessions         reward          steps  events\n"
		      "2024-02-28         2  0.750 ± 0.750  3.500 ± 0.500       9\n"
		      "2024-02-29         0              -              -       0\n"
		      "2024-03-01         1          2.250          8.000       9\n"
		      "all                3  1.250 ± 0.661  5.000 ± 1.528      18\n"
		      "1 session was ended by --max-tracks\n"
		      "2 sessions/s, 9 events/s\n");
	summary_add(&days[0], 4, 150, 1);
	check_printed(printed(summary_print_table, days, 1, LEAP, 3),
		      "day         sessions         reward          steps  events\n"
		      "2024-02-28         3  1.000 ± 0.500  3.667 ± 0.333      14\n"
		      "2 sessions were ended by --max-tracks\n"
		      "1 sessions/s, 5 events/s\n");
}

static void json_for_machines(void)
{
	struct summary days[2] = {0};

	summary_add(&days[0], 3, 50, 0);
	summary_add(&days[0], 4, 150, 1);
	check_printed(printed(summary_print_json, days, 2, LEAP, 2),
		      "{\"days\":[{\"day\":\"2024-02-28\",\"sessions\":2,\"events\":9,\"cut\":1,\"reward_mean\":1,"
		      "\"reward_error\":0.5,\"steps_mean\":3.5,\"steps_error\":0.5},"
		      "{\"day\":\"2024-02-29\",\"sessions\":0,\"events\":0,\"cut\":0,\"reward_mean\":null,"
		      "\"reward_error\":null,\"steps_mean\":null,\"steps_error\":null}],"
		      "\"total\":{\"sessions\":2,\"events\":9,\"cut\":1,\"reward_mean\":1,\"reward_error\":0.5,"
		      "\"steps_mean\":3.5,\"steps_error\":0.5,\"seconds\":2,\"sessions_per_second\":1,"
		      "\"events_per_second\":4.5}}\n");
}

int main(void)
{
	RUN(agrees_with_welford);
	RUN(known_answers);
	RUN(nothing_is_cancelled);
	RUN(none_and_one);
	RUN(parts_merge_to_the_whole);
	RUN(a_table_for_people);
	RUN(json_for_machines);
	return DONE();
}

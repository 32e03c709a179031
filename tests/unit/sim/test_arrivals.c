#include "sim/arrivals.h"

#include "unit/fixture.h"

enum { DAY = 86400000 };

static void users_are_as_likely_as_each_other(void)
{
	static const uint32_t users[] = {2, 7, 100};

	for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
		struct arrivals s = {.seed = i, .sessions = 20000, .days = 3, .users = users[i]};
		uint32_t counts[100] = {0};

		for (uint64_t j = 0; j < s.sessions; j++) {
			uint32_t user = arrivals_at(&s, j).user;

			CHECK(user < s.users);
			counts[user < s.users ? user : 0]++;
		}
		CHECK(fixture_chi_square(counts, users[i]) > 1e-3);
	}
}

/* Each session comes inside the day that it is counted to, and later than the one before. */
static void check_times(uint64_t sessions, uint32_t days, int64_t start)
{
	struct arrivals s = {.seed = sessions + days, .sessions = sessions, .days = days, .users = 5, .start = start};
	int64_t before = start;
	uint32_t *counts = calloc(days, sizeof *counts);
	bool inside = true, ascending = true, even = true;

	for (uint64_t i = 0; i < sessions; i++) {
		struct arrival a = arrivals_at(&s, i);
		int64_t day = start + (int64_t)a.day * DAY;

		inside = inside && a.day < days && a.time >= day && a.time < day + DAY;
		ascending = ascending && a.time >= before;
		before = a.time;
		if (a.day < days)
			counts[a.day]++;
	}
	for (uint32_t day = 0; day < days; day++)
		even = even && counts[day] + 1 >= sessions / days && counts[day] <= sessions / days + 2;
	if (!inside || !ascending || !even)
		printf("# %d sessions on %u days: inside %d, ascending %d, even %d\n", (int)sessions, days, inside,
		       ascending, even);
	CHECK(inside && ascending && even);
	free(counts);
}

static void times_fill_the_days(void)
{
	check_times(1, 1, 0);
	check_times(1000, 1, INT64_C(1704067200000));
	check_times(1000, 10, INT64_C(1704067200000));
	check_times(10000, 7, INT64_C(1704067200000)); /* no whole number a day */
	check_times(3, 2, 0);
	check_times(2, 3, 0); /* days without a session */
	check_times(1, 100, 0);
	check_times(1000, 999, 0);
	check_times(1000, 30, INT64_C(-62135596800000)); /* the year 1 */
}

/* Each has its own part of the day: no two of a day's n sessions come within the same nth of it. */
static void slots_are_equal(void)
{
	struct arrivals s = {.seed = 8, .sessions = 10, .days = 4, .users = 1};
	static const int64_t of_day[] = {3, 2, 3, 2};
	static const int64_t day[] = {0, 0, 0, 1, 1, 2, 2, 2, 3, 3}, place[] = {0, 1, 2, 0, 1, 0, 1, 2, 0, 1};

	for (s.seed = 0; s.seed < 200; s.seed++)
		for (uint64_t i = 0; i < s.sessions; i++) {
			struct arrival a = arrivals_at(&s, i);
			int64_t slot = DAY / of_day[day[i]];

			CHECK(a.day == day[i]);
			CHECK(a.time >= day[i] * DAY + place[i] * slot &&
			      a.time < day[i] * DAY + (place[i] + 1) * slot);
		}
}

/* Over the hours of a day, too. */
static void hours_are_as_likely_as_each_other(void)
{
	struct arrivals s = {.seed = 4, .sessions = 48, .days = 2, .users = 5};
	uint32_t counts[24] = {0};

	/* 24 sessions a day, 400 seeds: which quarter of its hour each takes */
	for (s.seed = 0; s.seed < 400; s.seed++)
		for (uint64_t i = 0; i < s.sessions; i++)
			counts[arrivals_at(&s, i).time % 3600000 / 150000]++;
	CHECK(fixture_chi_square(counts, 24) > 1e-3);
}

static void it_is_a_function_of_seed_and_number(void)
{
	struct arrivals s = {.seed = 1, .sessions = 1000, .days = 1, .users = 1000}, t = s;
	uint32_t equal = 0;

	t.seed = 2;
	for (uint64_t i = 0; i < 1000; i++) {
		struct arrival a = arrivals_at(&s, i), b = arrivals_at(&s, i), c = arrivals_at(&t, i);

		CHECK(a.user == b.user && a.day == b.day && a.time == b.time);
		equal += a.user == c.user;
	}
	CHECK(equal < 20);
}

/* As many as botify-sim takes: nothing overflows, and the last is still inside. */
static void the_largest_run(void)
{
	struct arrivals s = {.seed = 1, .sessions = UINT64_C(1000000000000), .days = 100000, .users = 1};
	struct arrival first = arrivals_at(&s, 0), last = arrivals_at(&s, s.sessions - 1);

	CHECK(first.day == 0 && first.time < 10000);
	CHECK(last.day == 99999);
	CHECK(last.time >= INT64_C(99999) * DAY && last.time < INT64_C(100000) * DAY);
}

int main(void)
{
	RUN(users_are_as_likely_as_each_other);
	RUN(times_fill_the_days);
	RUN(slots_are_equal);
	RUN(hours_are_as_likely_as_each_other);
	RUN(it_is_a_function_of_seed_and_number);
	RUN(the_largest_run);
	return DONE();
}

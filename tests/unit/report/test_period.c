#include "report/period.h"

#include <stdlib.h>

#include "text/day.h"
#include "unit/check.h"

/* Days with `users` on each, ends with {0, 0}. */
struct known {
	int64_t day;
	uint64_t users;
};

static struct period of(const struct known *k)
{
	int64_t days[64];
	uint64_t users[64];
	size_t n = 0;

	for (; k[n].users > 0; n++) {
		days[n] = k[n].day;
		users[n] = k[n].users;
	}
	return period_of(days, users, n);
}

static void check(const struct known *k, int64_t first, int64_t last, size_t n, size_t far)
{
	struct period p = of(k);

	CHECK(p.first == first && p.last == last && p.n == n && p.far == far);
}

enum { Y2024 = 19723, Y2100 = 47482 };

static void days_that_are_near_have_a_place(void)
{
	check((struct known[]){{0}}, 0, 0, 0, 0);
	check((struct known[]){{5, 1}, {0}}, 5, 5, 1, 0);
	check((struct known[]){{0, 10}, {1, 10}, {9, 10}, {0}}, 0, 9, 3, 0);
	/* one user late, as far as 30 days and two lengths of the middle */
	check((struct known[]){{0, 50}, {1, 50}, {35, 1}, {0}}, 0, 35, 3, 0);
	check((struct known[]){{-34, 1}, {0, 50}, {1, 50}, {0}}, -34, 1, 3, 0);
	/* not few: 10 % each */
	check((struct known[]){{0, 10}, {Y2024, 80}, {Y2100, 10}, {0}}, 0, Y2100, 3, 0);
	check((struct known[]){{0, 1}, {Y2024, 18}, {0}}, 0, Y2024, 2, 0);
}

static void days_of_a_broken_clock_have_none(void)
{
	check((struct known[]){{0, 1}, {Y2024, 400}, {Y2024 + 1, 400}, {Y2100, 2}, {0}}, Y2024, Y2024 + 1, 2, 2);
	check((struct known[]){{0, 1}, {Y2024, 19}, {0}}, Y2024, Y2024, 1, 1);
	check((struct known[]){{0, 50}, {1, 50}, {36, 1}, {0}}, 0, 1, 2, 1);
	check((struct known[]){{-35, 1}, {0, 50}, {1, 50}, {0}}, 0, 1, 2, 1);
	check((struct known[]){{-365, 1}, {-300, 1}, {0, 50}, {0}}, 0, 0, 1, 2);
	/* as far as days go */
	check((struct known[]){{INT32_MIN, 1}, {Y2024, 100}, {INT32_MAX, 1}, {0}}, Y2024, Y2024, 1, 2);
}

static const struct section_column columns[] = {
	{"experiment", "experiment", SECTION_TEXT}, {"treatment", "arm", SECTION_TEXT}, {"day", "day", SECTION_TEXT},
	{"control_users", "control", SECTION_COUNT}, {"treatment_users", "arm", SECTION_COUNT},
};

static void add(struct section *s, const char *experiment, const char *arm, int64_t day, uint64_t control,
		uint64_t users)
{
	section_text(s, experiment);
	section_text(s, arm);
	section_day(s, day);
	section_count(s, control);
	section_count(s, users);
}

static void rows_of_an_experiment_are_found(void)
{
	struct section s;
	struct period_rows rows;
	struct period p;
	struct errmsg e;

	section_init(&s, "days", "", "", columns, sizeof columns / sizeof *columns);
	rows = period_rows_of(&s, "X");
	CHECK(rows.days == 0 && rows.arms == 0 && period_of_rows(&p, &s, &rows, &e) == 0 && p.n == 0);
	add(&s, "A", "T", 3, 1, 1);
	add(&s, "X", "T1", 0, 0, 0);
	add(&s, "X", "T1", Y2024, 10, 9);
	add(&s, "X", "T2", 0, 0, 1);
	add(&s, "X", "T2", Y2024, 10, 0);
	rows = period_rows_of(&s, "X");
	CHECK(rows.first == 1 && rows.days == 2 && rows.arms == 2);
	CHECK(period_day(&s, 0) == 3 && period_day(&s, 4) == Y2024);
	CHECK_STR(s.cells[4 * 5 + 2].text, "2024-01-01");
	/* of 20 users one, of another arm, was in 1970 */
	CHECK(period_of_rows(&p, &s, &rows, &e) == 0 && p.n == 1 && p.far == 1 && p.first == Y2024);
	CHECK(period_holds(&p, Y2024) && !period_holds(&p, 0));
	section_clear(&s);
}

int main(void)
{
	RUN(days_that_are_near_have_a_place);
	RUN(days_of_a_broken_clock_have_none);
	RUN(rows_of_an_experiment_are_found);
	return DONE();
}

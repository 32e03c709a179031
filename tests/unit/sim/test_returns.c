#include "sim/returns.h"

#include <math.h>
#include <stdlib.h>

#include "text/day.h"
#include "unit/check.h"

enum { USERS = 20000, DAYS = 1000 };

static struct users *make_users(void)
{
	struct users *u = calloc(1, sizeof *u);

	u->list = calloc(USERS, sizeof *u->list);
	u->n = USERS;
	for (uint32_t i = 0; i < USERS; i++)
		u->list[i] = (struct user){.id = 7 * i, .session_budget = 5, .return_days = NAN, .churn = NAN};
	return u;
}

static void free_users(struct users *u)
{
	free(u->list);
	free(u);
}

static void everybody_comes_once_in_order_and_in_time(void)
{
	struct users *u = make_users();
	struct returns r;
	struct arrival a;
	int64_t before = 5000;
	size_t n = 0;
	double sum = 0;

	CHECK(returns_init(&r, &(struct returns_options){.days = 10}, u, 1, 5000, DAYS) == 0);
	for (; returns_next(&r, &a); n++) {
		CHECK(a.time >= before && a.time < 5000 + 10 * (int64_t)DAY_MS);
		CHECK(a.day == (a.time - 5000) / DAY_MS);
		before = a.time;
		sum += (double)(a.time - 5000) / DAY_MS;
	}
	CHECK(n == USERS);
	CHECK_NEAR(sum / USERS, 5, 0.02);
	returns_clear(&r);
	free_users(u);
}

/* The mean pause and the share that left, after sessions that brought so much. */
static double pauses(double time, double churn, double *left)
{
	struct users *u = make_users();
	struct returns r;
	struct arrival a;
	double sum = 0;
	size_t n = 0;

	CHECK(returns_init(&r, &(struct returns_options){.days = 3, .churn = churn}, u, 2, 0, DAYS) == 0);
	while (returns_next(&r, &a))
		;
	for (uint32_t i = 0; i < USERS; i++)
		returns_over(&r, i, 0, time, 0);
	*left = (double)r.left / USERS;
	for (; returns_next(&r, &a); n++)
		sum += (double)a.time / DAY_MS;
	CHECK(n + r.left == USERS);
	returns_clear(&r);
	free_users(u);
	return sum / (double)n;
}

static void pauses_and_churn_are_as_the_formula_says(void)
{
	double left;

	/* x = 1/2, 0 and 3/4 */
	CHECK_NEAR(pauses(5, 0, &left), 3, 0.03);
	CHECK(left == 0);
	CHECK_NEAR(pauses(0, 0.4, &left), 6, 0.03);
	CHECK_NEAR(left, 0.4, 0.03);
	CHECK_NEAR(pauses(15, 0.4, &left), 1.5, 0.03);
	CHECK_NEAR(left, 0.1, 0.08);
}

static void what_a_line_says_counts(void)
{
	struct users *u = make_users();
	struct returns r;
	struct arrival a;
	size_t n = 0;

	u->list[3].churn = 1;
	u->list[4].return_days = 1e6;
	CHECK(returns_init(&r, &(struct returns_options){.days = 1}, u, 3, 0, DAYS) == 0);
	while (returns_next(&r, &a))
		;
	for (uint32_t i = 3; i < 6; i++)
		returns_over(&r, i, 0, 0, 0);
	/* one has left, one comes back after the end: by the seed */
	for (; returns_next(&r, &a); n++)
		CHECK(a.user == 5);
	CHECK(n == 1 && r.left == 1);
	returns_clear(&r);
	free_users(u);
}

static void nobody_comes_back_at_once(void)
{
	struct users *u = make_users();
	struct returns r;
	struct arrival a;

	CHECK(returns_init(&r, &(struct returns_options){.days = 1}, u, 3, 0, DAYS) == 0);
	while (returns_next(&r, &a))
		;
	returns_over(&r, 9, 0, 1e12, 1000);
	CHECK(returns_next(&r, &a) && a.user == 9 && a.time == 61000);
	returns_clear(&r);
	free_users(u);
}

int main(void)
{
	RUN(everybody_comes_once_in_order_and_in_time);
	RUN(pauses_and_churn_are_as_the_formula_says);
	RUN(what_a_line_says_counts);
	RUN(nobody_comes_back_at_once);
	return DONE();
}

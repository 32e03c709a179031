#include "event/assignment.h"

#include "unit/fixture.h"

static void count_arms(const char *name, size_t n_arms, uint32_t *counts)
{
	struct assignment x = assignment_of(name, n_arms);

	memset(counts, 0, n_arms * sizeof *counts);
	for (uint32_t user = 0; user < 10000; user++) {
		size_t arm = assignment_arm(&x, user);

		CHECK(arm < n_arms);
		counts[arm < n_arms ? arm : 0]++;
	}
}

/* design.md, section 4: the split of an experiment that was really run. */
static void known_answers(void)
{
	uint32_t counts[2];

	count_arms("CONTEXTUAL_COMPARISON", 2, counts);
	CHECK(counts[0] == 4925 && counts[1] == 5075);
}

static void arms_are_even(void)
{
	static const char *const names[] = {
		"AA", "FILTERS", "CONTEXTUAL_COMPARISON", "STICKY_ARTIST", "Ünïcode", "x",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (size_t n = 2; n <= 9; n++) {
			uint32_t counts[9];

			count_arms(names[i], n, counts);
			CHECK(fixture_chi_square(counts, n) > 1e-3);
		}
}

/* Two experiments split users independently: the four combinations are even. */
static void experiments_do_not_share_their_split(void)
{
	struct assignment a = assignment_of("AA", 2), b = assignment_of("BB", 2);
	uint32_t counts[4] = {0};

	for (uint32_t user = 0; user < 10000; user++)
		counts[2 * assignment_arm(&a, user) + assignment_arm(&b, user)]++;
	CHECK(fixture_chi_square(counts, 4) > 1e-3);
}

static void one_arm_takes_all(void)
{
	struct assignment x = assignment_of("X", 1);

	CHECK(assignment_arm(&x, 0) == 0 && assignment_arm(&x, 2147483647) == 0);
}

/* Counts users 0 to 9999 of the experiment that was really run, with these weights. */
static void count_weighted(const double *weights, size_t n_arms, uint32_t *counts)
{
	struct assignment x = assignment_of("CONTEXTUAL_COMPARISON", n_arms);
	size_t at_fault;

	memset(counts, 0, n_arms * sizeof *counts);
	CHECK(assignment_weigh(&x, weights, &at_fault) == ASSIGNMENT_WEIGHED);
	for (uint32_t user = 0; user < 10000; user++)
		counts[assignment_arm(&x, user)]++;
	assignment_clear(&x);
}

/* From an implementation in Python, in whole numbers and fractions. */
static void known_answers_of_weights(void)
{
	static const struct {
		double weights[4];
		size_t n;
		uint32_t counts[4];
	} known[] = {
		{{9, 1}, 2, {8991, 1009}},
		{{0.9, 0.1}, 2, {8991, 1009}},
		{{1, 9}, 2, {1057, 8943}},
		{{2, 1}, 2, {6667, 3333}},
		{{2e12, 1e12}, 2, {6667, 3333}},
		{{1, 1, 1, 7}, 4, {1057, 964, 1016, 6963}},
		{{0.1, 0.2, 0.3, 0.4}, 4, {1057, 1980, 2977, 3986}},
		{{5, 0, 5}, 3, {4983, 0, 5017}},
		{{0, 0, 1}, 3, {0, 0, 10000}},
		{{1, 0}, 2, {10000, 0}},
	};
	struct assignment x = assignment_of("CONTEXTUAL_COMPARISON", 2);
	size_t at_fault;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		uint32_t counts[4];

		count_weighted(known[i].weights, known[i].n, counts);
		for (size_t j = 0; j < known[i].n; j++)
			CHECK(counts[j] == known[i].counts[j]);
	}
	CHECK(assignment_weigh(&x, (const double[]){9, 1}, &at_fault) == ASSIGNMENT_WEIGHED);
	for (uint32_t user = 0; user < 20; user++)
		CHECK(assignment_arm(&x, user) == (user == 7 || user == 9 || user == 16));
	assignment_clear(&x);
}

/* Whoever adds weights that say what was so before moves nobody. */
static void equal_weights_are_none(void)
{
	static const double ones[] = {1, 1, 1}, thirds[] = {1 / 3., 1 / 3., 1 / 3.};
	struct assignment plain = assignment_of("X", 3), one = plain, third = plain;
	size_t at_fault;

	CHECK(assignment_weigh(&one, ones, &at_fault) == ASSIGNMENT_WEIGHED);
	CHECK(assignment_weigh(&third, thirds, &at_fault) == ASSIGNMENT_WEIGHED);
	for (uint32_t user = 0; user < 1000; user++) {
		CHECK(assignment_arm(&one, user) == assignment_arm(&plain, user));
		CHECK(assignment_arm(&third, user) == assignment_arm(&plain, user));
	}
	assignment_clear(&one);
	assignment_clear(&third);
}

/* An arm that grows at its neighbour's cost keeps the users that it has. */
static void a_rollout_takes_users_from_the_control_only(void)
{
	struct assignment before = assignment_of("X", 2), after = before;
	size_t at_fault;
	uint32_t moved = 0;

	CHECK(assignment_weigh(&before, (const double[]){99, 1}, &at_fault) == ASSIGNMENT_WEIGHED);
	CHECK(assignment_weigh(&after, (const double[]){9, 1}, &at_fault) == ASSIGNMENT_WEIGHED);
	for (uint32_t user = 0; user < 10000; user++) {
		size_t was = assignment_arm(&before, user), is = assignment_arm(&after, user);

		CHECK(was <= is);
		moved += was < is;
	}
	CHECK(moved > 800 && moved < 1000);
	assignment_clear(&before);
	assignment_clear(&after);
}

static void weights_that_assign_nobody_are_told(void)
{
	struct assignment x = assignment_of("X", 3);
	size_t at_fault = 9;

	CHECK(assignment_weigh(&x, (const double[]){0, 0, 0}, &at_fault) == ASSIGNMENT_ALL_ZERO);
	CHECK(assignment_weigh(&x, (const double[]){10000, 0.1, 10000}, &at_fault) == ASSIGNMENT_TOO_SMALL &&
	      at_fault == 1);
	CHECK(assignment_weigh(&x, (const double[]){1e12, 1, 0}, &at_fault) == ASSIGNMENT_TOO_SMALL && at_fault == 1);
	assignment_clear(&x);
	assignment_clear(&x);
}

int main(void)
{
	RUN(known_answers);
	RUN(arms_are_even);
	RUN(experiments_do_not_share_their_split);
	RUN(one_arm_takes_all);
	RUN(known_answers_of_weights);
	RUN(equal_weights_are_none);
	RUN(a_rollout_takes_users_from_the_control_only);
	RUN(weights_that_assign_nobody_are_told);
	return DONE();
}

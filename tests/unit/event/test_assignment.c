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
	static const char *const names[] = {"AA", "FILTERS", "CONTEXTUAL_COMPARISON", "STICKY_ARTIST", "Ünïcode", "x"};

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

int main(void)
{
	RUN(known_answers);
	RUN(arms_are_even);
	RUN(experiments_do_not_share_their_split);
	RUN(one_arm_takes_all);
	return DONE();
}

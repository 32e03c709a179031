#include "stats/influence.h"

#include "unit/check.h"

/* z = 1, -1, 2, -2 over 10: sums of squares 0.1, of fourth powers 0.0034; t with df 2.941 at 0.975 is 3.2197... */
static void of_a_few_units(void)
{
	const double z[] = {.1, -.1, .2, -.2};
	struct influence i = influence_of(5, z, 4, .05);

	CHECK_NEAR(i.value, 5, 0);
	CHECK_NEAR(i.se, sqrt(4.0 / 3 * .1), 1e-12);
	CHECK_NEAR(i.df, .1 * .1 / .0034, 1e-12);
	CHECK_NEAR(i.need, 0, 1e-12);
	CHECK_NEAR(i.upper - 5, 5 - i.lower, 1e-12);
	/* scipy 1.11: stats.t.ppf(0.975, 0.01 / 0.0034) is between those of 2.9 and 3 degrees of freedom */
	CHECK((i.upper - 5) / i.se > 3.18244 && (i.upper - 5) / i.se < 3.25);
}

/* A mean is a ratio over ones: Student's standard error. */
static void a_mean_is_a_ratio(void)
{
	const double y[] = {1, 2, 3, 4, 10}, x[] = {1, 1, 1, 1, 1};
	double z[5];
	struct influence i = influence_ratio(y, x, z, 5, .05);

	CHECK_NEAR(i.value, 4, 1e-12);
	CHECK_NEAR(i.se, sqrt(12.5 / 5), 1e-12);
	CHECK_NEAR(z[4], 6.0 / 5, 1e-12);
}

/* Of n units K have all and equally: G^2 = (1 - 2p)^2 / (p (1 - p)), p = K / n, so about 25 n / K units are needed. */
static void cochran_asks_for_25_of_those_that_weigh(void)
{
	enum { N = 10000 };
	static double y[N], x[N], z[N];

	for (int k = 20; k <= 30; k += 10) {
		double p = (double)k / N;
		struct influence i;

		for (int u = 0; u < N; u++) {
			x[u] = 1;
			y[u] = u < k ? 7 : 0;
		}
		i = influence_ratio(y, x, z, N, .05);
		CHECK_NEAR(i.need, INFLUENCE_COCHRAN * (1 - 2 * p) * (1 - 2 * p) / (p * (1 - p)), 1e-9);
		CHECK((i.need <= N) == (k == 30));
	}
}

static void what_is_not_known_is_nan(void)
{
	const double y[] = {1, 2}, nothing[] = {0, 0}, same[] = {2, 4};
	double z[2];

	CHECK(isnan(influence_ratio(y, nothing, z, 2, .05).value));
	CHECK(isnan(influence_ratio(y, nothing, z, 2, .05).lower));
	CHECK(isnan(influence_ratio(y, y, z, 1, .05).se));
	CHECK(isnan(influence_of(1, z, 0, .05).se));
	/* where every unit has the same ratio there is no doubt */
	CHECK_NEAR(influence_ratio(same, y, z, 2, .05).lower, 2, 0);
	CHECK_NEAR(influence_ratio(same, y, z, 2, .05).upper, 2, 0);
}

/* All but the size is the same for influences of any size, also where their fourth powers are not numbers any more. */
static void the_unit_does_not_matter(void)
{
	static const double sizes[] = {1e-300, 1e-150, 3e-81, 1e-78, 1e90, 1e150};
	const double one[] = {.5, -1, .25, .375, -.125};
	const struct influence of_one = influence_of(1, one, 5, .05);

	for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
		double z[5];
		struct influence i;

		for (int u = 0; u < 5; u++)
			z[u] = one[u] * sizes[k];
		i = influence_of(0, z, 5, .05);
		CHECK_NEAR(i.df, of_one.df, 1e-12);
		CHECK_NEAR(i.need, of_one.need, 1e-12);
		CHECK_NEAR(i.se, of_one.se * sizes[k], 1e-12);
		CHECK_NEAR(i.upper, (of_one.upper - 1) * sizes[k], 1e-12);
	}
}

int main(void)
{
	RUN(of_a_few_units);
	RUN(a_mean_is_a_ratio);
	RUN(cochran_asks_for_25_of_those_that_weigh);
	RUN(what_is_not_known_is_nan);
	RUN(the_unit_does_not_matter);
	return DONE();
}

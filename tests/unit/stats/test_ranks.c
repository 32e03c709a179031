#include "stats/ranks.h"

#include "unit/check.h"

struct ranks_known {
	double arms, sizes[4], ties, shift, h, p;
};

#include "reference/ranks_known.h"

/* The numbers that tests/reference/methods.py makes too. */
static size_t make_values(const struct ranks_known *k, struct ranks_value *values)
{
	size_t n = 0;

	for (uint32_t arm = 0; arm < k->arms; arm++)
		for (uint32_t i = 0; i < k->sizes[arm]; i++)
			values[n++] = (struct ranks_value){
				floor((i * 37 + arm * 11) % 101 / k->ties) + k->shift * arm, arm,
			};
	return n;
}

static struct ranks_value values[1000];

static void it_agrees_with_scipy(void)
{
	for (size_t i = 0; i < sizeof ranks_known / sizeof *ranks_known; i++) {
		const struct ranks_known *k = &ranks_known[i];
		size_t n = make_values(k, values);
		struct ranks test;

		CHECK(ranks_test(values, n, 4, &test) == 0);
		/* of 6 and 7 values with ties there are too few */
		if (k->sizes[0] == 6 && isnan(test.p) && k->ties > 1)
			continue;
		CHECK(test.df == k->arms - 1);
		CHECK_NEAR(test.h, k->h, 1e-11);
		CHECK_NEAR(test.p, k->p, 1e-10);
	}
}

/* n values of an arm, i of which are 2 and the others 1. */
static size_t add(size_t at, uint32_t arm, size_t n, size_t twos)
{
	for (size_t i = 0; i < n; i++)
		values[at + i] = (struct ranks_value){i < twos ? 2 : 1, arm};
	return at + n;
}

static void few_values_are_not_tested(void)
{
	struct ranks test;
	size_t n = add(add(0, 0, 100, 10), 1, 100, 0);

	/* 10 of 200 are not 1: each arm may expect five */
	CHECK(ranks_test(values, n, 2, &test) == 0 && test.df == 1 && test.p < 0.01);
	n = add(add(0, 0, 100, 9), 1, 100, 0);
	CHECK(ranks_test(values, n, 2, &test) == 0 && isnan(test.p) && isnan(test.h) && isnan(test.df));
	/* a third arm of ten is passed over */
	n = add(add(add(0, 0, 100, 30), 1, 100, 20), 2, 10, 10);
	CHECK(ranks_test(values, n, 3, &test) == 0 && test.df == 1);
	n = add(add(0, 0, 100, 100), 1, 100, 100);
	CHECK(ranks_test(values, n, 2, &test) == 0 && isnan(test.p));
	CHECK(ranks_test(values, 0, 2, &test) == 0 && isnan(test.p));
	CHECK(ranks_test(values, 0, 0, &test) == 0 && isnan(test.p));
	values[0] = (struct ranks_value){1, 0};
	CHECK(ranks_test(values, 1, 1, &test) == 0 && isnan(test.p));
}

static void heavy_tails_do_not_matter(void)
{
	struct ranks test, vast;

	for (size_t i = 0; i < 100; i++)
		values[i] = (struct ranks_value){(double)(i * 37 % 100), i % 2};
	CHECK(ranks_test(values, 100, 2, &test) == 0);
	for (size_t i = 0; i < 100; i++)
		values[i] = (struct ranks_value){exp(7 * (double)(i * 37 % 100)), i % 2};
	CHECK(ranks_test(values, 100, 2, &vast) == 0 && vast.h == test.h && vast.p == test.p);
}

int main(void)
{
	RUN(it_agrees_with_scipy);
	RUN(few_values_are_not_tested);
	RUN(heavy_tails_do_not_matter);
	return DONE();
}

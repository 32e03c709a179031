#include "render/axis.h"

#include <stdlib.h>

#include "unit/check.h"

static struct axis axis_between(double low, double high, size_t ticks)
{
	struct axis_span span = AXIS_EMPTY;

	axis_hold(&span, low);
	axis_hold(&span, high);
	return axis_of(span, ticks, false, true);
}

/* All labels, separated by blanks. */
static const char *labels(const struct axis *a)
{
	static char all[1024];
	char text[AXIS_LABEL_SIZE];

	all[0] = '\0';
	for (size_t i = 0; i < a->n; i++) {
		axis_label(a, axis_tick(a, i), text);
		strcat(strcat(all, i > 0 ? " " : ""), text);
	}
	return all;
}

static void check_labels(double low, double high, const char *want)
{
	struct axis a = axis_between(low, high, 6);

	CHECK_STR(labels(&a), want);
}

static void steps_are_one_two_and_five(void)
{
	check_labels(0, 1, "0 0.2 0.4 0.6 0.8 1.0");
	check_labels(0, 4.1, "0 1 2 3 4 5");
	check_labels(-17, 98, "−50 0 50 100");
	check_labels(0.013, 0.042, "0.01 0.02 0.03 0.04 0.05");
	check_labels(0, 100, "0 20 40 60 80 100");
	check_labels(-3, -1, "−3.0 −2.5 −2.0 −1.5 −1.0");
}

static void large_and_small_numbers_are_short(void)
{
	check_labels(0, 9000, "0 2k 4k 6k 8k 10k");
	check_labels(0, 25e3, "0 5k 10k 15k 20k 25k");
	check_labels(1e6, 3.2e6, "1.0M 1.5M 2.0M 2.5M 3.0M 3.5M");
	check_labels(0, 4e9, "0 1G 2G 3G 4G");
	check_labels(0, 2e12, "0 0.5T 1.0T 1.5T 2.0T");
	check_labels(0, 5e18, "0 1e18 2e18 3e18 4e18 5e18");
	check_labels(0, 4e-9, "0 1e−9 2e−9 3e−9 4e−9");
}

static void nothing_and_what_is_not_finite_have_a_scale_too(void)
{
	struct axis_span span = AXIS_EMPTY;
	struct axis a;

	axis_hold(&span, NAN);
	axis_hold(&span, INFINITY);
	axis_hold(&span, -INFINITY);
	CHECK(span.low > span.high);
	a = axis_of(span, 6, false, true);
	CHECK(a.low == 0 && a.high == 1);
	CHECK_STR(labels(&a), "0 0.2 0.4 0.6 0.8 1.0");
	a = axis_of(span, 6, true, false);
	CHECK_STR(labels(&a), "0 1");
}

static void a_point_is_widened(void)
{
	struct axis_span day = {5, 5};
	struct axis a = axis_of(day, 8, true, false);

	CHECK(a.low == 4.5 && a.high == 5.5);
	CHECK_STR(labels(&a), "5");
	day = (struct axis_span){0, 0};
	a = axis_of(day, 8, true, false);
	CHECK_STR(labels(&a), "0");
	check_labels(0, 0, "0 0.2 0.4 0.6 0.8 1.0");
	check_labels(10, 10, "9.0 9.5 10.0 10.5 11.0");
	check_labels(1e12, 1e12 + 1, "0.99990T 0.99995T 1.00000T 1.00005T 1.00010T 1.00015T");
}

static void days_have_no_halves(void)
{
	struct axis a = axis_of((struct axis_span){1, 3}, 8, true, false);

	CHECK_STR(labels(&a), "1 2 3");
	a = axis_of((struct axis_span){1, 31}, 8, true, false);
	CHECK_STR(labels(&a), "5 10 15 20 25 30");
	CHECK(a.low == 1 && a.high == 31);
}

/*
 * Over all orders of magnitude: the ends in order, the values within, few ticks, short labels, all of them different.
 */
static void any_span_has_a_scale(void)
{
	unsigned seed = 1;

	for (int i = 0; i < 20000; i++) {
		double x = (rand_r(&seed) - RAND_MAX / 2) * pow(10, rand_r(&seed) % 640 - 330);
		bool near = rand_r(&seed) % 4 != 0;
		double y = near ? x + x * pow(10, -(rand_r(&seed) % 20)) : -x * pow(10, rand_r(&seed) % 40 - 20);
		struct axis_span span = AXIS_EMPTY;
		struct axis a;
		char text[AXIS_LABEL_SIZE], before[AXIS_LABEL_SIZE] = "";

		axis_hold(&span, x);
		axis_hold(&span, y);
		a = axis_of(span, 6, i % 3 == 0, i % 2);
		CHECK(isfinite(a.low) && isfinite(a.high) && a.low < a.high && a.step > 0 && a.n <= 12);
		CHECK(span.low > span.high || fabs(span.low) < 1e-299 || a.low <= span.low + 1e-6 * a.step);
		CHECK(span.low > span.high || fabs(span.low) < 1e-299 || a.high >= span.high - 1e-6 * a.step);
		for (size_t j = 0; j < a.n; j++) {
			axis_label(&a, axis_tick(&a, j), text);
			CHECK(strcmp(text, before) != 0 && strlen(text) < 20);
			strcpy(before, text);
		}
		if (check_failed)
			break;
	}
}

int main(void)
{
	RUN(steps_are_one_two_and_five);
	RUN(large_and_small_numbers_are_short);
	RUN(nothing_and_what_is_not_finite_have_a_scale_too);
	RUN(a_point_is_widened);
	RUN(days_have_no_halves);
	RUN(any_span_has_a_scale);
	return DONE();
}

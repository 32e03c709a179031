#include "text/number.h"

#include <stdlib.h>

#include "base/rng.h"
#include "unit/check.h"

/* number_write with the NUL that it does not write. */
static const char *written(double x)
{
	static char text[NUMBER_SIZE + 1];

	text[number_write(text, x)] = 0;
	return text;
}

static const char *written_int(int64_t n)
{
	static char text[NUMBER_SIZE + 1];

	text[number_write_int(text, n)] = 0;
	return text;
}

/* How many significant digits a decimal has. */
static size_t digits(const char *text)
{
	size_t n = 0, zeros = 0;

	for (; *text && *text != 'e'; text++) {
		if (*text == '0')
			zeros += n > 0;
		else if (*text >= '1' && *text <= '9') {
			n += zeros + 1;
			zeros = 0;
		}
	}
	return n;
}

/* The fewest digits that read back as x, by trying. */
static size_t fewest_digits(double x)
{
	for (int precision = 1; precision < 17; precision++) {
		char text[40];

		snprintf(text, sizeof text, "%.*e", precision - 1, x);
		if (strtod(text, NULL) == x)
			return digits(text);
	}
	return 17;
}

static void check_shortest(double x)
{
	const char *text = written(x);

	if (strtod(text, NULL) != x || digits(text) > fewest_digits(x)) {
		printf("# %.17g was written as %s\n", x, text);
		CHECK(!"shortest");
	}
}

static void random_doubles_take_the_fewest_digits(void)
{
	struct rng r = rng_at(3, RNG_WORLD, 0, 0, 0);

	for (int i = 0; i < 100000; i++) {
		uint64_t bits = (uint64_t)rng_u32(&r) << 32 | rng_u32(&r);
		double x;

		memcpy(&x, &bits, sizeof x);
		if (isfinite(x) && i % 2 == 0)
			check_shortest(x);
		else if (i % 4 == 1)
			check_shortest(rng_uniform(&r));
		else
			check_shortest(ldexp(rng_uniform(&r), (int)rng_below(&r, 60) - 35));
	}
}

/* The quick way, and its border: nine places below 2^20. */
static void decimals_of_few_places_take_the_fewest_digits(void)
{
	static const double power[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12};
	struct rng r = rng_at(4, RNG_WORLD, 0, 0, 0);

	for (int i = 0; i < 20000; i++) {
		double x = rng_below(&r, 1u << rng_below(&r, 31)) / power[rng_below(&r, 13)];

		check_shortest(x);
		check_shortest(nextafter(x, 2 * x));
	}
	for (double x = 1048576 - 1e-6; x < 1048576 + 1e-6; x = nextafter(x, 2 * x))
		check_shortest(x);
}

static void parts_of_a_track_are_written_with_two_places(void)
{
	for (int i = 0; i <= 100; i++) {
		char want[8];

		snprintf(want, sizeof want, i % 100 == 0 ? "%.0f" : i % 10 == 0 ? "%.1f" : "%.2f", i / 100.);
		CHECK_STR(written(i / 100.), want);
	}
}

static void latencies_are_written_without_an_exponent(void)
{
	CHECK_STR(written(1e-9), "0.000000001");
	CHECK_STR(written(0.0000021), "0.0000021");
	CHECK_STR(written(0.123456789), "0.123456789");
	CHECK_STR(written(1.5e-9), "1.5e-09");
	CHECK_STR(written(2.000000001), "2.000000001");
}

/* As long as with an exponent, or shorter: people and typed columns have the plain one. */
static void numbers_are_plain_where_that_is_as_short(void)
{
	CHECK_STR(written(-50), "-50");
	CHECK_STR(written(100), "100");
	CHECK_STR(written(-100), "-100");
	CHECK_STR(written(1048580), "1048580");
	CHECK_STR(written(-1048580), "-1048580");
	CHECK_STR(written(12345678), "12345678");
	CHECK_STR(written(120000000), "1.2e+08");
	CHECK_STR(written(1e15), "1e+15");
	CHECK_STR(written(9007199254740991), "9007199254740991");
	CHECK_STR(written(9007199254740993.0), "9007199254740992");
	CHECK_STR(written(123456789012345678.0), "123456789012345680");
	/* whole numbers that readers take for 64 bits stay below 2^63 */
	CHECK_STR(written(1234567890123456789.0), "1234567890123456800");
	CHECK_STR(written(-9223372036854774784.0), "-9223372036854775000");
	CHECK_STR(written(0x1p63), "9.223372036854776e+18");
	CHECK_STR(written(-12345678901234567890.0), "-1.2345678901234567e+19");
	CHECK_STR(written(-0.0000021), "-0.0000021");
	CHECK_STR(written(-1e-9), "-0.000000001");
	CHECK_STR(written(0.00012345678901), "0.00012345678901");
	CHECK_STR(written(0.000012345678901), "1.2345678901e-05");
	CHECK_STR(written(1.5e-300), "1.5e-300");
}

/*
 * Below a power of two the next double is nearer than above it, so the decimal that reads back may be the one further
 * off.
 */
static void powers_of_two_take_the_fewest_digits(void)
{
	CHECK_STR(written(0x1p-44), "5.684341886080802e-14");
	CHECK_STR(written(0x1p-24), "5.960464477539063e-08");
	CHECK_STR(written(0x1p-1017), "7.120236347223045e-307");
	CHECK_STR(written(0x1p976), "6.386688990511104e+293");
}

static void numbers_of_all_kinds(void)
{
	CHECK_STR(written(0), "0");
	CHECK_STR(written(1), "1");
	CHECK_STR(written(-1), "-1");
	CHECK_STR(written(-0.25), "-0.25");
	CHECK_STR(written(0.1 + 0.2), "0.30000000000000004");
	CHECK_STR(written(1048575.5), "1048575.5");
	CHECK_STR(written(1048576.5), "1048576.5");
	CHECK_STR(written(1e22), "1e+22");
	CHECK_STR(written(5e-324), "5e-324");
	CHECK_STR(written(1.7976931348623157e308), "1.7976931348623157e+308");
	CHECK_STR(written(-2.2250738585072014e-308), "-2.2250738585072014e-308");
	CHECK_STR(written(NAN), "null");
	CHECK_STR(written(INFINITY), "null");
	CHECK_STR(written(-INFINITY), "null");
}

static void whole_numbers(void)
{
	CHECK_STR(written_int(0), "0");
	CHECK_STR(written_int(9), "9");
	CHECK_STR(written_int(10), "10");
	CHECK_STR(written_int(-42), "-42");
	CHECK_STR(written_int(1704067200000), "1704067200000");
	CHECK_STR(written_int(INT64_MAX), "9223372036854775807");
	CHECK_STR(written_int(INT64_MIN), "-9223372036854775808");
}

static void whole_numbers_are_parsed_whole(void)
{
	static const char *const bad[] = {
		"", " ", "x", "1x", "1 ", " 1", "+1", "1.0", "1e3", "0x10", "\t1", "--1", "-", "101", "-6",
		"9223372036854775808", "99999999999999999999999",
	};
	struct errmsg e;
	int64_t n = 77;

	CHECK(number_parse_int("--limit", "100", -5, 100, &n, &e) == 0 && n == 100);
	CHECK(number_parse_int("--limit", "-5", -5, 100, &n, &e) == 0 && n == -5);
	CHECK(number_parse_int("--limit", "007", -5, 100, &n, &e) == 0 && n == 7);
	CHECK(number_parse_int("--seed", "9223372036854775807", 0, INT64_MAX, &n, &e) == 0 && n == INT64_MAX);
	CHECK(number_parse_int("--seed", "-9223372036854775808", INT64_MIN, 0, &n, &e) == 0 && n == INT64_MIN);
	n = 77;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(number_parse_int("--limit", bad[i], -5, 100, &n, &e) == -1 && n == 77);
	number_parse_int("--limit", "ten", 1, 100, &n, &e);
	CHECK_STR(e.text, "--limit takes a whole number from 1 to 100, not 'ten'");
}

static void real_numbers_are_parsed_whole(void)
{
	static const char *const bad[] = {
		"", " ", "x", "1x", "1 ", " 1", "0x1p3", "nan", "inf", "infinity", "NAN", "1e", "1e+", ".", "-", "+",
		"e5", "1.2.3", "1-2", "2.0001", "-1.5", "1e999", "1,5",
	};
	struct errmsg e;
	double x = 77;

	CHECK(number_parse("--alpha", "0.05", 0, 1, &x, &e) == 0 && x == 0.05);
	CHECK(number_parse("--alpha", "1e-3", 0, 1, &x, &e) == 0 && x == 0.001);
	CHECK(number_parse("--alpha", ".5", 0, 1, &x, &e) == 0 && x == 0.5);
	CHECK(number_parse("--alpha", "1.", 0, 1, &x, &e) == 0 && x == 1);
	CHECK(number_parse("--shift", "-1", -1, 1, &x, &e) == 0 && x == -1);
	x = 77;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(number_parse("--alpha", bad[i], -1, 2, &x, &e) == -1 && x == 77);
	number_parse("--alpha", "2.5", 0, 1, &x, &e);
	CHECK_STR(e.text, "--alpha takes a number from 0 to 1, not '2.5'");
}

int main(void)
{
	RUN(random_doubles_take_the_fewest_digits);
	RUN(decimals_of_few_places_take_the_fewest_digits);
	RUN(parts_of_a_track_are_written_with_two_places);
	RUN(latencies_are_written_without_an_exponent);
	RUN(numbers_are_plain_where_that_is_as_short);
	RUN(powers_of_two_take_the_fewest_digits);
	RUN(numbers_of_all_kinds);
	RUN(whole_numbers);
	RUN(whole_numbers_are_parsed_whole);
	RUN(real_numbers_are_parsed_whole);
	return DONE();
}

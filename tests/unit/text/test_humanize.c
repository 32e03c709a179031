#include "text/humanize.h"

#include "unit/check.h"

static void means_have_four_digits(void)
{
	CHECK_STR(humanize_mean(12.3).text, "12.30");
	CHECK_STR(humanize_mean(0.00075391).text, "0.0007539");
	CHECK_STR(humanize_mean(123456).text, "123456");
	CHECK_STR(humanize_mean(-1e12).text, "-1.000e+12");
	CHECK_STR(humanize_mean(NAN).text, "-");
}

static void p_is_a_number_or_a_size(void)
{
	CHECK_STR(humanize_p(0.0461).text, "0.0461");
	CHECK_STR(humanize_p(1e-149).text, "1e-149");
	CHECK_STR(humanize_p(0).text, "<1e-300");
	CHECK_STR(humanize_p(NAN).text, "-");
}

static void counts_have_commas(void)
{
	CHECK_STR(humanize_count(0).text, "0");
	CHECK_STR(humanize_count(999).text, "999");
	CHECK_STR(humanize_count(1000).text, "1,000");
	CHECK_STR(humanize_count(UINT64_MAX).text, "18,446,744,073,709,551,615");
}

/* Digits that the interval gives no sense to are not shown. */
static void effects_have_the_digits_of_their_interval(void)
{
	CHECK_STR(humanize_effect(49.4123, 44.312, 54.489).text, "+49.4 % (44.3 to 54.5)");
	CHECK_STR(humanize_effect(-1.34, -17.04, 14.36).text, "-1 % (-17 to 14)");
	CHECK_STR(humanize_effect(0.0123, -0.0021, 0.0267).text, "+0.012 % (-0.002 to 0.027)");
	CHECK_STR(humanize_effect(5, NAN, NAN).text, "+5.00 %");
	CHECK_STR(humanize_effect(NAN, 1, 2).text, "-");
	CHECK_STR(humanize_effect(1e7, -1e9, 1e9).text, "+1.00e+07 % (-1.00e+09 to 1.00e+09)");
	CHECK_STR(humanize_magnitude(-12.34, -15, -9).text, "12.3 %");
	CHECK_STR(humanize_magnitude(INFINITY, 1, 2).text, "-");
}

/* What a number is rounded to must not say something else than the number. */
static void signs_are_shown(void)
{
	CHECK_STR(humanize_change(-20.0, -39.63, -0.37).text, "-20.00%");
	CHECK_STR(humanize_change(0.0003, 0.0001, 0.0005).text, "+0.0003%");
	CHECK_STR(humanize_change(-0.005, -0.009, -0.001).text, "-0.005%");
	CHECK_STR(humanize_change(0.0003, -0.0001, 0.0005).text, "+0.00%");
	CHECK_STR(humanize_change(0.0003, NAN, NAN).text, "+0.00%");
	CHECK_STR(humanize_change(2e-14, 1e-14, 3e-14).text, "+2e-14%");
	CHECK_STR(humanize_change(NAN, 1, 2).text, "-");
	CHECK_STR(humanize_change(1e7, 1e6, 1e8).text, "+1.00e+07%");
	CHECK_STR(humanize_interval(0.0001, 0.00052).text, "0.0001 .. 0.0005");
	CHECK_STR(humanize_interval(-0.0004, 35).text, "-0.0004 .. 35.00");
	CHECK_STR(humanize_bounds(-39.63, -0.0037).text, "-39.63 to -0.004");
	CHECK_STR(humanize_bounds(0, 1).text, "0.00 to 1.00");
	CHECK_STR(humanize_bounds(1e-12, 1).text, "1e-12 to 1.00");
	CHECK_STR(humanize_bound(0.0004).text, "+0.0004%");
	CHECK_STR(humanize_bound(-12.345).text, "-12.35%");
	CHECK_STR(humanize_bound(NAN).text, "-");
	CHECK_STR(humanize_effect(-20, -39.63, -0.37).text, "-20 % (-40 to -0.4)");
	CHECK_STR(humanize_effect(20, -0.37, 40.37).text, "+20 % (-0.4 to 40)");
	CHECK_STR(humanize_effect(2e-9, 1e-9, 3e-9).text, "+0.000000002 % (0.000000001 to 0.000000003)");
	CHECK_STR(humanize_magnitude(-0.37, -39.63, -0.37).text, "0.4 %");
	CHECK_STR(humanize_magnitude(0.5, 0.5, 40).text, "0.5 %");
	CHECK_STR(humanize_magnitude(0.0004, NAN, NAN).text, "0.0004 %");
	CHECK_STR(humanize_magnitude(0, NAN, NAN).text, "0.00 %");
}

static void p_is_on_its_side_of_a_level(void)
{
	CHECK_STR(humanize_p_against(0.04997, 0.05).text, "0.04997");
	CHECK_STR(humanize_p_against(0.0499999996, 0.05).text, "0.0499999996");
	CHECK_STR(humanize_p_against(0.05, 0.05).text, "0.0500");
	CHECK_STR(humanize_p_against(0.05003, 0.05).text, "0.0500");
	CHECK_STR(humanize_p_against(0.05004, 0.05002).text, "0.05004");
	CHECK_STR(humanize_p_against(0.0461, 0.05).text, "0.0461");
	CHECK_STR(humanize_p_against(0.00096, 0.001).text, "0.00096");
	CHECK_STR(humanize_p_against(9.6e-7, 1e-6).text, "9.6e-07");
	CHECK_STR(humanize_p_against(9.6e-7, 0.05).text, "1e-06");
	CHECK_STR(humanize_p_against(0, 0.05).text, "<1e-300");
	CHECK_STR(humanize_p_against(NAN, 0.05).text, "-");
	CHECK_STR(humanize_p_said(0.00096, 0.001).text, "p = 0.00096");
}

static void typeset_means_true_signs(void)
{
	static const char dashes[] = "------------------------------------------------------------";

	CHECK_STR(humanize_typeset(humanize("-1.5 %% (-2 to -1)")).text, "−1.5\u00a0% (−2 to −1)");
	CHECK_STR(humanize_typeset(humanize_percent(-7.5)).text, "−7.50\u00a0%");
	CHECK_STR(humanize_typeset(humanize("-")).text, "–");
	/* whatever does not fit is cut between characters */
	CHECK(strlen(humanize_typeset(humanize("%s", dashes)).text) % 3 == 0);
}

static void names_of_metrics_become_words(void)
{
	CHECK_STR(humanize_p_said(0.0412, 0.001).text, "p = 0.0412");
	CHECK_STR(humanize_p_said(0, 0.001).text, "p < 1e-300");
	CHECK_STR(humanize_words("mean_time_per_session").text, "mean time per session");
	CHECK_STR(humanize_words("").text, "");
}

static void names_stand_where_they_are_put(void)
{
	CHECK_STR(humanize_name("T1"), "T1");
	CHECK_STR(humanize_name(""), "(no name)");
	CHECK_STR(humanize_after("T1 – ü 対照群 😀 \xff"), "");
	CHECK_STR(humanize_after(""), "");
	/* next to the ranges: U+0900, U+FF00, U+10700 and U+11000, U+1E700 and U+1EF80 */
	CHECK_STR(humanize_after("\u0900\uff00\U00010700\U00011000\U0001e700\U0001ef80\U0001f000"), "");
	/* Hebrew, Arabic, Samaritan, presentation forms, Phoenician, Adlam */
	CHECK_STR(humanize_after("ביקורת"), "\u200e");
	CHECK_STR(humanize_after("T1 تجربة"), "\u200e");
	CHECK_STR(humanize_after("\u0800"), "\u200e");
	CHECK_STR(humanize_after("\ufb2a"), "\u200e");
	CHECK_STR(humanize_after("\U00010900"), "\u200e");
	CHECK_STR(humanize_after("\U0001e900"), "\u200e");
}

static void a_list_is_cut_and_not_overrun(void)
{
	struct intern n = {0};
	struct errmsg e;
	char text[16];

	humanize_list(&n, &e);
	CHECK_STR(e.text, "there are none");
	intern_add(&n, slice_of("C"), 0);
	intern_add(&n, slice_of("T1"), 0);
	humanize_list(&n, &e);
	CHECK_STR(e.text, "there are C, T1");
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof text, "%d", i);
		intern_add(&n, slice_of(text), 0);
	}
	humanize_list(&n, &e);
	CHECK(strlen(e.text) == sizeof e.text - 1);
	intern_clear(&n);
}

int main(void)
{
	RUN(means_have_four_digits);
	RUN(p_is_a_number_or_a_size);
	RUN(counts_have_commas);
	RUN(effects_have_the_digits_of_their_interval);
	RUN(signs_are_shown);
	RUN(p_is_on_its_side_of_a_level);
	RUN(typeset_means_true_signs);
	RUN(names_of_metrics_become_words);
	RUN(names_stand_where_they_are_put);
	RUN(a_list_is_cut_and_not_overrun);
	return DONE();
}

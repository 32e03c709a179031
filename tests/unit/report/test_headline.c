#include "report/headline.h"

#include <stdlib.h>

#include "unit/check.h"

static struct effect effect_on(const char *metric, int better, double effect, double lower, double upper)
{
	return (struct effect){.control = "C", .treatment = "T1", .metric = metric, .better = better, .effect = effect,
			       .lower = lower, .upper = upper, .difference = effect / 10, .p = 0.5,
			       .significant = lower > 0 || upper < 0};
}

/* For a terminal: signs and spaces that everything has. */
static void a_terminal_is_told_the_same_plainly(void)
{
	struct effect x = effect_on("time", 1, -1.34, -17.04, 14.36);
	char *text = headline_of(&x, false);

	CHECK_STR(text, "did not differ significantly from C in time: -1 % (-17 to 14)");
	free(text);
	x = effect_on("time", 1, 49.4, 44.3, 54.5);
	x.control = "\u05d0";
	text = headline_of(&x, false);
	CHECK_STR(text, "listened 49.4 % longer than \u05d0 (44.3 % to 54.5 %)");
	free(text);
}

/* Of 30 arms with two metrics each, arm 7 changed the first one, arm 25 the second one. */
static void of_many_arms_those_that_changed_something_come_first(void)
{
	static const char names[30] = {0}; /* whose addresses tell arms apart */
	struct effect list[60];
	size_t first[HEADLINES_MAX], arms;

	for (size_t i = 0; i < 60; i++) {
		bool changed = i == 14 || i == 51;

		list[i] = effect_on(i % 2 == 0 ? "time" : "sessions", 1, 5, changed ? 1 : -1, 9);
		list[i].treatment = &names[i / 2];
	}
	CHECK(headline_choose(list, 60, NULL, first, &arms) == 20 && arms == 30);
	CHECK(first[0] == 14 && first[1] == 0 && first[7] == 12 && first[8] == 16 && first[19] == 38);
	CHECK(headline_choose(list, 60, "sessions", first, &arms) == 20 && first[0] == 50 && first[1] == 0 &&
	      first[19] == 36);
	CHECK(headline_choose(list, 40, NULL, first, &arms) == 20 && arms == 20 && first[7] == 14 && first[19] == 38);
	CHECK(headline_choose(list, 2, NULL, first, &arms) == 1 && arms == 1 && first[0] == 0);
	CHECK(headline_choose(list, 0, NULL, first, &arms) == 0 && arms == 0);
}

static void check_headline(struct effect x, const char *want)
{
	char *text = headline_of(&x, true);

	CHECK_STR(text, want);
	free(text);
}

static void significant_effects_are_said_in_words(void)
{
	check_headline(effect_on("time", 1, 49.4, 44.3, 54.5),
		       "listened 49.4\u00a0% longer than C (44.3\u00a0% to 54.5\u00a0%)");
	check_headline(effect_on("time", 1, -12.3, -15, -9.6),
		       "listened 12.3\u00a0% less than C (9.6\u00a0% to 15.0\u00a0%)");
	check_headline(effect_on("sessions", 1, 7.26, 0.13, 14.4),
		       "came back 7.3\u00a0% more often than C (0.1\u00a0% to 14.4\u00a0%)");
	check_headline(effect_on("mean_request_latency", -1, 61, 41, 81),
		       "waited 61\u00a0% longer than C (41\u00a0% to 81\u00a0%)");
	check_headline(effect_on("mean_tracks_per_session", 1, -4, -6, -2),
		       "heard 4.0\u00a0% fewer tracks per session than C (2.0\u00a0% to 6.0\u00a0%)");
	check_headline(effect_on("time_per_track", 1, 4, 2, 6),
		       "heard 4.0\u00a0% more of a track than C (2.0\u00a0% to 6.0\u00a0%)");
	check_headline(effect_on("time_per_session", 1, 757, 636, 877),
		       "listened 8.6 times as long per session as C (7.4 to 9.8)");
	check_headline(effect_on("sessions", 1, 100, 90, 110), "came back 2.00 times as often as C (1.90 to 2.10)");
	check_headline(effect_on("odd_metric", 1, 1800, 1000, 2600), "had 19 times as much odd metric as C (11 to 27)");
	check_headline(effect_on("time", 1, 99.9, 90, 110),
		       "listened 100\u00a0% longer than C (90\u00a0% to 110\u00a0%)");
	check_headline(effect_on("odd_metric", 1, 61, 41, 81),
		       "had 61\u00a0% more odd metric than C (41\u00a0% to 81\u00a0%)");
}

/* The words and the numbers say the same. */
static void no_number_contradicts_the_words(void)
{
	check_headline(effect_on("time", 1, -20, -39.63, -0.37),
		       "listened 20\u00a0% less than C (0.4\u00a0% to 40\u00a0%)");
	check_headline(effect_on("time", 1, 0.0003, 0.0001, 0.0005),
		       "listened 0.00030\u00a0% longer than C (0.00010\u00a0% to 0.00050\u00a0%)");
	check_headline(effect_on("time", 1, 20, -0.37, 40.37),
		       "did not differ significantly from C in time: +20\u00a0% (−0.4 to 40)");
}

static void what_is_not_significant_is_not_claimed(void)
{
	struct effect x = effect_on("time", 1, -1.34, -17.04, 14.36);

	check_headline(x, "did not differ significantly from C in time: −1\u00a0% (−17 to 14)");
	x.p = x.lower = x.upper = NAN;
	check_headline(x, "listened 1.34\u00a0% less than C, but there is not enough data to tell that from chance");
	x.difference = x.effect = 0;
	check_headline(x, "had the same time as C");
	x.difference = x.effect = NAN;
	check_headline(x, "cannot be compared with C: one of them has no value of time");
}

/* A control mean of 0. */
static void a_difference_without_percent_is_one(void)
{
	struct effect x = effect_on("time", 1, NAN, NAN, NAN);

	x.difference = 3;
	x.significant = true;
	check_headline(x, "listened longer than C");
	x.significant = false;
	check_headline(x, "did not differ significantly from C in time");
}

/* Values whose squares no double holds. */
static void what_is_too_large_is_told(void)
{
	struct effect x = effect_on("mean_request_latency", -1, 5e202, NAN, NAN);

	x.p = NAN;
	x.control_users = x.treatment_users = 40;
	x.control_sd = 2;
	x.treatment_sd = INFINITY;
	check_headline(
		x, "waited 5.00e+202\u00a0% longer than C, but its values are too far apart to tell that from chance");
	x.treatment_mean = x.difference = x.effect = INFINITY;
	check_headline(x, "cannot be compared with C: some values of mean request latency are too large");
	x.treatment_mean = x.difference = x.effect = NAN;
	check_headline(x, "cannot be compared with C: some values of mean request latency are too large");
	x.treatment_users = 0;
	check_headline(x, "cannot be compared with C: one of them has no value of mean request latency");
	x.treatment_users = 1;
	x.difference = x.effect = 5;
	x.treatment_sd = NAN;
	check_headline(x, "waited 5.00\u00a0% longer than C, but there is not enough data to tell that from chance");
}

static void less_may_be_better(void)
{
	struct effect x = effect_on("mean_request_latency", -1, -5, -6, -4);

	CHECK(headline_verdict(&x) == 1);
	CHECK_STR(headline_word(&x), "better");
	x.better = 1;
	CHECK(headline_verdict(&x) == -1);
	CHECK_STR(headline_word(&x), "worse");
	x.significant = false;
	CHECK(headline_verdict(&x) == 0);
	CHECK_STR(headline_word(&x), "");
}

static void labels_have_units(void)
{
	CHECK_STR(headline_label("mean_request_latency").text, "mean request latency, ms");
	CHECK_STR(headline_label("sessions").text, "sessions");
	CHECK_STR(headline_label("time_per_session").text, "time per session, tracks");
	CHECK_STR(headline_label("time_per_track").text, "time per track, part of a track");
	CHECK_STR(headline_label("new_metric").text, "new metric");
}

static void the_metric_that_matters_is_told(void)
{
	static const char other[] = "T2";
	struct effect list[] = {
		effect_on("time", 1, 1, 0, 2),
		effect_on("sessions", 1, 1, 0, 2),
		effect_on("time", 1, 1, 0, 2),
		effect_on("odd", 1, 1, 0, 2),
	};

	list[2].treatment = list[3].treatment = other;
	CHECK(headline_effect(list, 4, NULL) == &list[0]);
	CHECK(headline_effect(list, 4, "sessions") == &list[1]);
	CHECK(headline_effect(list, 4, "odd") == &list[0]); /* the other arm's */
	CHECK(headline_effect(list + 2, 2, "odd") == &list[3]);
	CHECK(headline_effect(list + 3, 1, "sessions") == &list[3]);
}

/* Whichever of the two names lies first in memory. */
static void what_is_told_is_of_the_same_arm(void)
{
	static const char names[] = "T1\0T2";
	struct effect list[] = {effect_on("time", 1, 1, 0, 2), effect_on("sessions", 1, 1, 0, 2)};

	for (size_t first = 0; first < 2; first++) {
		list[0].treatment = names + 3 * first;
		list[1].treatment = names + 3 * (1 - first);
		CHECK(headline_effect(list, 2, "sessions") == &list[0]);
	}
}

int main(void)
{
	RUN(significant_effects_are_said_in_words);
	RUN(no_number_contradicts_the_words);
	RUN(what_is_not_significant_is_not_claimed);
	RUN(a_difference_without_percent_is_one);
	RUN(less_may_be_better);
	RUN(what_is_too_large_is_told);
	RUN(a_terminal_is_told_the_same_plainly);
	RUN(of_many_arms_those_that_changed_something_come_first);
	RUN(labels_have_units);
	RUN(the_metric_that_matters_is_told);
	RUN(what_is_told_is_of_the_same_arm);
	return DONE();
}

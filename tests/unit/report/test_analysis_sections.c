#include "report/analysis.h"

#include "stats/srm.h"
#include "study/recommendations.h"
#include "unit/check.h"

static struct errmsg e;

static struct analysis_options plain; /* the defaults */

/* A session of one track of a user in an arm of an experiment. */
static void add_to(struct study *s, const char *experiment, uint32_t user, const char *arm, int64_t timestamp,
		   double time)
{
	struct event_arm one = {slice_of(experiment), slice_of(arm)};
	struct event ev = event_of(EVENT_LAST, user, 0, time);

	ev.timestamp = timestamp;
	ev.arms = &one;
	ev.n_arms = 1;
	CHECK(study_add(s, &ev, &e) == 0);
}

static void add(struct study *s, uint32_t user, const char *arm, int64_t timestamp, double time)
{
	add_to(s, "X", user, arm, timestamp, time);
}

static void begin(struct study *s)
{
	const struct study_keep keep = {.days = true, .sessions = true, .recommendations = true};

	study_init(s, STUDY_STREAM, NULL, 0);
	study_keep(s, &keep);
}

/* The analysis of a study, with one section beside that of srm, or none. */
static const struct section *analyse(struct analysis *a, const struct study *s, const struct analysis_options *o)
{
	CHECK(analysis_run(a, s, o, &e) == 0);
	CHECK(a->n_sections <= 2);
	return &a->sections[a->n_sections - 1];
}

static const struct section_cell *cell(const struct section *s, size_t row, const char *key)
{
	static const struct section_cell none;

	for (size_t i = 0; i < s->n_columns; i++)
		if (strcmp(s->columns[i].key, key) == 0 && row < section_rows(s))
			return &s->cells[row * s->n_columns + i];
	CHECK(!"a cell of that name");
	return &none;
}

/* Every row must be whole, whatever the writer of a section forgot. */
static void check_whole(const struct section *s, size_t rows)
{
	CHECK(!s->failed && s->n == rows * s->n_columns && section_rows(s) == rows);
	for (size_t i = 0; i < s->n; i++)
		CHECK((s->columns[i % s->n_columns].kind <= SECTION_METRIC) == (s->cells[i].text != NULL));
}

static void srm_is_of_the_users_seen_against_the_plan(void)
{
	const uint64_t counts[] = {30, 10};
	const double equal[] = {1, 1};
	struct analysis_options o = plain;
	struct study s;
	struct analysis a;
	const struct section *section;
	struct allocation allocation = {0};

	begin(&s);
	for (uint32_t user = 0; user < 40; user++)
		add(&s, user, user % 4 ? "C" : "T", user, 0.5);
	CHECK(study_end(&s, &e) == 0);
	section = analyse(&a, &s, &o);
	check_whole(section, 2);
	CHECK_STR(cell(section, 0, "arm")->text, "C");
	CHECK(cell(section, 0, "users")->count == 30 && cell(section, 0, "expected")->number == 20);
	CHECK_NEAR(cell(section, 1, "chi2")->number, 10, 1e-15);
	CHECK(cell(section, 1, "df")->number == 1);
	/* scipy.stats.chi2.sf(10, 1) */
	CHECK_NEAR(cell(section, 1, "p")->number, 0.001565402258002549, 1e-12);
	CHECK(section->usual && a.experiments[0].sizes.p == cell(section, 0, "p")->number);
	analysis_clear(&a);
	o.effects.sequential = true;
	analyse(&a, &s, &o);
	CHECK(a.experiments[0].sizes.p == srm_sequential(counts, equal, 2, SRM_CONCENTRATION).p);
	analysis_clear(&a);
	o = plain;
	o.allocation = &allocation;
	CHECK(allocation_parse(&allocation, "--split", "C=3,T=1", &e) == 0);
	analyse(&a, &s, &o);
	CHECK(a.experiments[0].sizes.p == 1);
	analysis_clear(&a);
	allocation_clear(&allocation);
	CHECK(allocation_parse(&allocation, "--split", "C=1", &e) == 0);
	section = analyse(&a, &s, &o);
	CHECK(cell(section, 0, "p")->number == 0 && !section->usual);
	analysis_clear(&a);
	allocation_clear(&allocation);
	study_clear(&s);
}

/* A planned arm that has nobody is part of the test; one of weight 0 is not, however many it has. */
static void srm_is_of_all_arms_that_were_planned(void)
{
	struct analysis_options o = plain;
	struct study s;
	struct analysis a;
	const struct section *section;
	struct allocation allocation = {0};

	o.allocation = &allocation;
	begin(&s);
	for (uint32_t user = 0; user < 400; user++)
		add(&s, user, user % 2 ? "D" : "E", user, 0.5);
	CHECK(study_end(&s, &e) == 0);
	CHECK(allocation_parse(&allocation, "--split", "C=1,D=1,E=1", &e) == 0);
	section = analyse(&a, &s, &o);
	check_whole(section, 3);
	CHECK_STR(cell(section, 2, "arm")->text, "C");
	CHECK(cell(section, 2, "users")->count == 0);
	CHECK_NEAR(cell(section, 2, "expected")->number, 400.0 / 3, 1e-15);
	CHECK_NEAR(cell(section, 0, "chi2")->number, 200, 1e-15);
	/* scipy.stats.chisquare([0, 200, 200]).pvalue */
	CHECK_NEAR(cell(section, 0, "p")->number, 3.7200759760208715e-44, 1e-12);
	CHECK(cell(section, 0, "df")->number == 2 && !section->usual);
	analysis_clear(&a);
	allocation_clear(&allocation);
	CHECK(allocation_parse(&allocation, "--split", "C=0,D=1,E=1", &e) == 0);
	analyse(&a, &s, &o);
	CHECK(a.experiments[0].sizes.p == 1);
	analysis_clear(&a);
	allocation_clear(&allocation);
	CHECK(allocation_parse(&allocation, "--split", "C=1,D=0,E=1", &e) == 0);
	section = analyse(&a, &s, &o);
	check_whole(section, 2);
	CHECK_STR(cell(section, 0, "arm")->text, "E");
	CHECK(cell(section, 0, "expected")->number == 100 && cell(section, 1, "users")->count == 0);
	analysis_clear(&a);
	allocation_clear(&allocation);
	study_clear(&s);
}

static void days_are_in_utc_and_know_what_they_do_not(void)
{
	static const int64_t day = 86400000;
	struct study s;
	struct analysis a;
	const struct section *section;
	struct analysis_options o = plain;

	begin(&s);
	for (uint32_t user = 0; user < 60; user++) {
		add(&s, user, user < 30 ? "C" : "T", day - 1, user < 30 ? 0 : 0.5);
		/* nobody of T on the second day */
		if (user < 30)
			add(&s, user, "C", day, 0.25);
	}
	CHECK(study_end(&s, &e) == 0);
	o.days = true;
	section = analyse(&a, &s, &o);
	check_whole(section, 2);
	CHECK_STR(cell(section, 0, "day")->text, "1970-01-01");
	CHECK_STR(cell(section, 1, "day")->text, "1970-01-02");
	/* of a control of nothing there is no percent */
	CHECK(cell(section, 0, "control_mean")->number == 0 && isnan(cell(section, 0, "effect")->number));
	CHECK(cell(section, 1, "control_mean")->number == 0.25 && isnan(cell(section, 1, "treatment_mean")->number));
	CHECK(isnan(cell(section, 1, "effect")->number) && isnan(cell(section, 1, "lower")->number));
	CHECK(cell(section, 1, "control_users")->count == 30 && cell(section, 1, "treatment_users")->count == 0);
	CHECK_NEAR(cell(section, 1, "cumulative_control_mean")->number, 0.25, 1e-15);
	CHECK_NEAR(cell(section, 1, "cumulative_effect")->number, 100, 1e-12);
	analysis_clear(&a);
	study_clear(&s);
}

/* 30 users of C on both days, of T 30 on the first and 29 on the second. */
static void what_rests_on_few_users_of_a_day_is_left_out(void)
{
	static const int64_t day = 86400000;
	struct study s;
	struct analysis a;
	const struct section *section;
	struct analysis_options o = plain;

	begin(&s);
	for (uint32_t user = 0; user < 60; user++) {
		add(&s, user, user < 30 ? "C" : "T", 1000, 0.01 * (1 + user % 7));
		if (user < 59)
			add(&s, user, user < 30 ? "C" : "T", day, 0.01 * (1 + user % 5));
	}
	CHECK(study_end(&s, &e) == 0);
	o.days = true;
	section = analyse(&a, &s, &o);
	check_whole(section, 2);
	CHECK(cell(section, 0, "control_users")->count == 30 && cell(section, 0, "treatment_users")->count == 30);
	CHECK(isfinite(cell(section, 0, "effect")->number) && isfinite(cell(section, 0, "lower")->number));
	CHECK(cell(section, 1, "control_users")->count == 30 && cell(section, 1, "treatment_users")->count == 29);
	CHECK(isfinite(cell(section, 1, "control_mean")->number) && isnan(cell(section, 1, "treatment_mean")->number));
	CHECK(isnan(cell(section, 1, "effect")->number) && isnan(cell(section, 1, "lower")->number) &&
	      isnan(cell(section, 1, "upper")->number));
	CHECK(isfinite(cell(section, 1, "cumulative_effect")->number) &&
	      isfinite(cell(section, 1, "cumulative_upper")->number));
	analysis_clear(&a);
	study_clear(&s);
}

static void an_experiment_of_one_arm_has_nothing_to_compare(void)
{
	struct study s;
	struct analysis a;
	const struct section *section;
	struct analysis_options o = plain;

	begin(&s);
	add(&s, 1, "C", 1, 0.5);
	CHECK(study_end(&s, &e) == 0);
	section = analyse(&a, &s, &o);
	check_whole(section, 1);
	CHECK(isnan(cell(section, 0, "p")->number) && section->usual);
	analysis_clear(&a);
	o.with_power = true;
	o.mde = 2;
	section = analyse(&a, &s, &o);
	check_whole(section, 0);
	analysis_clear(&a);
	o = plain;
	o.days = true;
	section = analyse(&a, &s, &o);
	check_whole(section, 0);
	analysis_clear(&a);
	o = plain;
	o.n_quantiles = 1;
	o.quantiles[0] = 0.5;
	section = analyse(&a, &s, &o);
	check_whole(section, 1);
	CHECK(cell(section, 0, "value")->number == 0.5 && isnan(cell(section, 0, "difference")->number));
	analysis_clear(&a);
	o = plain;
	o.aa = 5;
	section = analyse(&a, &s, &o);
	check_whole(section, METRICS_ALL_N);
	CHECK(cell(section, 0, "runs")->count == 0);
	CHECK_STR(cell(section, 0, "verdict")->text, "unknown");
	analysis_clear(&a);
	o = plain;
	o.sources = true;
	section = analyse(&a, &s, &o);
	check_whole(section, 0);
	analysis_clear(&a);
	study_clear(&s);
}

static void power_knows_when_no_number_of_users_is_enough(void)
{
	struct study s;
	struct analysis a;
	const struct section *section;
	struct analysis_options o = plain;

	begin(&s);
	for (uint32_t user = 0; user < 20; user++)
		add(&s, user, user % 2 ? "C" : "T", user, user % 2 ? 0 : 0.05 * user);
	CHECK(study_end(&s, &e) == 0);
	o.with_power = true;
	o.mde = 2;
	section = analyse(&a, &s, &o);
	check_whole(section, METRICS_ALL_N);
	/* 2 % of a mean of 0 is no effect; and all have one session */
	CHECK(isnan(cell(section, 0, "mde")->number) && isnan(cell(section, 0, "control_users_needed")->number));
	CHECK_STR(cell(section, 1, "metric")->text, "sessions");
	CHECK(isnan(cell(section, 1, "mde")->number) && isnan(cell(section, 1, "treatment_users_needed")->number));
	analysis_clear(&a);
	study_clear(&s);
}

static void an_audit_finds_the_same_again(void)
{
	struct analysis_options o = plain;
	struct study s;
	struct analysis a, b;
	const struct section *first, *second;

	begin(&s);
	for (uint32_t user = 0; user < 200; user++)
		add(&s, user, user % 2 ? "C" : "T", user, (user * 37 % 100) / 100.0);
	CHECK(study_end(&s, &e) == 0);
	o.aa = 400;
	first = analyse(&a, &s, &o);
	second = analyse(&b, &s, &o);
	check_whole(first, METRICS_ALL_N);
	CHECK(cell(first, 0, "runs")->count == 400 &&
	      cell(first, 0, "alarms")->count == cell(second, 0, "alarms")->count);
	/* scipy.stats.binom.ppf([0.0005, 0.9995], 400, 0.05) */
	CHECK(cell(first, 0, "lower")->count == 7 && cell(first, 0, "upper")->count == 36);
	CHECK_STR(cell(first, 0, "verdict")->text, "as it should");
	analysis_clear(&a);
	analysis_clear(&b);
	study_clear(&s);
}

/* Users 0 .. 119, even ones in C, with a session on each of two days; user 1 listens for all others. */
static void add_two_days(struct study *s)
{
	for (uint32_t user = 0; user < 120; user++) {
		const char *arm = user % 2 ? "T" : "C";

		add(s, user, arm, 1000, user == 1 ? 1 : (user % 8) / 100.0);
		add(s, user, arm, 86400000, (user % 5) / 100.0);
	}
	CHECK(study_end(s, &e) == 0);
}

static void days_are_capped_by_what_all_arms_did_then(void)
{
	struct analysis_options o = plain;
	struct study s;
	struct analysis a;
	const struct section *section;

	o.effects.samples.cap = 0.5;
	begin(&s);
	add_two_days(&s);
	o.days = true;
	section = analyse(&a, &s, &o);
	check_whole(section, 2);
	/* numpy.quantile(all times, 0.5) is .04 and .02 on the days and .06 of both; then numpy.minimum, and means */
	CHECK_NEAR(cell(section, 0, "control_mean")->number, 0.025, 1e-14);
	CHECK_NEAR(cell(section, 0, "treatment_mean")->number, 0.0305, 1e-14);
	CHECK_NEAR(cell(section, 1, "control_mean")->number, 0.014, 1e-14);
	CHECK_NEAR(cell(section, 1, "treatment_mean")->number, 0.014, 1e-14);
	CHECK_NEAR(cell(section, 1, "cumulative_control_mean")->number, 0.0435, 1e-14);
	CHECK_NEAR(cell(section, 1, "cumulative_treatment_mean")->number, 0.149 / 3, 1e-14);
	analysis_clear(&a);
	study_clear(&s);
}

static void days_tell_of_ratios_too(void)
{
	struct analysis_options o = plain;
	struct study s;
	struct analysis a;
	const struct section *section;

	o.effects.fieller = true;
	o.effects.samples.cap = 0.5;
	begin(&s);
	add_two_days(&s);
	o.days = true;
	o.effects.primary = "time_per_session";
	section = analyse(&a, &s, &o);
	check_whole(section, 2);
	CHECK_STR(cell(section, 0, "metric")->text, "time_per_session");
	/* of the two sessions of each user, and never capped */
	CHECK_NEAR(cell(section, 1, "cumulative_treatment_mean")->number, 0.03825, 1e-14);
	CHECK(isfinite(cell(section, 1, "cumulative_lower")->number));
	analysis_clear(&a);
	/* nobody had a latency */
	o.days = true;
	o.effects.primary = "mean_request_latency";
	section = analyse(&a, &s, &o);
	check_whole(section, 2);
	CHECK(isnan(cell(section, 0, "control_mean")->number) && isnan(cell(section, 0, "cumulative_lower")->number));
	analysis_clear(&a);
	study_clear(&s);
}

static void an_audit_is_of_what_is_asked_for(void)
{
	static const struct {
		double cap;
		bool sequential;
		const char *mean, *ratio;
	} cases[] = {
		{0, false, "mean", "ratio"},
		{0, true, "sequential", "sequential"},
		{0.9, false, "mean, capped", "ratio"},
		{0.9, true, "sequential, capped", "sequential"},
	};
	struct study s;

	begin(&s);
	/* user 0 of C outweighs all others */
	for (uint32_t user = 0; user < 200; user++)
		add(&s, user, user % 2 ? "C" : "T", user, user == 1 ? 1000 : (user * 37 % 100) / 100.0);
	CHECK(study_end(&s, &e) == 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct analysis_options o = plain;
		struct analysis a;
		const struct section *section;

		o.effects.sequential = cases[i].sequential;
		o.effects.tune = 10;
		o.effects.samples.cap = cases[i].cap;
		o.aa = 400;
		section = analyse(&a, &s, &o);
		check_whole(section, METRICS_ALL_N);
		CHECK_STR(cell(section, 0, "method")->text, cases[i].mean);
		CHECK_STR(cell(section, METRICS_N, "method")->text, cases[i].ratio);
		if (!cases[i].sequential)
			CHECK_STR(cell(section, 0, "verdict")->text, cases[i].cap > 0 ? "as it should" : "too few");
		analysis_clear(&a);
	}
	study_clear(&s);
}

static void an_unknown_control_is_told(void)
{
	struct analysis_options o = plain;
	struct study s;
	struct analysis a;

	o.effects.control = "Z";
	begin(&s);
	add(&s, 1, "C", 1, 0.5);
	/* also where the next experiment has such an arm */
	add_to(&s, "Y", 2, "Z", 2, 0.5);
	CHECK(study_end(&s, &e) == 0);
	CHECK(analysis_run(&a, &s, &o, &e) < 0);
	CHECK_STR(e.text, "experiment 'X': no arm 'Z': there are C");
	analysis_clear(&a);
	study_clear(&s);
}

/* What was not asked for has no numbers. */
static void unwanted_experiments_are_not_reported(void)
{
	char name[] = "Y", *wanted[] = {name};
	struct study s;
	struct analysis a;

	study_init(&s, STUDY_STREAM, wanted, 1);
	add_to(&s, "X", 1, "C", 1, 0.5);
	add_to(&s, "Y", 1, "C", 2, 0.5);
	CHECK(study_end(&s, &e) == 0);
	analyse(&a, &s, &plain);
	CHECK(a.n == 1 && a.experiments[0].number == 1);
	CHECK_STR(a.experiments[0].name, "Y");
	analysis_clear(&a);
	study_clear(&s);
}

int main(void)
{
	plain = analysis_defaults();
	RUN(srm_is_of_the_users_seen_against_the_plan);
	RUN(srm_is_of_all_arms_that_were_planned);
	RUN(days_are_in_utc_and_know_what_they_do_not);
	RUN(what_rests_on_few_users_of_a_day_is_left_out);
	RUN(an_experiment_of_one_arm_has_nothing_to_compare);
	RUN(power_knows_when_no_number_of_users_is_enough);
	RUN(an_audit_finds_the_same_again);
	RUN(days_are_capped_by_what_all_arms_did_then);
	RUN(days_tell_of_ratios_too);
	RUN(an_audit_is_of_what_is_asked_for);
	RUN(an_unknown_control_is_told);
	RUN(unwanted_experiments_are_not_reported);
	return DONE();
}

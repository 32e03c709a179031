#include "sections.h"

#include "answers.h"
#include "check.h"
#include "srm.h"

static struct errmsg e;

static const struct effects_options plain = {.alpha = 0.05};

/* A session of one track of a user in an arm of X. */
static void add(struct study *s, uint32_t user, const char *arm, int64_t timestamp, double time)
{
	struct event_arm one = {slice_of("X"), slice_of(arm)};
	struct event ev = event_of(EVENT_LAST, user, 0, time);

	ev.timestamp = timestamp;
	ev.arms = &one;
	ev.n_arms = 1;
	CHECK(study_add(s, &ev, &e) == 0);
}

static void begin(struct study *s)
{
	const struct study_keep keep = {.days = true, .sessions = true, .answers = true};

	study_init(s, STUDY_STREAM, NULL, 0);
	study_keep(s, &keep);
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
	struct effects_options sequential = plain;
	struct study s;
	struct section section;
	struct split split = {0};
	struct sections_subject subject = {.study = &s, .options = &plain};

	begin(&s);
	for (uint32_t user = 0; user < 40; user++)
		add(&s, user, user % 4 ? "C" : "T", user, 0.5);
	CHECK(study_end(&s, &e) == 0);
	CHECK(sections_srm(&section, &subject, &e) == 0);
	check_whole(&section, 2);
	CHECK_STR(cell(&section, 0, "arm")->text, "C");
	CHECK(cell(&section, 0, "users")->count == 30 && cell(&section, 0, "expected")->number == 20);
	CHECK_NEAR(cell(&section, 1, "chi2")->number, 10, 1e-15);
	CHECK(cell(&section, 1, "df")->number == 1);
	/* scipy.stats.chi2.sf(10, 1) */
	CHECK_NEAR(cell(&section, 1, "p")->number, 0.001565402258002549, 1e-12);
	CHECK(section.usual && sections_srm_p(&subject, 0) == cell(&section, 0, "p")->number);
	section_clear(&section);
	sequential.sequential = true;
	subject.options = &sequential;
	CHECK(sections_srm_p(&subject, 0) == srm_sequential(counts, equal, 2, SRM_CONCENTRATION).p);
	subject.options = &plain;
	CHECK(split_parse(&split, "--split", "C=3,T=1", &e) == 0);
	subject.split = &split;
	CHECK(sections_srm_p(&subject, 0) == 1);
	split_clear(&split);
	CHECK(split_parse(&split, "--split", "C=1", &e) == 0);
	CHECK(sections_srm(&section, &subject, &e) == 0);
	CHECK(cell(&section, 0, "p")->number == 0 && !section.usual);
	section_clear(&section);
	split_clear(&split);
	study_clear(&s);
}

static void days_are_in_utc_and_know_what_they_do_not(void)
{
	static const int64_t day = 86400000;
	struct study s;
	struct section section;
	const struct sections_subject subject = {.study = &s, .options = &plain};

	begin(&s);
	for (uint32_t user = 0; user < 6; user++) {
		add(&s, user, user < 3 ? "C" : "T", day - 1, user < 3 ? 0 : 0.5);
		/* nobody of T on the second day, one of C */
		if (user == 0)
			add(&s, user, "C", day, 0.25);
	}
	CHECK(study_end(&s, &e) == 0);
	CHECK(sections_days(&section, &subject, 0, &e) == 0);
	check_whole(&section, 2);
	CHECK_STR(cell(&section, 0, "day")->text, "1970-01-01");
	CHECK_STR(cell(&section, 1, "day")->text, "1970-01-02");
	/* of a control of nothing there is no percent */
	CHECK(cell(&section, 0, "control_mean")->number == 0 && isnan(cell(&section, 0, "effect")->number));
	CHECK(cell(&section, 1, "control_mean")->number == 0.25 && isnan(cell(&section, 1, "treatment_mean")->number));
	CHECK(isnan(cell(&section, 1, "effect")->number) && isnan(cell(&section, 1, "lower")->number));
	CHECK_NEAR(cell(&section, 1, "cumulative_control_mean")->number, 0.25 / 3, 1e-15);
	CHECK_NEAR(cell(&section, 1, "cumulative_effect")->number, 500, 1e-12);
	section_clear(&section);
	study_clear(&s);
}

static void an_experiment_of_one_arm_has_nothing_to_compare(void)
{
	const double median = 0.5;
	struct study s;
	struct section section;
	const struct sections_subject subject = {.study = &s, .options = &plain};

	begin(&s);
	add(&s, 1, "C", 1, 0.5);
	CHECK(study_end(&s, &e) == 0);
	CHECK(sections_srm(&section, &subject, &e) == 0);
	check_whole(&section, 1);
	CHECK(isnan(cell(&section, 0, "p")->number) && section.usual);
	section_clear(&section);
	CHECK(sections_power(&section, &subject, 0.8, 2, &e) == 0);
	check_whole(&section, 0);
	section_clear(&section);
	CHECK(sections_days(&section, &subject, 0, &e) == 0);
	check_whole(&section, 0);
	section_clear(&section);
	CHECK(sections_quantiles(&section, &subject, &median, 1, &e) == 0);
	check_whole(&section, 1);
	CHECK(cell(&section, 0, "value")->number == 0.5 && isnan(cell(&section, 0, "difference")->number));
	section_clear(&section);
	CHECK(sections_aa(&section, &subject, 5, &e) == 0);
	check_whole(&section, SAMPLES_N);
	CHECK(cell(&section, 0, "runs")->count == 0);
	CHECK_STR(cell(&section, 0, "verdict")->text, "unknown");
	section_clear(&section);
	CHECK(sections_sources(&section, &subject, &e) == 0);
	check_whole(&section, 0);
	section_clear(&section);
	study_clear(&s);
}

static void power_knows_when_no_number_of_users_is_enough(void)
{
	struct study s;
	struct section section;
	const struct sections_subject subject = {.study = &s, .options = &plain};

	begin(&s);
	for (uint32_t user = 0; user < 20; user++)
		add(&s, user, user % 2 ? "C" : "T", user, user % 2 ? 0 : 0.05 * user);
	CHECK(study_end(&s, &e) == 0);
	CHECK(sections_power(&section, &subject, 0.8, 2, &e) == 0);
	check_whole(&section, SAMPLES_N);
	/* 2 % of a mean of 0 is no effect; and all have one session */
	CHECK(isnan(cell(&section, 0, "mde")->number) && isnan(cell(&section, 0, "control_users_needed")->number));
	CHECK_STR(cell(&section, 1, "metric")->text, "sessions");
	CHECK(isnan(cell(&section, 1, "mde")->number) && isnan(cell(&section, 1, "treatment_users_needed")->number));
	section_clear(&section);
	study_clear(&s);
}

static void an_audit_finds_the_same_again(void)
{
	struct study s;
	struct section first, second;
	const struct sections_subject subject = {.study = &s, .options = &plain};

	begin(&s);
	for (uint32_t user = 0; user < 200; user++)
		add(&s, user, user % 2 ? "C" : "T", user, (user * 37 % 100) / 100.0);
	CHECK(study_end(&s, &e) == 0);
	CHECK(sections_aa(&first, &subject, 400, &e) == 0 && sections_aa(&second, &subject, 400, &e) == 0);
	check_whole(&first, SAMPLES_N);
	CHECK(cell(&first, 0, "runs")->count == 400 && cell(&first, 0, "alarms")->count == cell(&second, 0, "alarms")->count);
	/* scipy.stats.binom.ppf([0.0005, 0.9995], 400, 0.05) */
	CHECK(cell(&first, 0, "lower")->count == 7 && cell(&first, 0, "upper")->count == 36);
	CHECK_STR(cell(&first, 0, "verdict")->text, "as it should");
	section_clear(&first);
	section_clear(&second);
	study_clear(&s);
}

static void an_unknown_control_fails_everywhere(void)
{
	const struct effects_options other = {.alpha = 0.05, .control = "Z"};
	const double median = 0.5;
	struct study s;
	struct section section;
	const struct sections_subject subject = {.study = &s, .options = &other};

	begin(&s);
	add(&s, 1, "C", 1, 0.5);
	CHECK(study_end(&s, &e) == 0);
	CHECK(sections_srm(&section, &subject, &e) < 0);
	section_clear(&section);
	CHECK(sections_power(&section, &subject, 0.8, 2, &e) < 0);
	section_clear(&section);
	CHECK(sections_quantiles(&section, &subject, &median, 1, &e) < 0);
	section_clear(&section);
	CHECK(sections_days(&section, &subject, 0, &e) < 0);
	section_clear(&section);
	CHECK(sections_sources(&section, &subject, &e) < 0);
	section_clear(&section);
	CHECK(sections_aa(&section, &subject, 5, &e) < 0);
	section_clear(&section);
	CHECK(isnan(sections_srm_p(&subject, 0)));
	study_clear(&s);
}

int main(void)
{
	RUN(srm_is_of_the_users_seen_against_the_plan);
	RUN(days_are_in_utc_and_know_what_they_do_not);
	RUN(an_experiment_of_one_arm_has_nothing_to_compare);
	RUN(power_knows_when_no_number_of_users_is_enough);
	RUN(an_audit_finds_the_same_again);
	RUN(an_unknown_control_fails_everywhere);
	return DONE();
}

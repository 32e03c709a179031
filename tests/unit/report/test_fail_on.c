#include "report/fail_on.h"

#include "unit/check.h"

static struct errmsg e;

static void names_are_checked(void)
{
	static const char *const good[] = {"srm", "health", "srm,health", "malformed_lines",
					   "health,users_in_two_arms,srm"};
	static const char *const bad[] = {
		"", ",", "srm,,health", "SRM", "srm ", "healthy", "events",
		"a_name_that_is_so_much_longer_than_any_that_there_will_ever_be_for_a_finding_of_this_kind",
	};

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		CHECK(fail_on_check(good[i], &e) == 0);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK(fail_on_check(bad[i], &e) == -1);
		CHECK(strncmp(e.text, "--fail-on knows srm, health, malformed_lines, ", 46) == 0);
	}
	CHECK(fail_on_check("srm,nonsense", &e) == -1 && strstr(e.text, "; not 'nonsense'") != NULL);
}

/* n users in each arm of X; user 0 is in both. */
static void fill(struct study *s, uint32_t controls, uint32_t treatments)
{
	study_init(s, STUDY_STREAM, NULL, 0);
	for (uint32_t i = 0; i <= controls + treatments + 1; i++) {
		uint32_t user = i > 0 ? i - 1 : 0; /* 0 twice: first in C, then in T */
		struct event_arm one = {slice_of("X"), slice_of(i > 0 && user <= treatments ? "T" : "C")};
		struct event ev = event_of(EVENT_LAST, user, 0, 0.5);

		ev.timestamp = 10 * i;
		ev.arms = &one;
		ev.n_arms = 1;
		CHECK(study_add(s, &ev, &e) == 0);
	}
	CHECK(study_end(s, &e) == 0);
}

/* What is found in a study with this plan. */
static int find(const char *names, const struct study *s, const struct allocation *planned)
{
	struct analysis_options options = analysis_defaults();
	struct analysis a;
	int found;

	options.allocation = planned;
	CHECK(analysis_run(&a, s, &options, &e) == 0);
	found = fail_on_find(names, &a, &e);
	analysis_clear(&a);
	return found;
}

static void what_is_found_is_said(void)
{
	struct study s;

	fill(&s, 50, 50);
	CHECK(find("srm", &s, NULL) == 0);
	CHECK(find("srm,health,malformed_lines", &s, NULL) == 0);
	CHECK(find("srm,users_in_two_arms", &s, NULL) == 1);
	CHECK_STR(e.text, "users_in_two_arms: experiment X: 1 user seen in more than one arm: left out.");
	study_clear(&s);
	fill(&s, 150, 50);
	CHECK(find("users_in_two_arms,srm", &s, NULL) == 1 && strncmp(e.text, "users_in", 8) == 0);
	/* (150 - 100)^2 / 100 twice is 50 */
	CHECK(find("srm", &s, NULL) == 1);
	CHECK_STR(e.text, "srm: users of experiment X are not split as planned (p = 2e-12)");
	study_clear(&s);
}

static void a_planned_split_is_no_mismatch(void)
{
	struct allocation allocation = {0};
	struct study s;

	CHECK(allocation_parse(&allocation, "--split", "C=3,T=1", &e) == 0);
	fill(&s, 150, 50);
	CHECK(find("srm,health", &s, &allocation) == 0);
	allocation_clear(&allocation);
	CHECK(allocation_parse(&allocation, "--split", "C=3,T=1,T2=1", &e) == 0);
	/* an arm that has nobody is not as large as planned */
	CHECK(find("srm", &s, &allocation) == 1);
	CHECK(find("health", &s, &allocation) == 1 && strncmp(e.text, "missing_arms: ", 14) == 0);
	allocation_clear(&allocation);
	CHECK(allocation_parse(&allocation, "--split", "C=3,T=1,T2=0", &e) == 0);
	CHECK(find("srm,health", &s, &allocation) == 0);
	allocation_clear(&allocation);
	study_clear(&s);
}

int main(void)
{
	RUN(names_are_checked);
	RUN(what_is_found_is_said);
	RUN(a_planned_split_is_no_mismatch);
	return DONE();
}

#include "study/allocation.h"

#include "unit/fixture.h"

static struct errmsg e;

static void weights_are_those_given(void)
{
	struct allocation s;

	CHECK(allocation_parse(&s, "--split", "C=2,T1=1.5,two words=0.25", &e) == 0);
	CHECK(s.arms.n == 3 && s.weights[0] == 2);
	CHECK(allocation_weight(&s, slice_of("C")) == 2 && allocation_weight(&s, slice_of("T1")) == 1.5);
	CHECK(allocation_weight(&s, slice_of("two words")) == 0.25 && allocation_weight(&s, slice_of("T2")) == 0);
	allocation_clear(&s);
}

/* Names are anything in JSON, which is the form of the weights in a file of experiments. */
static void weights_may_be_json(void)
{
	struct allocation s;

	CHECK(allocation_parse(&s, "--split", " {\"a,b\":2,\"x=y\":1.5,\"\":0,\"\\u00fc\\\"\":1e-3}", &e) == 0);
	CHECK(s.arms.n == 4 && s.weights[0] == 2);
	CHECK(allocation_weight(&s, slice_of("a,b")) == 2 && allocation_weight(&s, slice_of("x=y")) == 1.5);
	CHECK(allocation_weight(&s, slice_of("ü\"")) == 1e-3 && allocation_weight(&s, slice_of("")) == 0);
	CHECK(allocation_leaves_out(&s, slice_of("")) && !allocation_leaves_out(&s, slice_of("x=y")));
	allocation_clear(&s);
}

/* An arm of weight 0 is neither missing nor unplanned: it is no part of what is checked. */
static void weight_0_leaves_an_arm_out(void)
{
	struct intern arms = {0};
	struct errmsg names;
	struct allocation s, none = {0};

	CHECK(allocation_parse(&s, "--split", "C=1,T1=0,T2=0.0,T3=1", &e) == 0);
	CHECK(allocation_leaves_out(&s, slice_of("T1")) && allocation_leaves_out(&s, slice_of("T2")));
	CHECK(!allocation_leaves_out(&s, slice_of("C")) && !allocation_leaves_out(&s, slice_of("X")) &&
	      !allocation_leaves_out(&none, slice_of("C")));
	for (size_t i = 0; i < 3; i++)
		CHECK(intern_add(&arms, slice_of((const char *[]){"C", "T1", "X"}[i]), 0) == i);
	CHECK(allocation_missing(&s, &arms, &names) == 1);
	CHECK_STR(names.text, "T3");
	CHECK(allocation_unplanned(&s, &arms, &names) == 1);
	CHECK_STR(names.text, "X");
	allocation_clear(&s);
	intern_clear(&arms);
}

static void without_a_split_all_are_equal(void)
{
	struct allocation s = {0};
	struct intern arms = {0};
	struct errmsg names;

	CHECK(intern_add(&arms, slice_of("C"), 0) == 0);
	CHECK(allocation_weight(&s, slice_of("C")) == 1 && allocation_weight(&s, slice_of("T")) == 1);
	CHECK(allocation_missing(&s, &arms, &names) == 0 && allocation_unplanned(&s, &arms, &names) == 0);
	CHECK_STR(names.text, "");
	intern_clear(&arms);
}

static void arms_that_do_not_match_are_named(void)
{
	struct intern arms = {0};
	struct errmsg names;
	struct allocation s;

	for (size_t i = 0; i < 3; i++)
		CHECK(intern_add(&arms, slice_of((const char *[]){"C", "X", "Y"}[i]), 0) == i);
	CHECK(allocation_parse(&s, "--split", "T2=1,C=1,T1=1", &e) == 0);
	CHECK(allocation_missing(&s, &arms, &names) == 2);
	CHECK_STR(names.text, "T2, T1");
	CHECK(allocation_unplanned(&s, &arms, &names) == 2);
	CHECK_STR(names.text, "X, Y");
	CHECK(intern_add(&arms, slice_of(""), 0) == 3 && allocation_unplanned(&s, &arms, &names) == 3);
	CHECK_STR(names.text, "(no name), X, Y");
	allocation_clear(&s);
	intern_clear(&arms);
}

static void mistakes_are_told(void)
{
	static const struct {
		const char *text, *reason;
	} cases[] = {
		{"", "--split takes weights as C=2,T1=1, not ''"},
		{"C", "--split takes weights as C=2,T1=1, not 'C'"},
		{"C=1,", "--split takes weights as C=2,T1=1, not ''"},
		{"=1", "--split takes weights as C=2,T1=1, not '=1'"},
		{"C=", "--split: the weight of arm 'C' must be a number, 0 or above, not ''"},
		{"C=-1", "--split: the weight of arm 'C' must be a number, 0 or above, not '-1'"},
		{"C=nan", "--split: the weight of arm 'C' must be a number, 0 or above, not 'nan'"},
		{"C=1=2", "--split: the weight of arm 'C' must be a number, 0 or above, not '1=2'"},
		{"C=1,T=1,C=2", "--split: arm 'C' has two weights"},
		{"C=0", "--split: no arm has a weight above 0"},
		{"C=0,T=0", "--split: no arm has a weight above 0"},
		{"{}", "--split: no arm has a weight above 0"},
		{"{\"C\":0}", "--split: no arm has a weight above 0"},
		{"{\"C\":1,\"T\":\"1\"}", "--split: the weight of arm 'T' must be a number, 0 or above, not '\"1\"'"},
		{"{\"C\":1,\"T\":-0.5}", "--split: the weight of arm 'T' must be a number, 0 or above, not '-0.5'"},
		{"{\"C\":1e300}", "--split: the weight of arm 'C' must be a number, 0 or above, not '1e300'"},
		{"{\"C\":1,\"C\":2}",
		 "--split is not an object of weights, as {\"C\":2,\"T1\":1}: duplicate object key near '\"C\"'"},
		{"{C=1}",
		 "--split is not an object of weights, as {\"C\":2,\"T1\":1}: string or '}' expected near 'C'"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct allocation s;

		CHECK(allocation_parse(&s, "--split", cases[i].text, &e) < 0);
		CHECK_STR(e.text, cases[i].reason);
		allocation_clear(&s);
	}
}

/* Each experiment of a file of experiments has a split of its own. */
static void a_plan_has_a_split_for_each_experiment(void)
{
	static const char text[] =
		"{\"experiments\":[{\"name\":\"AA\",\"arms\":[\"C\",\"T1\"]},"
		"{\"name\":\"F\",\"arms\":{\"C\":\"random\",\"T1\":\"no policy at all\",\"D\":\"\"},"
		"\"weights\":{\"C\":9,\"T1\":1,\"D\":0}}]}";
	struct allocation s;
	const struct allocation *aa, *f, *other;

	CHECK(allocation_load(&s, fixture_file("file", text), &e) == 0);
	aa = allocation_of(&s, slice_of("AA"));
	f = allocation_of(&s, slice_of("F"));
	other = allocation_of(&s, slice_of("X"));
	CHECK(allocation_has(&s, slice_of("AA")) && allocation_has(&s, slice_of("F")) &&
	      !allocation_has(&s, slice_of("X")));
	CHECK(aa->arms.n == 2 && allocation_weight(aa, slice_of("T1")) == 1 &&
	      allocation_weight(aa, slice_of("T2")) == 0);
	CHECK(f->arms.n == 3 && allocation_weight(f, slice_of("C")) == 9 && allocation_weight(f, slice_of("T1")) == 1);
	CHECK(allocation_leaves_out(f, slice_of("D")));
	/* of an experiment that is not in it, arms are equal */
	CHECK(other->arms.n == 0 && allocation_weight(other, slice_of("T2")) == 1);
	allocation_clear(&s);
	allocation_clear(&s);
}

static void a_split_of_weights_is_that_of_all_experiments(void)
{
	struct allocation s;

	CHECK(allocation_parse(&s, "--split", "C=2,T1=1", &e) == 0);
	CHECK(allocation_of(&s, slice_of("X")) == &s && allocation_has(&s, slice_of("X")));
	CHECK(allocation_of(NULL, slice_of("X")) == NULL);
	allocation_clear(&s);
}

static void a_path_is_not_weights(void)
{
	CHECK(allocation_is_path("plan.json") && allocation_is_path("./C"));
	CHECK(!allocation_is_path("C=1") && !allocation_is_path(" {\"C\":1}") && !allocation_is_path(""));
}

static void a_bad_plan_is_named(void)
{
	struct allocation s;

	fixture_file("file", "{\"experiments\":[{\"name\":\"A\",\"arms\":[\"C\"],\"weight\":[1]}]}");
	CHECK(allocation_load(&s, "file", &e) == -1);
	CHECK_STR(e.text, "file: experiment 'A': unknown key \"weight\"; did you mean \"weights\"?");
	allocation_clear(&s);
	CHECK(allocation_load(&s, "absent", &e) == -1);
	CHECK_STR(e.text, "absent: No such file or directory");
	allocation_clear(&s);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(weights_are_those_given);
	RUN(weights_may_be_json);
	RUN(weight_0_leaves_an_arm_out);
	RUN(without_a_split_all_are_equal);
	RUN(arms_that_do_not_match_are_named);
	RUN(mistakes_are_told);
	RUN(a_plan_has_a_split_for_each_experiment);
	RUN(a_split_of_weights_is_that_of_all_experiments);
	RUN(a_path_is_not_weights);
	RUN(a_bad_plan_is_named);
	fixture_leave(directory);
	return DONE();
}

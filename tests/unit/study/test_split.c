#include "study/split.h"

#include "unit/check.h"

static struct errmsg e;

static void weights_are_those_given(void)
{
	struct split s;

	CHECK(split_parse(&s, "--split", "C=2,T1=1.5,two words=0.25", &e) == 0);
	CHECK(s.arms.n == 3 && s.weights[0] == 2);
	CHECK(split_weight(&s, slice_of("C")) == 2 && split_weight(&s, slice_of("T1")) == 1.5);
	CHECK(split_weight(&s, slice_of("two words")) == 0.25 && split_weight(&s, slice_of("T2")) == 0);
	split_clear(&s);
}

static void without_a_split_all_are_equal(void)
{
	struct split s = {0};
	struct symbols arms = {0};
	struct errmsg names;

	CHECK(symbols_intern(&arms, slice_of("C"), 0) == 0);
	CHECK(split_weight(&s, slice_of("C")) == 1 && split_weight(&s, slice_of("T")) == 1);
	CHECK(split_missing(&s, &arms, &names) == 0 && split_unplanned(&s, &arms, &names) == 0);
	CHECK_STR(names.text, "");
	symbols_clear(&arms);
}

static void arms_that_do_not_match_are_named(void)
{
	struct symbols arms = {0};
	struct errmsg names;
	struct split s;

	for (size_t i = 0; i < 3; i++)
		CHECK(symbols_intern(&arms, slice_of((const char *[]){"C", "X", "Y"}[i]), 0) == i);
	CHECK(split_parse(&s, "--split", "T2=1,C=1,T1=1", &e) == 0);
	CHECK(split_missing(&s, &arms, &names) == 2);
	CHECK_STR(names.text, "T2, T1");
	CHECK(split_unplanned(&s, &arms, &names) == 2);
	CHECK_STR(names.text, "X, Y");
	CHECK(symbols_intern(&arms, slice_of(""), 0) == 3 && split_unplanned(&s, &arms, &names) == 3);
	CHECK_STR(names.text, "(no name), X, Y");
	split_clear(&s);
	symbols_clear(&arms);
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
		{"C=", "--split: the weight of arm 'C' is to be a number above 0, not ''"},
		{"C=0", "--split: the weight of arm 'C' is to be a number above 0, not '0'"},
		{"C=-1", "--split: the weight of arm 'C' is to be a number above 0, not '-1'"},
		{"C=nan", "--split: the weight of arm 'C' is to be a number above 0, not 'nan'"},
		{"C=1=2", "--split: the weight of arm 'C' is to be a number above 0, not '1=2'"},
		{"C=1,T=1,C=2", "--split: arm 'C' has two weights"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct split s;

		CHECK(split_parse(&s, "--split", cases[i].text, &e) < 0);
		CHECK_STR(e.text, cases[i].reason);
		split_clear(&s);
	}
}

int main(void)
{
	RUN(weights_are_those_given);
	RUN(without_a_split_all_are_equal);
	RUN(arms_that_do_not_match_are_named);
	RUN(mistakes_are_told);
	return DONE();
}

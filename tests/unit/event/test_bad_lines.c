#include "event/bad_lines.h"

#include "unit/check.h"

static void a_number_or_a_share_is_read(void)
{
	struct bad_lines b = {7, 7};
	struct errmsg e;

	CHECK(bad_lines_parse(&b, "--bad-lines", "3", &e) == 0 && b.lines == 3 && b.percent == 0);
	CHECK(bad_lines_parse(&b, "--bad-lines", "0.5%", &e) == 0 && b.lines == 0 && b.percent == 0.5);
	CHECK(bad_lines_parse(&b, "--bad-lines", "100%", &e) == 0 && b.percent == 100);
	CHECK(bad_lines_parse(&b, "--bad-lines", "0", &e) == 0 && b.lines == 0 && b.percent == 0);
}

static void what_is_neither_is_refused(void)
{
	static const char *const wrong[] = {"", "%", "-1", "1.5", "101%", "-1%", "nan%", "3%%", "3 %x", "many",
					    "99999999999999999999", "0.0000000000000000000000000000000000000001%"};
	struct bad_lines b;
	struct errmsg e, want;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		errmsg_set(&want, "--bad-lines takes a number of lines or a share of them, as 7 or 0.1%%, not '%s'",
			   wrong[i]);
		CHECK(bad_lines_parse(&b, "--bad-lines", wrong[i], &e) == -1);
		CHECK_STR(e.text, want.text);
	}
}

static bool allows(const char *text, uint64_t events, uint64_t bad, uint64_t unread)
{
	struct bad_lines b;
	struct errmsg e;

	return bad_lines_parse(&b, "", text, &e) == 0 && bad_lines_allow(&b, &(struct log_count){events, bad, unread});
}

static void as_many_as_that_are_allowed(void)
{
	CHECK(allows("0", 5, 0, 0) && !allows("0", 5, 1, 0));
	CHECK(allows("2", 5, 2, 0) && !allows("2", 5, 3, 0));
	CHECK(allows("1%", 99, 1, 0) && !allows("1%", 98, 1, 0) && !allows("1%", 197, 2, 0) && allows("1%", 198, 2, 0));
	CHECK(allows("100%", 1, 50, 0));
	/* shares that have no exact double */
	for (uint64_t percents = 1; percents < 10000; percents++) {
		char text[16];

		sprintf(text, "%d.%02d%%", (int)(percents / 100), (int)(percents % 100));
		CHECK(allows(text, 10000 - percents, percents, 0));
		CHECK(!allows(text, 10000 - percents - 1, percents + 1, 0) || percents == 9999);
	}
}

static void a_file_that_was_not_read_is_never_allowed(void)
{
	CHECK(!allows("9", 5, 0, 1) && !allows("100%", 5, 1, 1));
}

static void a_log_has_to_have_an_event(void)
{
	CHECK(allows("9", 0, 0, 0) && !allows("9", 0, 1, 0) && !allows("100%", 0, 1, 0));
}

int main(void)
{
	RUN(a_number_or_a_share_is_read);
	RUN(what_is_neither_is_refused);
	RUN(as_many_as_that_are_allowed);
	RUN(a_file_that_was_not_read_is_never_allowed);
	RUN(a_log_has_to_have_an_event);
	return DONE();
}

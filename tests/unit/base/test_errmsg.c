#include "base/errmsg.h"

#include "unit/check.h"

static void setting_and_prefixing_return_minus_one(void)
{
	struct errmsg e;

	CHECK(errmsg_set(&e, "%s: %d", "reason", 7) == -1);
	CHECK_STR(e.text, "reason: 7");
	CHECK(errmsg_prefix(&e, "%s:%lu", "file", 3ul) == -1);
	CHECK_STR(e.text, "file:3: reason: 7");
	CHECK(errmsg_append(&e, " and %d", 8) == -1);
	CHECK_STR(e.text, "file:3: reason: 7 and 8");
	CHECK(errmsg_nomem(&e) == -1);
	CHECK_STR(e.text, "out of memory");
}

static void lack_of_memory_is_told_from_other_reasons(void)
{
	struct errmsg e;

	errmsg_nomem(&e);
	CHECK(e.no_memory);
	errmsg_prefix(&e, "file");
	CHECK(e.no_memory);
	CHECK_STR(e.text, "file: out of memory");
	errmsg_append(&e, "!");
	CHECK(e.no_memory);
	CHECK_STR(e.text, "file: out of memory!");
	errmsg_set(&e, "out of memory");
	CHECK(!e.no_memory);
	errmsg_prefix(&e, "file");
	CHECK(!e.no_memory);
}

static void the_old_text_may_be_an_argument(void)
{
	struct errmsg e;

	errmsg_set(&e, "inner");
	errmsg_set(&e, "outer (%s)", e.text);
	CHECK_STR(e.text, "outer (inner)");
}

static void a_text_too_long_is_cut(void)
{
	char longest[1000];
	struct errmsg e;

	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = 0;
	errmsg_set(&e, "%s", longest);
	CHECK(strlen(e.text) == sizeof e.text - 1);
	errmsg_prefix(&e, "file");
	CHECK(strlen(e.text) == sizeof e.text - 1);
	CHECK(strncmp(e.text, "file: xxx", 9) == 0);
	errmsg_prefix(&e, "%s", longest);
	CHECK(strlen(e.text) == sizeof e.text - 1);
	errmsg_set(&e, "short");
	errmsg_append(&e, "%s", longest);
	CHECK(strlen(e.text) == sizeof e.text - 1);
}

/* A reason may become a string in an answer, which has to be UTF-8 to its end. */
static void a_character_is_not_cut_in_two(void)
{
	static const char *const characters[] = {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x8e\xb5"};
	struct errmsg e;

	for (size_t c = 0; c < 3; c++)
		for (size_t before = sizeof e.text - 6; before < sizeof e.text; before++) {
			char text[sizeof e.text + 16];
			size_t size = strlen(characters[c]);

			memset(text, 'x', before);
			strcpy(text + before, characters[c]);
			errmsg_set(&e, "%s", text);
			CHECK(strlen(e.text) == (before + size < sizeof e.text ? before + size : before));
			*e.text = '\0';
			errmsg_append(&e, "%s", text);
			CHECK(strlen(e.text) == (before + size < sizeof e.text ? before + size : before));
		}
}

int main(void)
{
	RUN(setting_and_prefixing_return_minus_one);
	RUN(lack_of_memory_is_told_from_other_reasons);
	RUN(the_old_text_may_be_an_argument);
	RUN(a_text_too_long_is_cut);
	RUN(a_character_is_not_cut_in_two);
	return DONE();
}

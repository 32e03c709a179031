#include "text/columns.h"

#include "unit/check.h"

static void split(struct columns *c, const char *line, int status)
{
	struct errmsg e = {0};

	CHECK(columns_split(c, line, strlen(line), &e) == status);
	CHECK(status == 0 || e.text[0]);
}

static void the_first_line_tells_the_separator(void)
{
	struct columns c = {0};

	split(&c, "1\ta, b\t 3 ", 0);
	CHECK(c.n == 3 && c.separator == '\t');
	CHECK_STR(c.field[1], "a, b");
	CHECK_STR(c.field[2], "3");
	split(&c, "1,2,3", 0);
	CHECK(c.n == 1);
	columns_clear(&c);
	split(&c, "1,2,", 0);
	CHECK(c.n == 3 && c.separator == ',');
	CHECK_STR(c.field[2], "");
	split(&c, "", 0);
	CHECK(c.n == 1);
	columns_clear(&c);
}

static void quotes_hold_commas(void)
{
	struct columns c = {0};

	split(&c, "\"a, \"\"b\"\"\" , \" c\",\"\"", 0);
	CHECK(c.n == 3);
	CHECK_STR(c.field[0], "a, \"b\"");
	CHECK_STR(c.field[1], " c");
	CHECK_STR(c.field[2], "");
	split(&c, "a\"b,c", 0);
	CHECK_STR(c.field[0], "a\"b");
	split(&c, "\"a,b", -1);
	split(&c, "\"a\"b,c", -1);
	split(&c, "\"a\"\"", -1);
	columns_clear(&c);
	split(&c, "\"a\tb", 0);
	CHECK_STR(c.field[0], "\"a");
	columns_clear(&c);
}

static void more_columns_than_there_is_room_for_are_counted(void)
{
	struct columns c = {0};

	split(&c, "1,2,3,4,5,6,7,8,9,10", 0);
	CHECK(c.n == 10);
	CHECK_STR(c.field[COLUMNS_MAX - 1], "8");
	columns_clear(&c);
}

static void what_is_not_text_is_refused(void)
{
	struct columns c = {0};
	struct errmsg e;

	split(&c, "a,\xff", -1);
	CHECK(columns_split(&c, "a\0b", 3, &e) < 0);
	CHECK_STR(e.text, "there is a NUL byte in it");
	columns_clear(&c);
}

int main(void)
{
	RUN(the_first_line_tells_the_separator);
	RUN(quotes_hold_commas);
	RUN(more_columns_than_there_is_room_for_are_counted);
	RUN(what_is_not_text_is_refused);
	return DONE();
}

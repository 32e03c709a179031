#include "event/log_block.h"

#include "unit/check.h"

#define EVENT(user) "{\"message\":\"next\",\"user\":" #user ",\"track\":1,\"time\":1}"

static void parse(struct log_block *b, const char *text)
{
	b->text = text;
	b->len = strlen(text);
	log_block_parse(b);
}

static void lines_are_numbered_and_blank_ones_passed(void)
{
	struct log_block b = {0};

	parse(&b, "\n" EVENT(1) "\r\n \t\n\r\n" EVENT(2) "\n");
	CHECK(b.n == 2 && b.n_lines == 5 && !b.no_memory);
	CHECK(!b.lines[0].reason && b.lines[0].number == 2 && b.lines[0].event.user == 1);
	CHECK(!b.lines[1].reason && b.lines[1].number == 5 && b.lines[1].event.user == 2);
	log_block_clear(&b);
}

static void the_last_line_may_lack_its_newline(void)
{
	struct log_block b = {0};

	parse(&b, EVENT(1) "\n" EVENT(2));
	CHECK(b.n == 2 && b.n_lines == 2 && b.lines[1].event.user == 2);
	log_block_reset(&b);
	parse(&b, EVENT(3) "\r");
	CHECK(b.n == 1 && b.n_lines == 1 && b.lines[0].event.user == 3);
	log_block_reset(&b);
	parse(&b, "");
	CHECK(b.n == 0 && b.n_lines == 0);
	log_block_clear(&b);
}

static void a_bad_line_has_its_reason_and_harms_no_other(void)
{
	struct log_block b = {0};

	parse(&b, EVENT(1) "\n{\"message\":\"next\"}\n" EVENT(2) "\n");
	CHECK(b.n == 3 && b.lines[0].event.user == 1 && b.lines[2].event.user == 2);
	CHECK(b.lines[1].number == 2);
	CHECK_STR(b.lines[1].reason ? b.lines[1].reason : "", "\"user\" is missing");
	log_block_clear(&b);
}

int main(void)
{
	RUN(lines_are_numbered_and_blank_ones_passed);
	RUN(the_last_line_may_lack_its_newline);
	RUN(a_bad_line_has_its_reason_and_harms_no_other);
	return DONE();
}

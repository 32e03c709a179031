#include "event/event_head.h"

#include "unit/check.h"

static struct event_parser parser;

/* Whether the line has this head. */
static int head_is(const char *text, uint32_t user, int64_t timestamp, enum event_message message)
{
	struct event_head h;
	struct errmsg e;

	return event_head_read(&h, &parser, text, strlen(text), &e) == 0 && h.user == user && h.timestamp == timestamp &&
	       h.message == message;
}

static void the_head_is_read_however_the_line_is_written(void)
{
	CHECK(head_is("{\"message\":\"next\",\"timestamp\":17,\"user\":42,\"track\":1,\"time\":1}", 42, 17, EVENT_NEXT));
	CHECK(head_is("{\"message\":\"last\",\"user\":0,\"track\":1,\"time\":1}", 0, EVENT_NO_TIMESTAMP, EVENT_LAST));
	CHECK(head_is("{ \"track\": 1, \"time\" : 1e0, \"user\": 2147483647 , \"x\":[{}], \"timestamp\":5,"
		      "\"message\":\"last\"}\r", INT32_MAX, 5, EVENT_LAST));
	/* left to event_parse: a negative moment, a name with an escape, an id that is not simple */
	CHECK(head_is("{\"message\":\"next\",\"timestamp\":-17,\"user\":3,\"track\":1,\"time\":1}", 3, -17, EVENT_NEXT));
	CHECK(head_is("{\"mess\\u0061ge\":\"last\",\"\\u0075ser\":42.0,\"track\":1,\"time\":1}", 42, EVENT_NO_TIMESTAMP,
		      EVENT_LAST));
	CHECK(head_is("{\"source\":\"\xc3\xa9\",\"message\":\"next\",\"user\":7,\"track\":1,\"time\":1}", 7,
		      EVENT_NO_TIMESTAMP, EVENT_NEXT));
}

/* What comes after the head may be wrong, or the line be something else. */
static void no_more_is_read_than_that(void)
{
	CHECK(head_is("{\"message\":\"next\",\"user\":42,\"tra", 42, EVENT_NO_TIMESTAMP, EVENT_NEXT));
	CHECK(head_is("{\"user\":1,\"sessions\":7}", 1, EVENT_NO_TIMESTAMP, EVENT_NEXT));
}

static void a_line_without_a_user_has_no_head(void)
{
	static const char *const lines[] = {
		"", "x", "{}", "[]", "nonsense nonsense", "{\"message\":\"next\",\"user\":42",
		"{\"message\":\"next\",\"track\":1,\"time\":1}", "{\"message\":\"next\",\"user\":-1,\"track\":1,\"time\":1}",
		"{\"user\":1,\"user\":2}", "{\"error\":\"\\\"user\\\" is missing\",\"line\":17,\"user\":1}",
		"{\"message\":\"next\",\"user\":2147483648,\"track\":1,\"time\":1}",
	};

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct event_head h;
		struct errmsg e = {.text = ""};

		CHECK(event_head_read(&h, &parser, lines[i], strlen(lines[i]), &e) == -1 && e.text[0]);
	}
}

int main(void)
{
	RUN(the_head_is_read_however_the_line_is_written);
	RUN(no_more_is_read_than_that);
	RUN(a_line_without_a_user_has_no_head);
	event_parser_clear(&parser);
	return DONE();
}

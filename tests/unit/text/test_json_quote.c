#include "text/json_quote.h"

#include <string.h>

#include "unit/check.h"

static void quotes_backslashes_and_controls_are_escaped(void)
{
	static const char want[] = "\"a\\\"b\\\\c\\u0000\\u0009\\u000a\\u001f\x7fü\"";
	char text[sizeof want];

	CHECK(json_quote(text, "a\"b\\c\0\t\n\x1f\x7fü", 12) == text + sizeof want - 1);
	CHECK(memcmp(text, want, sizeof want - 1) == 0);
	CHECK(json_quote(text, "", 0) == text + 2 && memcmp(text, "\"\"", 2) == 0);
}

static void a_piece_has_no_quotes(void)
{
	char text[JSON_QUOTE_ESCAPE];

	CHECK(json_quote_piece(text, "a\\", 2) == text + 3 && memcmp(text, "a\\\\", 3) == 0);
	CHECK(json_quote_piece(text, "", 0) == text);
}

static void the_room_is_that_of_the_worst(void)
{
	char text[64];

	CHECK(json_quote(text, "\1\2\3", 3) == text + json_quote_room(3));
	CHECK(json_quote_room(0) == 2);
}

int main(void)
{
	RUN(quotes_backslashes_and_controls_are_escaped);
	RUN(a_piece_has_no_quotes);
	RUN(the_room_is_that_of_the_worst);
	return DONE();
}

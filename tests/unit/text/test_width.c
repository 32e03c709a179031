#include "text/width.h"

#include <stdbool.h>
#include <stdint.h>
#include <wchar.h>

#include "unit/check.h"

static struct width w;

static void texts_are_as_wide_as_their_characters(void)
{
	CHECK(width_of(&w, "") == 0 && width_of(&w, "abc") == 3);
	CHECK(width_of(&w, "Jóga") == 4 && width_of(&w, "…") == 1);
	CHECK(width_of(&w, "音楽") == 4 && width_of(&w, "🎵") == 2);
	/* o and a combining acute accent */
	CHECK(width_of(&w, "Jo\u0301ga") == 4);
	CHECK(width_of_part(&w, "音楽", 3) == 2);
}

static void bytes_that_are_no_characters_take_a_column_each(void)
{
	static const struct {
		const char *text;
		size_t columns;
	} known[] = {
		{"\xff", 1}, {"\x80", 1}, {"a\xc3", 2}, {"\xc3(", 2}, {"\xe3\x81", 2}, {"\xc0\x80", 2},
		{"\xe0\x80\x80", 3}, {"\xed\xa0\x80", 3}, {"\xf0\x80\x80\x80", 4},
		{"\xf4\x90\x80\x80", 4}, {"\xf8\x88\x80\x80", 4},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		CHECK(width_of(&w, known[i].text) == known[i].columns);
}

/* In UTF-8. */
static void encode(uint32_t code, char text[5])
{
	size_t more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;

	text[0] = (char)(more == 0 ? code : (0xff00u >> (more + 1) & 0xff) | code >> 6 * more);
	for (size_t i = 1; i <= more; i++)
		text[i] = (char)(0x80 | (code >> 6 * (more - i) & 0x3f));
	text[more + 1] = '\0';
}

static void every_character_is_as_wide_as_the_library_says(void)
{
	locale_t before = uselocale(w.locale);
	uint32_t wrong = 0;

	for (uint32_t code = 1; code <= 0x10ffff; code++) {
		int columns = wcwidth((wchar_t)code);
		char text[5];

		if (code >= 0xd800 && code < 0xe000)
			continue;
		encode(code, text);
		/* ASCII is measured without asking */
		wrong += width_of(&w, text) != (code < 0x80 || columns < 0 ? 1 : (size_t)columns);
	}
	uselocale(before);
	CHECK(wrong == 0);
}

int main(void)
{
	CHECK(width_init(&w) == 0);
	RUN(texts_are_as_wide_as_their_characters);
	RUN(bytes_that_are_no_characters_take_a_column_each);
	RUN(every_character_is_as_wide_as_the_library_says);
	width_clear(&w);
	return DONE();
}

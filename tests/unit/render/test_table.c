#include "render/table.h"

#include <locale.h>
#include <pty.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit/check.h"

/* What the table prints as. Yours to free. */
static char *printed(const struct table *t, bool colour)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	CHECK(table_print(t, f, colour) == 0);
	fclose(f);
	return text;
}

static void check_printed(struct table *t, bool colour, const char *want)
{
	char *got = printed(t, colour);

	CHECK_STR(got, want);
	free(got);
	table_clear(t);
}

static void columns_are_as_wide_as_their_widest_cell(void)
{
	struct table t;

	table_init(&t, "lrl");
	table_add(&t, TABLE_PLAIN, "name");
	table_add(&t, TABLE_PLAIN, "n");
	table_add(&t, TABLE_PLAIN, "what");
	table_add(&t, TABLE_PLAIN, "a");
	table_add(&t, TABLE_PLAIN, "%d", 1234);
	table_add(&t, TABLE_PLAIN, "x");
	check_printed(&t, false, "name     n  what\na     1234  x\n");
}

static void a_line_may_be_wider_than_its_column(void)
{
	struct table t;

	table_init(&t, "lr");
	table_add(&t, TABLE_PLAIN, "x");
	table_add(&t, TABLE_PLAIN, "n");
	table_line(&t, TABLE_BOLD, "a line");
	table_add(&t, TABLE_PLAIN, "a");
	table_add(&t, TABLE_PLAIN, "10");
	check_printed(&t, true, "x   n\n\033[1ma line\033[0m\na  10\n");
}

static void no_space_stands_at_the_end(void)
{
	struct table t;

	table_init(&t, "lrr");
	for (size_t i = 0; i < 6; i++)
		table_add(&t, TABLE_BOLD, "%s", i == 0 ? "a" : i < 3 ? "" : "long");
	check_printed(&t, false, "a\nlong  long  long\n");
}

static void characters_count_not_bytes(void)
{
	struct table t;

	table_init(&t, "ll");
	table_add(&t, TABLE_PLAIN, "Bj\xc3\xb6rk");
	table_add(&t, TABLE_PLAIN, "1");
	table_add(&t, TABLE_PLAIN, "abcdefg");
	table_add(&t, TABLE_PLAIN, "2");
	table_add(&t, TABLE_PLAIN, "\xe2\x82\xac\xf0\x9f\x8e\xb5");
	table_add(&t, TABLE_PLAIN, "3");
	check_printed(&t, false, "Bj\xc3\xb6rk    1\nabcdefg  2\n\xe2\x82\xac\xf0\x9f\x8e\xb5      3\n");
}

static void wide_characters_count_twice(void)
{
	/* each of four columns: characters of two, then of one, then with some of none */
	static const char *const names[] = {
		"対照", "한국", "ﾟｶ群", "＋－", "豈更", "🎵😀", "🧪🤖", "𠀀𠀁", "⚡⚡", "⌚✅", "〈〉", "🀄🃏", "🚀🫠",
		"ꔀꮀxy", "éü–x", "ｶﾟab", "★☆♠①", "\u2764\ufe0f ab", "e\u0301u\u0308ab", "\u0e01\u0e33xy", "ab\u200ecd",
		"ไทยก",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct table t;
		char want[64];

		table_init(&t, "lr");
		table_add(&t, TABLE_PLAIN, "%s", names[i]);
		table_add(&t, TABLE_PLAIN, "1");
		table_add(&t, TABLE_PLAIN, "1234");
		table_add(&t, TABLE_PLAIN, "1");
		snprintf(want, sizeof want, "%s  1\n1234  1\n", names[i]);
		check_printed(&t, false, want);
	}
}

/* Bytes that are not UTF-8 are a column each. */
static void what_is_no_text_has_a_width(void)
{
	struct table t;

	table_init(&t, "lr");
	table_add(&t, TABLE_PLAIN, "\xe5\xaf" "ab\xff");
	table_add(&t, TABLE_PLAIN, "1");
	table_add(&t, TABLE_PLAIN, "12345");
	table_add(&t, TABLE_PLAIN, "1");
	check_printed(&t, false, "\xe5\xaf" "ab\xff  1\n12345  1\n");
}

/* A library does not change the locale of its caller. */
static void the_locale_stays_as_it_is(void)
{
	locale_t before = uselocale((locale_t)0);

	wide_characters_count_twice();
	CHECK(uselocale((locale_t)0) == before);
	CHECK_STR(setlocale(LC_ALL, NULL), "C");
}

static void check_prose(const char *text, const char *want)
{
	char *got = NULL;
	size_t size;
	FILE *f = open_memstream(&got, &size);

	CHECK(table_prose(text, TABLE_PLAIN, f, true) == 0);
	fclose(f);
	CHECK_STR(got, want);
	free(got);
}

#define TEN "123456789 "
#define WIDE "対照対照対照対照対照対照対照対照対照対照対照対照対照対照対照対照対照対照"
static void prose_is_broken_where_the_line_is_full(void)
{
	check_prose("", "");
	check_prose("one", "one\n");
	check_prose(TEN TEN TEN TEN TEN TEN TEN "12345678", TEN TEN TEN TEN TEN TEN TEN "12345678\n");
	check_prose(TEN TEN TEN TEN TEN TEN TEN "123456789", TEN TEN TEN TEN TEN TEN "123456789\n123456789\n");
	/* 72 columns in 108 bytes; a word wider than a line has one of its own */
	check_prose(WIDE " 12345 x", WIDE " 12345\nx\n");
	check_prose("a " WIDE "123456 1234567 b", "a\n" WIDE "123456\n1234567 b\n");
	check_prose("a " WIDE WIDE " b", "a\n" WIDE WIDE "\nb\n");
}

static void control_characters_do_not_reach_the_terminal(void)
{
	struct table t;

	table_init(&t, "l");
	table_add(&t, TABLE_PLAIN, "a\033[2J\t\r\n\x7f" "b");
	table_add(&t, TABLE_PLAIN, "\xc2\x9b" "31m"); /* U+009B, which starts a command too */
	table_add(&t, TABLE_PLAIN, "\xc2\xa0\xc3\x9b"); /* U+00A0 and U+00DB, which do not */
	check_printed(&t, false, "a?[2J????b\n?31m\n\xc2\xa0\xc3\x9b\n");
}

static void colour_does_not_move_columns(void)
{
	struct table t;

	table_init(&t, "rlr");
	table_add(&t, TABLE_BOLD, "n");
	table_add(&t, TABLE_GREEN, "up");
	table_add(&t, TABLE_RED, "x");
	table_add(&t, TABLE_PLAIN, "100");
	table_add(&t, TABLE_DIM, "down");
	table_add(&t, TABLE_YELLOW, "yy");
	check_printed(&t, true,
		      "  \033[1mn\033[0m  \033[32mup\033[0m     \033[31mx\033[0m\n"
		      "100  \033[2mdown\033[0m  \033[33myy\033[0m\n");
}

static void a_row_that_is_short_ends_its_line(void)
{
	struct table t;

	table_init(&t, "ll");
	check_printed(&t, false, "");
	table_add(&t, TABLE_PLAIN, "only");
	check_printed(&t, false, "only\n");
}

static void colour_is_for_terminals_that_want_it(void)
{
	FILE *null = fopen("/dev/null", "w"), *terminal;
	int master, slave;

	CHECK(openpty(&master, &slave, NULL, NULL, NULL) == 0);
	terminal = fdopen(slave, "w");
	unsetenv("NO_COLOR");
	setenv("TERM", "xterm", 1);
	CHECK(table_wants_colour(terminal));
	CHECK(!table_wants_colour(null));
	setenv("NO_COLOR", "", 1);
	CHECK(table_wants_colour(terminal));
	setenv("NO_COLOR", "1", 1);
	CHECK(!table_wants_colour(terminal));
	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	CHECK(!table_wants_colour(terminal));
	fclose(terminal);
	fclose(null);
	close(master);
}

int main(void)
{
	RUN(columns_are_as_wide_as_their_widest_cell);
	RUN(a_line_may_be_wider_than_its_column);
	RUN(no_space_stands_at_the_end);
	RUN(characters_count_not_bytes);
	RUN(wide_characters_count_twice);
	RUN(what_is_no_text_has_a_width);
	RUN(the_locale_stays_as_it_is);
	RUN(prose_is_broken_where_the_line_is_full);
	RUN(control_characters_do_not_reach_the_terminal);
	RUN(colour_does_not_move_columns);
	RUN(a_row_that_is_short_ends_its_line);
	RUN(colour_is_for_terminals_that_want_it);
	return DONE();
}

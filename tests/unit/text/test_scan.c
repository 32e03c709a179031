#include "text/scan.h"

#include <stdlib.h>

#include "unit/check.h"

/* A scan over a text that ends where its memory does, so that valgrind and ASan see who reads on. */
static struct scan over(const char *text, char **memory)
{
	size_t len = strlen(text);

	*memory = malloc(len);
	memcpy(*memory, text, len);
	return (struct scan){.at = *memory, .end = *memory + len};
}

/* Strings of any length, at any distance from the end of the line. */
static void strings_end_at_their_quote(void)
{
	for (int len = 0; len < 20; len++)
		for (int rest = 0; rest < 10; rest++) {
			char text[64], *memory;
			struct slice string = {0};
			struct scan s;

			snprintf(text, sizeof text, "{\"k\":  \"%.*s\"%.*s", len, "abcdefghijklmnopqrst", rest,
				 ",,,,,,,,,,");
			s = over(text, &memory);
			s.at += 7;
			CHECK(scan_string(&s, &string));
			CHECK(string.len == (size_t)len && string.text == memory + 8 && s.at == string.text + len + 1);
			free(memory);
		}
}

static void strings_that_need_care_are_left_to_others(void)
{
	static const char *const bad[] = {
		"\"abcdefghij", "\"", "abcdefgh", "\"abc\\\"def\"", "\"abc\tdef\"", "\"abcdefg\xc3\xa9\"",
		"\"abcdefghi\x7f\x80\"",
		"\"\001\"      ",
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct slice string = {0};
		char *memory;
		struct scan s = over(bad[i], &memory);

		CHECK(!scan_string(&s, &string));
		free(memory);
	}
}

static void integers_are_as_long_as_they_are(void)
{
	for (int n = 1; n <= 20; n++)
		for (int rest = 0; rest < 10; rest++) {
			char text[64], *memory;
			int64_t integer;
			struct scan s;

			snprintf(text, sizeof text, "{\"k\":   %.*s%.*s", n, "98765432109876543210", rest,
				 ",,,,,,,,,,");
			s = over(text, &memory);
			s.at += 8;
			CHECK(scan_integer(&s, &integer) == (n <= SCAN_DIGITS));
			CHECK(s.end - s.at == rest);
			text[8 + n] = '\0';
			CHECK(n > SCAN_DIGITS || integer == strtoll(text + 8, NULL, 10));
			free(memory);
		}
}

static void odd_integers_are_left_to_others(void)
{
	static const char *const bad[] = {"-1      ", "01      ", "        ", "+1      ", "/       ", ":       ",
					  "\xb1       "};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char *memory;
		struct scan s = over(bad[i], &memory);
		int64_t integer;

		CHECK(!scan_integer(&s, &integer));
		free(memory);
	}
}

/* Numbers, and what stands behind them; strtod knows what they are. */
static void numbers_are_the_nearest_doubles(void)
{
	static const char *const numbers[] = {
		"0", "1", "7", "0.5", "0.81", "0.07", "0.000001832", "1e-7", "5E+2", "12.5", "0.1e1", "123456789.125",
		"3e22", "1e-22",
		"0.12345678901234567", "0.123456789012345678", "9007199254740993", "0.3333333333333333333333333",
		"99999999999999999.9",
		"2.2250738585072014e-30", "1.7976931348623157e30",
	};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		for (int rest = 0; rest < 10; rest++) {
			char text[96], *memory;
			struct scan s;
			double x;

			snprintf(text, sizeof text, "{\"k\":   %s%.*s", numbers[i], rest, ",,,,,,,,,,");
			s = over(text, &memory);
			s.at += 8;
			CHECK(scan_number(&s, &x) && x == strtod(numbers[i], NULL) && s.end - s.at == rest);
			free(memory);
		}
}

static void odd_numbers_are_left_to_others(void)
{
	static const char *const bad[] = {
		"-1      ", "1.      ", ".5      ", "00      ", "1e      ", "1e+     ", "1e100   ", "1.5e-2147483648",
		"nan     ", "        ", "1234567890123456789",
		"0.1111111111111111111111111111111111111111111111111111111111111111",
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char *memory;
		struct scan s = over(bad[i], &memory);
		double x;

		CHECK(!scan_number(&s, &x));
		free(memory);
	}
}

static void words_are_compared_to_their_end(void)
{
	static const char word[] = "abcdefghijklmnopqrstuvwxyz";

	for (size_t len = 1; len <= 26; len++) {
		char text[32], *memory;
		struct scan s;

		snprintf(text, sizeof text, "%.*s", (int)len, word);
		s = over(text, &memory);
		CHECK(scan_word(&s, (struct slice){.text = word, .len = len}) && s.at == s.end);
		s.at = memory;
		CHECK(!scan_word(&s, (struct slice){.text = word, .len = len + 1}) && s.at == memory);
		for (size_t i = 0; i < len; i++) {
			memory[i] ^= 1;
			CHECK(!scan_word(&s, (struct slice){.text = word, .len = len}));
			memory[i] ^= 1;
		}
		free(memory);
	}
}

static void values_are_skipped_to_their_end(void)
{
	static const char *const good[] = {
		"null", "true", "false", "-1.5e3", "0", "\"a\\n\\\"b\"", "[]", "[1, [2 ,{}],\"\"]", "{}",
		"{\"a\":1,\"b\":{\"a\":[null]}}",
	};
	static const char *const bad[] = {
		"nul", "tru", "[1,]", "[1", "{\"a\"}", "{\"a\":1,\"a\":2}", "\"\\u0041\"", "\"", "-", "{1:2}", "",
		"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
	};

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		char text[64], *memory;
		struct scan s;

		snprintf(text, sizeof text, "        %s", good[i]);
		s = over(text, &memory);
		s.at += 8;
		CHECK(scan_skip(&s) && s.at == s.end);
		free(memory);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char text[128], *memory;
		struct scan s;

		snprintf(text, sizeof text, "        %s", bad[i]);
		s = over(text, &memory);
		s.at += 8;
		CHECK(!scan_skip(&s) || s.at != s.end);
		free(memory);
	}
}

/* What is not ASCII is for jansson to judge, from the first byte beyond it on. */
static void bytes_beyond_ascii_are_not_skipped(void)
{
	static const char *const texts[] = {"\"\x80\"", "\"\xff\"", "\"a\xc3\xa9\"", "{\"\x80\":1}"};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char *memory;
		char text[64];
		struct scan s;

		snprintf(text, sizeof text, "        %s", texts[i]);
		s = over(text, &memory);
		s.at += 8;
		CHECK(!scan_skip(&s));
		free(memory);
	}
}

struct pair {
	uint32_t a;
	uint32_t *ids;
	size_t n, cap;
};

static bool take_pair(struct scan *s, struct slice key, void *ctx)
{
	struct pair *pair = ctx;

	if (slice_equal(key, SCAN_WORD("a")))
		return scan_id(s, &pair->a);
	return slice_equal(key, SCAN_WORD("ids")) ? scan_ids(s, &pair->ids, &pair->n, &pair->cap) : scan_skip(s);
}

static bool take_text(const char *text, struct pair *pair)
{
	char *memory;
	struct scan s = over(text, &memory);
	bool taken;

	pair->n = 0;
	taken = scan_object(s.at, (size_t)(s.end - s.at), take_pair, pair);
	free(memory);
	return taken;
}

static void objects_are_taken_key_by_key(void)
{
	static const char *const bad[] = {
		"", "{", "{}", "{\"a\":7", "{\"a\":7,}", "{\"a\":7}}", "{\"a\":7.0}", "[\"a\",7]", "{\"a\":7} {\"a\":7}",
		"{\"a\":7,\"a\":7}", "{\"a\" 7,\"b\":1}", "{\"ids\":[1,]}", "{\"ids\":[1 2]}", "{\"ids\":[-1]}",
		"{\"ids\":null}", "{\"ids\":[1.0]}", "{\"\\u0061\":7}", "{\"ids\":[2147483648]}",
	};
	struct pair pair = {0};

	CHECK(take_text(" { \"ids\" : [ 5 , 6 ] ,\"b\":{\"a\":[1]}, \"a\":7 } \r", &pair));
	CHECK(pair.a == 7 && pair.n == 2 && pair.ids[0] == 5 && pair.ids[1] == 6);
	CHECK(take_text("{\"ids\":[]}", &pair) && pair.n == 0);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!take_text(bad[i], &pair));
	free(pair.ids);
}

int main(void)
{
	RUN(strings_end_at_their_quote);
	RUN(strings_that_need_care_are_left_to_others);
	RUN(integers_are_as_long_as_they_are);
	RUN(odd_integers_are_left_to_others);
	RUN(numbers_are_the_nearest_doubles);
	RUN(odd_numbers_are_left_to_others);
	RUN(words_are_compared_to_their_end);
	RUN(values_are_skipped_to_their_end);
	RUN(bytes_beyond_ascii_are_not_skipped);
	RUN(objects_are_taken_key_by_key);
	return DONE();
}

#include "text/json_put.h"

#include <stdlib.h>
#include <string.h>

#include "unit/check.h"

static char *text;
static size_t size;

static FILE *start(void)
{
	return open_memstream(&text, &size);
}

static void check(FILE *f, const char *want)
{
	fclose(f);
	CHECK_STR(text, want);
	free(text);
}

static void strings_are_escaped(void)
{
	FILE *f = start();

	json_put_string(f, "a\"b\\c\n\x1f\x7fü");
	check(f, "\"a\\\"b\\\\c\\u000a\\u001f\x7fü\"");
	f = start();
	json_put_string(f, "");
	check(f, "\"\"");
	f = start();
	json_put_bytes(f, "a\0b", 3);
	check(f, "\"a\\u0000b\"");
}

/* Longer than any piece that it may be written in, with something to escape at every place. */
static void long_strings_are_whole(void)
{
	enum { N = 1000 };
	char long_text[N], want[2 * N + 3] = "\"";
	FILE *f = start();

	for (size_t i = 0; i < N; i++) {
		long_text[i] = i % 3 == 0 ? '\\' : 'x';
		strcat(want, i % 3 == 0 ? "\\\\" : "x");
	}
	json_put_bytes(f, long_text, N);
	check(f, strcat(want, "\""));
}

static void numbers_are_short_and_exact(void)
{
	FILE *f = start();

	json_put_number(f, 0.1);
	fputc(' ', f);
	json_put_number(f, 0.1 + 0.2);
	fputc(' ', f);
	json_put_number(f, NAN);
	check(f, "0.1 0.30000000000000004 null");
}

int main(void)
{
	RUN(strings_are_escaped);
	RUN(long_strings_are_whole);
	RUN(numbers_are_short_and_exact);
	return DONE();
}

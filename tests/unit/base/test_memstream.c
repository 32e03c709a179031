#include "base/memstream.h"

#include <stdlib.h>
#include <sys/resource.h>

#include "unit/check.h"

static void what_is_written_is_the_text(void)
{
	struct memstream m;
	char *text;

	CHECK(memstream_open(&m) != NULL);
	for (int i = 0; i < 100000; i++)
		fprintf(m.file, "%d,", i % 10);
	text = memstream_close(&m);
	CHECK(text && m.len == 200000 && strlen(text) == m.len && strncmp(text + 199990, "5,6,7,8,9,", 11) == 0);
	free(text);
}

static void nothing_is_the_empty_text(void)
{
	struct memstream m;
	char *text;

	CHECK(memstream_open(&m) != NULL);
	text = memstream_close(&m);
	CHECK(text && m.len == 0);
	CHECK_STR(text, "");
	free(text);
}

static void a_text_for_which_there_is_no_memory_is_none(void)
{
	static char piece[1 << 16];
	struct rlimit usual, little;
	struct memstream m;
	char *text;

#ifdef __SANITIZE_ADDRESS__
	return; /* it has its own idea of memory, and ends the process where there is none */
#endif
	memset(piece, 'x', sizeof piece - 1);
	CHECK(memstream_open(&m) != NULL);
	CHECK(getrlimit(RLIMIT_AS, &usual) == 0);
	little = usual;
	little.rlim_cur = 1 << 20;
	CHECK(setrlimit(RLIMIT_AS, &little) == 0);
	for (int i = 0; i < 256; i++)
		fputs(piece, m.file);
	text = memstream_close(&m);
	CHECK(setrlimit(RLIMIT_AS, &usual) == 0);
	CHECK(text == NULL);
}

int main(void)
{
	RUN(what_is_written_is_the_text);
	RUN(nothing_is_the_empty_text);
	RUN(a_text_for_which_there_is_no_memory_is_none);
	return DONE();
}

#include "render/text_chart.h"

#include <math.h>
#include <stdlib.h>

#include "unit/check.h"

/* The chart as text; yours to free. */
static char *drawn(const struct text_series *series, size_t n)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	text_chart(series, n, "time", f);
	fclose(f);
	return text;
}

static size_t count_lines(const char *text, size_t *longest)
{
	size_t lines = 0;

	*longest = 0;
	for (; *text; lines++) {
		size_t len = strcspn(text, "\n");

		if (len > *longest)
			*longest = len;
		text += len + (text[len] != '\0');
	}
	return lines;
}

static void it_fits_a_terminal(void)
{
	static double y[100000];
	struct text_series series[9];
	size_t longest;
	char *text;

	for (size_t i = 0; i < 100000; i++)
		y[i] = 1e15 / (double)(i + 1);
	for (size_t i = 0; i < 9; i++)
		series[i] = (struct text_series){"a name that is rather long", y, 100000 - 10000 * i};
	text = drawn(series, 9);
	CHECK(count_lines(text, &longest) <= 24 && longest <= 80);
	CHECK(strstr(text, " * a name that is  o a name that is  + a name that is \n          x a name that is "));
	CHECK(strstr(text, " and 3 more\n"));
	CHECK(strstr(text, "1             10            100"));
	free(text);
}

static void values_stand_where_they_belong(void)
{
	const double y[] = {4, 2, 0}, none[] = {NAN};
	const struct text_series one = {"", y, 3}, unknown = {"", none, 1}, nothing = {"", NULL, 0};
	char *text = drawn(&one, 1);

	CHECK(strncmp(text, "         (time)\n       4 +*", 27) == 0);
	CHECK(strstr(text, "\n       0 +                        ") && !strstr(text, "o"));
	free(text);
	text = drawn(&unknown, 1);
	CHECK(!strchr(text, '*'));
	free(text);
	text = drawn(&nothing, 1);
	CHECK(!strchr(text, '*'));
	free(text);
	text = drawn(NULL, 0);
	CHECK(strstr(text, "(rank)"));
	free(text);
}

int main(void)
{
	RUN(it_fits_a_terminal);
	RUN(values_stand_where_they_belong);
	return DONE();
}

#include "world/names.h"

#include <stdbool.h>
#include <stdlib.h>

#include "unit/check.h"

static struct rng place(uint32_t number)
{
	return rng_at(5, RNG_WORLD, 0, number, 0);
}

/* Valid UTF-8 of at most two bytes a character, which is what the lists hold, and nothing that JSON would escape. */
static bool well_formed(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;

	if (!*c || *c == ' ')
		return false;
	for (; *c; c++) {
		if (*c < ' ' || *c == '"' || *c == '\\' || *c == '$' || *c == 0x7f)
			return false;
		if (*c >= 0x80 && (*c < 0xc3 || *c > 0xdf || (*++c & 0xc0) != 0x80))
			return false;
	}
	return c[-1] != ' ';
}

static void the_same_draws_give_the_same_name(void)
{
	struct names a = {0}, b = {0};
	struct rng r = place(1), same = place(1);
	char name[NAMES_SIZE], again[NAMES_SIZE];

	CHECK(names_artist(&a, &r, name) == 0 && names_artist(&b, &same, again) == 0);
	CHECK_STR(name, again);
	names_title(&r, name);
	names_title(&same, again);
	CHECK_STR(name, again);
	names_clear(&a);
	names_clear(&b);
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void no_two_artists_have_one_name(void)
{
	enum { N = 50000 };
	struct names names = {0};
	char(*all)[NAMES_SIZE] = calloc(N, sizeof *all);
	int twins = 0, numbered = 0;

	CHECK(all != NULL);
	for (uint32_t i = 0; all && i < N; i++) {
		struct rng r = place(i);

		CHECK(names_artist(&names, &r, all[i]) == 0);
		numbered += strchr(all[i], '(') != NULL;
	}
	CHECK(numbered == 0); /* words do not run out so soon */
	if (all)
		qsort(all, N, sizeof *all, compare);
	for (uint32_t i = 1; all && i < N; i++)
		twins += strcmp(all[i - 1], all[i]) == 0;
	CHECK(twins == 0);
	free(all);
	names_clear(&names);
}

/* The same draws over and over, so that nothing but a number can tell the artists apart. */
static void namesakes_are_numbered(void)
{
	struct names names = {0};
	char name[NAMES_SIZE] = "", last[NAMES_SIZE] = "";
	size_t len;

	for (int i = 0; i < 30; i++) {
		struct rng r = place(1);

		strcpy(last, name);
		CHECK(names_artist(&names, &r, name) == 0);
	}
	len = strlen(name);
	CHECK(len > 4 && strcmp(name + len - 4, "(11)") == 0);
	CHECK(strncmp(name, last, len - 4) == 0);
	names_clear(&names);
}

static void names_are_well_formed_and_fit(void)
{
	enum { N = 200000, SPARE = 40 };
	struct names names = {0};
	size_t longest = 0;
	int bad = 0;

	for (uint32_t i = 0; i < N; i++) {
		struct rng r = place(i);
		char name[NAMES_SIZE];

		if (i < N / 4) {
			names_artist(&names, &r, name);
			bad += !well_formed(name);
			longest = strlen(name) > longest ? strlen(name) : longest;
		}
		names_title(&r, name);
		bad += !well_formed(name);
		longest = strlen(name) > longest ? strlen(name) : longest;
	}
	CHECK(bad == 0);
	CHECK(longest < NAMES_SIZE - SPARE);
	names_clear(&names);
}

int main(void)
{
	RUN(the_same_draws_give_the_same_name);
	RUN(no_two_artists_have_one_name);
	RUN(namesakes_are_numbered);
	RUN(names_are_well_formed_and_fit);
	return DONE();
}

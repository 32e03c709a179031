#include "text/cut.h"

#include "unit/check.h"

static void check_cut(const char *text, const char *want)
{
	char copy[1024];

	snprintf(copy, sizeof copy, "%s", text);
	cut(copy);
	CHECK_STR(copy, want);
}

#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN

static void short_texts_stay(void)
{
	check_cut("", "");
	check_cut("T1", "T1");
	check_cut(FIFTY FIFTY, FIFTY FIFTY);
	/* a hundred characters of two bytes */
	check_cut("é" "éééééééééééééééééééééééééééééééééééééééééééééééééé"
		  "ééééééééééééééééééééééééééééééééééééééééééééééééé",
		  "é" "éééééééééééééééééééééééééééééééééééééééééééééééééé"
		  "ééééééééééééééééééééééééééééééééééééééééééééééééé");
}

static void long_ones_keep_their_ends(void)
{
	char text[] = FIFTY FIFTY "x", other[] = FIFTY "x" FIFTY;

	cut(text);
	CHECK(strncmp(text, FIFTY "01234567…", 61) == 0 && strlen(text) == 100);
	CHECK_STR(text + 72, "3456789" TEN TEN "x");
	cut(other);
	CHECK(strncmp(text + 61, other + 61, 8) != 0);
}

/* A text of which each character has more bytes than one, cut between them. */
static void characters_stay_whole(void)
{
	static char text[4 * 200 + 1];

	for (size_t i = 0; i < 200; i++)
		memcpy(text + 4 * i, i % 2 ? "🎵" : "🎶", 4);
	cut(text);
	CHECK(strlen(text) == 4 * 58 + 3 + 8 + 3 + 4 * 28);
	CHECK(strncmp(text + 4 * 56, "🎶🎵…", 11) == 0 && strncmp(text + 4 * 58 + 11, "…🎶🎵", 11) == 0);
}

static void words_are_cut_one_by_one(void)
{
	char text[] = "E: " FIFTY FIFTY FIFTY "  (control) " FIFTY FIFTY FIFTY ", C ";
	char name[] = FIFTY FIFTY FIFTY, want[512];

	cut(name);
	cut_words(text);
	snprintf(want, sizeof want, "E: %s  (control) %s, C ", name, name);
	CHECK_STR(text, want);
	strcpy(text, " a b  c ");
	cut_words(text);
	CHECK_STR(text, " a b  c ");
}

int main(void)
{
	RUN(short_texts_stay);
	RUN(long_ones_keep_their_ends);
	RUN(characters_stay_whole);
	RUN(words_are_cut_one_by_one);
	return DONE();
}

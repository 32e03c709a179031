#include "base/suggest.h"

#include <stdlib.h>

#include "base/rng.h"
#include "unit/check.h"

static const char *const *names;

static const char *name(size_t i)
{
	return names[i];
}

static const char *nearest(const char *word, const char *const *list)
{
	const char *found;

	names = list;
	found = suggest(word, name);
	CHECK(suggest_among(word, list) == found);
	return found ? found : "(none)";
}

static void typos_find_their_name(void)
{
	static const char *const list[] = {"random", "artist", "toppop", "collaborative", "similar", NULL};

	CHECK_STR(nearest("random", list), "random");
	CHECK_STR(nearest("randm", list), "random");
	CHECK_STR(nearest("rndaom", list), "random"); /* two pairs swapped */
	CHECK_STR(nearest("artsit", list), "artist");
	CHECK_STR(nearest("topop", list), "toppop");
	CHECK_STR(nearest("tpopop", list), "toppop");
	CHECK_STR(nearest("colaborativ", list), "collaborative");
	CHECK_STR(nearest("similars", list), "similar");
	CHECK_STR(nearest("nonsense", list), "(none)");
	CHECK_STR(nearest("", list), "(none)");
}

/* A third of the length of the word, rounded up: 1 for 1 to 3 letters, 2 for 4 to 6. */
static void the_limit_is_a_third(void)
{
	static const char *const list[] = {"abcdefg", NULL};

	CHECK_STR(nearest("abcd", list), "(none)");   /* 3 away, 2 allowed */
	CHECK_STR(nearest("abcde", list), "abcdefg"); /* 2 away, 2 allowed */
	CHECK_STR(nearest("abcxyz", list), "(none)"); /* 4 away */
	CHECK_STR(nearest("abcdxxx", list), "abcdefg"); /* 3 away, 3 allowed */
	CHECK_STR(nearest("xbcdxxx", list), "(none)");
}

static void the_first_of_equals(void)
{
	static const char *const list[] = {"cat", "bat", "hat", NULL}, *const none[] = {NULL};

	CHECK_STR(nearest("rat", list), "cat");
	CHECK_STR(nearest("hat", list), "hat");
	CHECK_STR(nearest("hat", none), "(none)");
}

static void long_words_and_names(void)
{
	char word[101], exact[64], longer[65];
	const char *list[] = {exact, longer, NULL};

	memset(word, 'a', sizeof word);
	memset(exact, 'a', sizeof exact);
	memset(longer, 'a', sizeof longer);
	word[100] = exact[63] = longer[64] = 0;
	CHECK_STR(nearest(word, list), "(none)");
	word[63] = 0;
	CHECK(nearest(word, list) == exact);
	word[62] = 0;
	CHECK(nearest(word, list) == exact);
	list[0] = longer;
	list[1] = NULL;
	CHECK_STR(nearest(word, list), "(none)");
}

/* The definition, without a table: optimal string alignment of two tails. */
static size_t distance(const char *a, const char *b)
{
	size_t best, d;

	if (!*a || !*b)
		return strlen(a) + strlen(b);
	best = distance(a + 1, b + 1) + (*a != *b);
	if ((d = distance(a + 1, b) + 1) < best)
		best = d;
	if ((d = distance(a, b + 1) + 1) < best)
		best = d;
	if (a[1] && b[1] && a[0] == b[1] && a[1] == b[0] && (d = distance(a + 2, b + 2) + 1) < best)
		best = d;
	return best;
}

static void random_word(struct rng *r, char *word)
{
	size_t len = rng_below(r, 7);

	for (size_t i = 0; i < len; i++)
		word[i] = (char)('a' + rng_below(r, 3));
	word[len] = 0;
}

static void agrees_with_the_definition(void)
{
	struct rng r = rng_at(1, RNG_WORLD, 0, 0, 0);

	for (int i = 0; i < 2000; i++) {
		char word[8], one[8], two[8];
		const char *list[] = {one, two, NULL}, *want;
		size_t d1, d2, most;

		random_word(&r, word);
		random_word(&r, one);
		random_word(&r, two);
		d1 = distance(word, one);
		d2 = distance(word, two);
		most = (strlen(word) + 2) / 3;
		want = d1 <= d2 ? one : two;
		if ((d1 < d2 ? d1 : d2) > most)
			want = "(none)";
		CHECK_STR(nearest(word, list), want);
	}
}

int main(void)
{
	RUN(typos_find_their_name);
	RUN(the_limit_is_a_third);
	RUN(the_first_of_equals);
	RUN(long_words_and_names);
	RUN(agrees_with_the_definition);
	return DONE();
}

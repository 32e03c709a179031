#include "world/catalog.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/murmur3.h"
#include "unit/check.h"

/* Writes a file, loads it and removes it. What the file was called is cut from the reason. */
static int load(struct catalog *c, const char *text, struct errmsg *e)
{
	char path[] = "/tmp/botify-test-XXXXXX";
	int fd = mkstemp(path), status;

	e->text[0] = 0;
	if (write(fd, text, strlen(text)) < 0)
		return -2;
	close(fd);
	status = catalog_load(c, path, e);
	unlink(path);
	if (strncmp(e->text, path, strlen(path)) == 0)
		memmove(e->text, e->text + strlen(path), strlen(e->text + strlen(path)) + 1);
	return status;
}

static void ids_may_be_sparse_and_in_any_order(void)
{
	struct catalog c;
	struct errmsg e;

	CHECK(load(&c,
		   "{\"track\":2147483647,\"artist\":\"B\",\"title\":\"last\"}\n"
		   "\n"
		   "{\"artist\":\"A\",\"track\":0,\"title\":\"first\",\"recommendations\":[1,2]}\r\n"
		   "{\"track\":9.0,\"artist\":\"B\",\"title\":null}",
		   &e) == 0);
	CHECK(c.n_tracks == 3);
	CHECK(c.tracks[0].id == 0 && c.tracks[1].id == 9 && c.tracks[2].id == 2147483647);
	CHECK_STR(c.tracks[0].title, "first");
	CHECK_STR(c.tracks[1].title, "");
	CHECK_STR(c.tracks[2].title, "last");
	CHECK(catalog_find(&c, 0) == 0 && catalog_find(&c, 9) == 1 && catalog_find(&c, 2147483647) == 2);
	CHECK(catalog_find(&c, 1) == CATALOG_NONE && catalog_find(&c, UINT32_MAX) == CATALOG_NONE);
	catalog_clear(&c);
	CHECK(c.n_tracks == 0 && catalog_find(&c, 0) == CATALOG_NONE);
}

/* A line that the scanner takes and one that it leaves to jansson say the same, and may stand side by side. */
static void lines_of_unusual_form_are_read_alike(void)
{
	struct catalog c;
	struct errmsg e;

	CHECK(load(&c,
		   "{\"track\":1,\"artist\":\"Ann\",\"title\":\"One\"}\n"
		   "{\"track\":2.0,\"artist\":\"\\u0041nn\",\"title\":null,\"x\":[{}]}\n"
		   "{ \"title\" : \"\", \"artist\" : \"Ann\" , \"x\":[{\"track\":9}], \"track\" : 3 }\n"
		   "{\"track\":0,\"artist\":\"\u00c9\",\"title\":null}\n",
		   &e) == 0);
	CHECK(c.n_tracks == 4 && c.n_artists == 2);
	CHECK(c.artists[1].n == 3);
	CHECK_STR(c.artists[1].name, "Ann");
	CHECK_STR(c.tracks[1].title, "One");
	CHECK_STR(c.tracks[3].title, "");
	catalog_clear(&c);
	CHECK(load(&c, "{\"track\":1,\"artist\":\"A\"}\n{\"track\":1.0,\"artist\":\"A\"}", &e) == -1);
	CHECK_STR(e.text, ":2: track 1 is already on line 1");
	CHECK(load(&c, "{\"track\":1.0,\"artist\":\"A\"}\n{\"track\":1,\"artist\":\"A\"}", &e) == -1);
	CHECK_STR(e.text, ":2: track 1 is already on line 1");
}

static void artists_are_numbered_as_they_appear(void)
{
	struct catalog c;
	struct errmsg e;

	CHECK(load(&c,
		   "{\"track\":4,\"artist\":\"B\"}\n{\"track\":3,\"artist\":\"A\"}\n{\"track\":2,\"artist\":\"C\"}\n"
		   "{\"track\":1,\"artist\":\"B\"}\n{\"track\":0,\"artist\":\"A\"}\n",
		   &e) == 0);
	CHECK(c.n_artists == 3);
	CHECK_STR(c.artists[0].name, "A");
	CHECK_STR(c.artists[1].name, "B");
	CHECK_STR(c.artists[2].name, "C");
	CHECK(c.artists[0].first == 0 && c.artists[0].n == 2);
	CHECK(c.artists[1].first == 2 && c.artists[1].n == 2);
	CHECK(c.artists[2].first == 4 && c.artists[2].n == 1);
	CHECK(c.tracks[3].artist == 0 && c.tracks[4].artist == 1 && c.tracks[2].artist == 2);
	/* A has tracks 0 and 3, B has 1 and 4, C has 2 */
	CHECK(c.by_artist[0] == 0 && c.by_artist[1] == 3 && c.by_artist[2] == 1);
	CHECK(c.by_artist[3] == 4 && c.by_artist[4] == 2);
	catalog_clear(&c);
}

/* The names are told apart by their text. */
static void artists_of_one_hash_are_two(void)
{
	struct catalog c;
	struct errmsg e;

	CHECK(murmur3("artist 8066", 11, 0) == murmur3("artist 23634", 12, 0));
	CHECK(load(&c,
		   "{\"track\":0,\"artist\":\"artist 8066\"}\n{\"track\":1,\"artist\":\"artist 23634\"}\n"
		   "{\"track\":2,\"artist\":\"artist 8066\"}\n",
		   &e) == 0);
	CHECK(c.n_artists == 2);
	CHECK(c.tracks[0].artist == 0 && c.tracks[1].artist == 1 && c.tracks[2].artist == 0);
	catalog_clear(&c);
}

static void mistakes_are_named_with_their_line(void)
{
	static const struct {
		const char *text, *reason;
	} known[] = {
		{"", ": no track in it"},
		{"\n \t\n", ": no track in it"},
		{"{\"track\":7,\"artist\":\"\"}\n\n{\"track\":8,\"artist\":\"\"}\n{\"track\":7,\"artist\":\"x\"}\n",
		 ":4: track 7 is already on line 1"},
		{"\n{\"artist\":\"a\"}\n", ":2: \"track\" is missing"},
		{"{\"track\":2147483648,\"artist\":\"a\"}\n",
		 ":1: \"track\" is not an id (a whole number from 0 to 2147483647)"},
		{"{\"track\":-1,\"artist\":\"a\"}\n",
		 ":1: \"track\" is not an id (a whole number from 0 to 2147483647)"},
		{"{\"track\":1.5,\"artist\":\"a\"}\n",
		 ":1: \"track\" is not an id (a whole number from 0 to 2147483647)"},
		{"{\"track\":1}\n", ":1: \"artist\" is missing"},
		{"{\"track\":1,\"artist\":5}\n", ":1: \"artist\" is not a string"},
		{"{\"track\":1,\"artist\":\"a\",\"title\":5}\n", ":1: \"title\" is not a string"},
		{"{\"track\":1,\"artist\":null}\n", ":1: \"artist\" is not a string"},
		{"[1]\n", ":1: not a JSON object"},
		{"{\"track\":1,\"track\":2,\"artist\":\"a\"}\n",
		 ":1: not a JSON object: duplicate object key near '\"track\"' (column 18)"},
	};
	struct catalog c;
	struct errmsg e;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		CHECK(load(&c, known[i].text, &e) == -1);
		CHECK_STR(e.text, known[i].reason);
		CHECK(c.n_tracks == 0 && c.tracks == NULL);
	}
	CHECK(catalog_load(&c, "/nonexistent/tracks", &e) == -1);
	CHECK_STR(e.text, "/nonexistent/tracks: No such file or directory");
	CHECK(catalog_load(&c, "/", &e) == -1);
	CHECK_STR(e.text, "/: Is a directory");
}

/* The size of a real catalog; a quadratic step in loading would take minutes. */
static void fifty_thousand_tracks_load_in_no_time(void)
{
	enum { N = 50000, SIZE = 80 };
	char *text = malloc(N * SIZE), *to = text;
	struct catalog c;
	struct errmsg e;
	clock_t start;

	for (unsigned i = 0; i < N; i++)
		to += sprintf(to, "{\"track\":%u,\"artist\":\"artist %u\",\"title\":\"title %u\"}\n", N - 1 - i,
			      i % 1777, i);
	start = clock();
	CHECK(load(&c, text, &e) == 0);
	CHECK(clock() - start < 5 * CLOCKS_PER_SEC);
	CHECK(c.n_tracks == N && c.n_artists == 1777);
	for (uint32_t a = 0, next = 0; a < c.n_artists; next += c.artists[a++].n) {
		CHECK(c.artists[a].first == next);
		for (uint32_t i = next; i < next + c.artists[a].n; i++) {
			CHECK(c.tracks[c.by_artist[i]].artist == a);
			CHECK(i == next || c.by_artist[i - 1] < c.by_artist[i]);
		}
	}
	catalog_clear(&c);
	free(text);
}

int main(void)
{
	RUN(ids_may_be_sparse_and_in_any_order);
	RUN(lines_of_unusual_form_are_read_alike);
	RUN(artists_are_numbered_as_they_appear);
	RUN(artists_of_one_hash_are_two);
	RUN(mistakes_are_named_with_their_line);
	RUN(fifty_thousand_tracks_load_in_no_time);
	return DONE();
}

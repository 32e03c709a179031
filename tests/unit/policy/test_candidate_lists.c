#include "policy/candidate_lists.h"

#include "unit/fixture.h"

static int load(struct candidate_lists *l, enum candidate_lists_kind kind, const struct catalog *c, const char *text,
		struct errmsg *e)
{
	e->text[0] = 0;
	return candidate_lists_load(l, fixture_file("file", text), kind, c, e);
}

static void check_list(const struct candidate_lists *l, uint32_t key, const uint32_t *want, size_t n)
{
	struct span got = candidate_lists_get(l, key);

	CHECK(got.n == n);
	for (size_t i = 0; i < n && i < got.n; i++)
		CHECK(got.tracks[i] == want[i]);
}

#define CHECK_LIST(l, key, ...) \
	check_list(l, key, (const uint32_t[]){__VA_ARGS__}, sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

/* Keys and items are ids in the file and indices afterwards; users stay ids. */
static void candidate_lists_of_tracks(void)
{
	struct catalog c;
	struct candidate_lists l;
	struct errmsg e;

	fixture_catalog(&c, 5, 2, 10);
	CHECK(load(&l, CANDIDATE_LISTS_SIMILAR, &c,
		   "{\"track\":40,\"recommendations\":[0,40]}\n"
		   "\n"
		   "{\"item_id\":0,\"recommendations\":[10,20,30],\"other\":1}\r\n"
		   "{\"track\":10,\"recommendations\":[]}\n"
		   "{\"item_id\":99,\"track\":20,\"recommendations\":[0]}",
		   &e) == 0);
	CHECK(l.n == 4);
	CHECK_LIST(&l, 4, 0, 4);
	CHECK_LIST(&l, 0, 1, 2, 3);
	CHECK_LIST(&l, 2, 0);
	CHECK(candidate_lists_get(&l, 1).n == 0); /* an empty list */
	CHECK(candidate_lists_get(&l, 3).n == 0); /* no list */
	CHECK(candidate_lists_get(&l, CATALOG_NONE).n == 0);
	candidate_lists_clear(&l);
	CHECK(candidate_lists_get(&l, 0).n == 0);
	candidate_lists_clear(&l);
	catalog_clear(&c);
}

static void a_catalog_is_a_table_too(void)
{
	struct catalog c;
	struct candidate_lists l;
	struct errmsg e;

	fixture_catalog(&c, 3, 3, 1);
	CHECK(load(&l, CANDIDATE_LISTS_SIMILAR, &c,
		   "{\"track\":0,\"artist\":\"a\"}\n"
		   "{\"track\":1,\"artist\":\"b\",\"recommendations\":[2]}\n"
		   "{\"track\":2,\"artist\":\"c\",\"recommendations\":null}\n",
		   &e) == 0);
	CHECK(l.n == 1);
	CHECK_LIST(&l, 1, 2);
	CHECK(candidate_lists_get(&l, 0).n == 0 && candidate_lists_get(&l, 2).n == 0);
	candidate_lists_clear(&l);
	catalog_clear(&c);
}

static void candidate_lists_of_users(void)
{
	struct catalog c;
	struct candidate_lists l;
	struct errmsg e;

	fixture_catalog(&c, 3, 3, 5);
	CHECK(load(&l, CANDIDATE_LISTS_USER_TRACKS, &c,
		   "{\"user\":2147483647,\"tracks\":[10,0]}\n{\"user\":0.0,\"tracks\":[5.0]}\n{\"user\":9,"
		   "\"tracks\":null}\n{\"user\":1,\"tracks\":[]}\n",
		   &e) == 0);
	CHECK_LIST(&l, 2147483647, 2, 0);
	CHECK_LIST(&l, 0, 1);
	CHECK(candidate_lists_get(&l, 1).n == 0 && candidate_lists_get(&l, 5).n == 0 &&
	      candidate_lists_get(&l, 9).n == 0);
	candidate_lists_clear(&l);
	catalog_clear(&c);
}

static void mistakes_are_named_with_their_line(void)
{
	static const struct {
		enum candidate_lists_kind kind;
		const char *text, *reason;
	} known[] = {
		{CANDIDATE_LISTS_SIMILAR, "", "file: no line has \"recommendations\""},
		{CANDIDATE_LISTS_SIMILAR, "{\"track\":0}\n", "file: no line has \"recommendations\""},
		{CANDIDATE_LISTS_USER_TRACKS, "\n", "file: no line has \"tracks\""},
		{CANDIDATE_LISTS_SIMILAR,
		 "{\"track\":0,\"recommendations\":[1]}\n\n{\"track\":3,\"recommendations\":[1]}\n",
		 "file:3: track 3 is not in the catalog"},
		{CANDIDATE_LISTS_SIMILAR,
		 "{\"track\":0,\"recommendations\":[1]}\n{\"item_id\":0,\"recommendations\":[]}\n",
		 "file:2: a second list for item_id 0"},
		{CANDIDATE_LISTS_USER_TRACKS, "{\"user\":8,\"tracks\":[]}\n{\"user\":8,\"tracks\":[]}\n",
		 "file:2: a second list for user 8"},
		{CANDIDATE_LISTS_SIMILAR, "{\"track\":0,\"recommendations\":[1,3]}\n",
		 "file:1: \"recommendations\" names track 3, which is not in the catalog"},
		{CANDIDATE_LISTS_SIMILAR, "{\"track\":0,\"recommendations\":[1,1]}\n",
		 "file:1: \"recommendations\" names track 1 twice"},
		{CANDIDATE_LISTS_USER_TRACKS, "{\"user\":0,\"tracks\":[9]}\n",
		 "file:1: \"tracks\" names track 9, which is not in the catalog"},
		{CANDIDATE_LISTS_SIMILAR, "{\"recommendations\":[1]}\n", "file:1: \"track\" is missing"},
		{CANDIDATE_LISTS_SIMILAR, "{\"track\":\"0\",\"recommendations\":[1]}\n",
		 "file:1: \"track\" is not an id (a whole number from 0 to 2147483647)"},
		{CANDIDATE_LISTS_SIMILAR, "{\"track\":0,\"recommendations\":{}}\n",
		 "file:1: \"recommendations\" is not an array of track ids"},
		{CANDIDATE_LISTS_SIMILAR, "{\"track\":0,\"recommendations\":null}\n",
		 "file: no line has \"recommendations\""},
		{CANDIDATE_LISTS_USER_TRACKS, "{\"user\":0,\"tracks\":null}\n", "file: no line has \"tracks\""},
		{CANDIDATE_LISTS_USER_TRACKS, "{\"user\":0,\"tracks\":7}\n",
		 "file:1: \"tracks\" is not an array of track ids"},
		{CANDIDATE_LISTS_USER_TRACKS, "{\"user\":0}\n", "file:1: \"tracks\" is missing"},
		{CANDIDATE_LISTS_USER_TRACKS, "{\"tracks\":[0]}\n", "file:1: \"user\" is missing"},
		{CANDIDATE_LISTS_USER_TRACKS, "{\"user\":2147483648,\"tracks\":[0]}\n",
		 "file:1: \"user\" is not an id (a whole number from 0 to 2147483647)"},
		{CANDIDATE_LISTS_SIMILAR, "[]\n", "file:1: not a JSON object"},
	};
	struct catalog c;
	struct candidate_lists l;
	struct errmsg e;

	fixture_catalog(&c, 3, 3, 1);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		CHECK(load(&l, known[i].kind, &c, known[i].text, &e) == -1);
		CHECK_STR(e.text, known[i].reason);
		CHECK(l.n == 0 && l.items == NULL); /* nothing to free */
	}
	CHECK(candidate_lists_load(&l, "absent", CANDIDATE_LISTS_SIMILAR, &c, &e) == -1);
	CHECK_STR(e.text, "absent: No such file or directory");
	catalog_clear(&c);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(candidate_lists_of_tracks);
	RUN(a_catalog_is_a_table_too);
	RUN(candidate_lists_of_users);
	RUN(mistakes_are_named_with_their_line);
	fixture_leave(directory);
	return DONE();
}

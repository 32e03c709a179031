#include "policy/tables.h"

#include "unit/fixture.h"

static void load_catalog(struct tables *t)
{
	struct catalog c;
	struct errmsg e;

	fixture_catalog(&c, 4, 2, 10); /* leaves the file */
	catalog_clear(&c);
	CHECK(tables_load_catalog(t, "catalog", &e) == 0);
	CHECK(t->catalog.n_tracks == 4 && t->n == 0);
}

static int load_top(struct tables *t, const char *spec, const char *text, struct errmsg *e)
{
	e->text[0] = 0;
	fixture_file("file", text);
	return tables_load(t, TABLE_TOP, spec, e);
}

static void candidate_lists_are_noted(void)
{
	struct tables t;
	struct errmsg e;

	load_catalog(&t);
	CHECK(tables_load(&t, TABLE_SIMILAR, fixture_file("file", "{\"track\":10,\"recommendations\":[30]}\n"),
			  &e) == 0);
	CHECK(t.n == 1 && tables_find(&t, TABLE_SIMILAR, "", &e) == &t.list[0] &&
	      !tables_find(&t, TABLE_USER_TRACKS, "", &e));
	CHECK(candidate_lists_get(&t.list[0].lists, 1).n == 1 &&
	      candidate_lists_get(&t.list[0].lists, 1).tracks[0] == 3);
	CHECK(tables_load(&t, TABLE_USER_TRACKS, fixture_file("file", "{\"user\":7,\"tracks\":[0]}\n"), &e) == 0);
	CHECK(t.n == 2 && candidate_lists_get(&tables_find(&t, TABLE_USER_TRACKS, "", &e)->lists, 7).n == 1);
	CHECK(tables_find(&t, TABLE_SIMILAR, "", &e) == &t.list[0]);
	CHECK(tables_load(&t, TABLE_USER_TRACKS, "file", &e) == -1);
	CHECK_STR(e.text, "file: a second table of users' tracks without a name");
	/* a path may have a "=" in it */
	CHECK(tables_load(&t, TABLE_TOP, "./a=file", &e) == -1);
	CHECK_STR(e.text, "./a=file: No such file or directory");
	tables_clear(&t);
	load_catalog(&t);
	CHECK(tables_load(&t, TABLE_SIMILAR, fixture_file("file", "{\"track\":10,\"recommendations\":[3]}\n"),
			  &e) == -1);
	CHECK_STR(e.text, "file:1: \"recommendations\" names track 3, which is not in the catalog");
	CHECK(t.n == 0);
	tables_clear(&t);
}

/* Lists may name tracks that come later in the file. */
static void a_catalog_serves_as_the_table_of_similar_tracks(void)
{
	static const struct {
		const char *text, *reason;
	} wrong[] = {
		{"{\"track\":1,\"artist\":\"a\"}\n{\"track\":2,\"artist\":\"a\",\"recommendations\":[1,3]}\n",
		 "file:2: \"recommendations\" names track 3, which is not in the catalog"},
		{"\n{\"track\":1,\"artist\":\"a\",\"recommendations\":[1.0,1]}\n",
		 "file:2: \"recommendations\" names track 1 twice"},
		{"{\"track\":1,\"artist\":\"a\",\"recommendations\":[-1]}\n",
		 "file:1: \"recommendations\" is not an id (a whole number from 0 to 2147483647)"},
		{"{\"track\":1,\"artist\":\"a\",\"recommendations\":1}\n",
		 "file:1: \"recommendations\" is not an array of track ids"},
		{"{\"track\":1,\"artist\":\"a\"}\n{\"track\":1,\"artist\":\"a\",\"recommendations\":[1]}\n",
		 "file:2: track 1 is already on line 1"},
	};
	const struct table *similar;
	struct tables t;
	struct errmsg e;

	CHECK(tables_load_catalog_and_similar(&t, fixture_file("file",
		"{\"track\":30,\"artist\":\"a\",\"recommendations\":[10,20]}\n"
		"{\"track\":20,\"artist\":\"a\",\"recommendations\":null}\n"
		"{\"track\":10,\"artist\":\"b\",\"recommendations\":[],\"item_id\":5}\n"
		"{\"track\":0,\"artist\":\"b\",\"recommendations\":[30]}\n"
		"{\"track\":40,\"artist\":\"b\"}\n"), &e) == 0);
	similar = tables_find(&t, TABLE_SIMILAR, "", &e);
	CHECK(t.catalog.n_tracks == 5 && t.n == 1 && similar);
	if (similar) {
		const struct candidate_lists *l = &similar->lists;

		CHECK(candidate_lists_get(l, 3).n == 2 && candidate_lists_get(l, 3).tracks[0] == 1 &&
		      candidate_lists_get(l, 3).tracks[1] == 2);
		CHECK(candidate_lists_get(l, 0).n == 1 && candidate_lists_get(l, 0).tracks[0] == 3);
		CHECK(candidate_lists_get(l, 1).n == 0 && candidate_lists_get(l, 2).n == 0 &&
		      candidate_lists_get(l, 4).n == 0);
	}
	tables_clear(&t);
	/* where no line has any, there is no table */
	CHECK(tables_load_catalog_and_similar(&t, fixture_file("file", "{\"track\":1,\"artist\":\"a\"}\n"), &e) == 0);
	CHECK(t.catalog.n_tracks == 1 && t.n == 0);
	tables_clear(&t);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		CHECK(tables_load_catalog_and_similar(&t, fixture_file("file", wrong[i].text), &e) == -1);
		CHECK_STR(e.text, wrong[i].reason);
		tables_clear(&t);
	}
	/* what nobody asks for is not looked at */
	CHECK(tables_load_catalog(&t, fixture_file("file", wrong[0].text), &e) == 0 && t.n == 0);
	tables_clear(&t);
}

static void a_failed_catalog_leaves_nothing(void)
{
	struct tables t;
	struct errmsg e;

	CHECK(tables_load_catalog(&t, "absent", &e) == -1);
	CHECK_STR(e.text, "absent: No such file or directory");
	tables_clear(&t);
}

/* Best first, as indices. */
static void tops_keep_their_order(void)
{
	struct tables t;
	struct errmsg e;
	const struct table *top;

	load_catalog(&t);
	CHECK(load_top(&t, "file", "[30,\n 0,\r\n20]\n", &e) == 0);
	top = tables_find(&t, TABLE_TOP, "", &e);
	CHECK(top && top->top.n == 3 && top->top.tracks[0] == 3 && top->top.tracks[1] == 0 && top->top.tracks[2] == 2);
	CHECK(load_top(&t, "none=file", "[]", &e) == 0);
	top = tables_find(&t, TABLE_TOP, "none", &e);
	CHECK(top && top->top.n == 0);
	tables_clear(&t);
	tables_clear(&t);
}

static void tops_are_found_by_name(void)
{
	struct tables t;
	struct errmsg e;

	load_catalog(&t);
	CHECK(!tables_find(&t, TABLE_TOP, "", &e));
	CHECK_STR(e.text, "it needs a popularity table (--top)");
	CHECK(!tables_find(&t, TABLE_TOP, "day", &e));
	CHECK_STR(e.text, "it needs a popularity table (--top)");

	CHECK(load_top(&t, "day=file", "[0]", &e) == 0);
	CHECK(tables_find(&t, TABLE_TOP, "day", &e) == &t.list[0]);
	CHECK(tables_find(&t, TABLE_TOP, "", &e) == &t.list[0]); /* the only one that there is */
	CHECK(!tables_find(&t, TABLE_TOP, "night", &e));
	CHECK_STR(e.text, "there is no popularity table 'night' (--top night=FILE)");

	CHECK(load_top(&t, "night=file", "[10]", &e) == 0);
	CHECK(tables_find(&t, TABLE_TOP, "night", &e) == &t.list[1]);
	CHECK(!tables_find(&t, TABLE_TOP, "", &e));
	CHECK_STR(e.text, "there are 2 popularity tables; name one, as in toppop:100:day");

	CHECK(load_top(&t, "file", "[20]", &e) == 0);
	CHECK(tables_find(&t, TABLE_TOP, "", &e) == &t.list[2]);
	tables_clear(&t);
}

static void mistakes_are_named(void)
{
	static const struct {
		const char *text, *reason;
	} known[] = {
		{"", "file: empty"},
		{"{}", "file: not a JSON array of track ids"},
		{"7", "file: not a JSON array of track ids"},
		{"[0,5]", "file: \"top\" names track 5, which is not in the catalog"},
		{"[0,10,0]", "file: \"top\" names track 0 twice"},
		{"[0,null]", "file: \"top\" is not an id (a whole number from 0 to 2147483647)"},
		{"[0] [10]", "file:1: end of file expected near '['"},
		{"[0,\n\n10}", "file:3: ']' expected near '}'"},
	};
	struct tables t;
	struct errmsg e;

	load_catalog(&t);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		CHECK(load_top(&t, "x=file", known[i].text, &e) == -1);
		e.text[strlen(e.text) < strlen(known[i].reason) ? 0 : strlen(known[i].reason)] = 0; /* " (column 7)" */
		CHECK_STR(e.text, known[i].reason);
		CHECK(t.n == 0);
	}
	CHECK(load_top(&t, "file", "[0]", &e) == 0);
	CHECK(load_top(&t, "file", "[0]", &e) == -1);
	CHECK_STR(e.text, "file: a second popularity table without a name");
	CHECK(load_top(&t, "x=file", "[0]", &e) == 0);
	CHECK(load_top(&t, "x=file", "[0]", &e) == -1);
	CHECK_STR(e.text, "file: a second popularity table named x");
	CHECK(tables_load(&t, TABLE_TOP, "y=absent", &e) == -1);
	CHECK_STR(e.text, "absent: No such file or directory");
	CHECK(t.n == 2);
	tables_clear(&t);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(candidate_lists_are_noted);
	RUN(a_catalog_serves_as_the_table_of_similar_tracks);
	RUN(a_failed_catalog_leaves_nothing);
	RUN(tops_keep_their_order);
	RUN(tops_are_found_by_name);
	RUN(mistakes_are_named);
	fixture_leave(directory);
	return DONE();
}

#include "world/trackset.h"

#include "unit/fixture.h"

/* Reads one array, given as JSON. */
static int read_array(struct trackset *s, const char *json, uint32_t *tracks, struct errmsg *e)
{
	json_t *array = json_loads(json, JSON_DECODE_ANY, NULL);
	int status;

	CHECK(array != NULL);
	e->text[0] = 0;
	status = trackset_read(s, array, "list", tracks, e);
	json_decref(array);
	return status;
}

static void ids_become_indices(void)
{
	struct catalog c;
	struct trackset s;
	struct errmsg e;
	uint32_t tracks[5];

	fixture_catalog(&c, 5, 2, 7);
	CHECK(trackset_init(&s, &c) == 0);
	CHECK(read_array(&s, "[28,0.0,1.4e1]", tracks, &e) == 0);
	CHECK(tracks[0] == 4 && tracks[1] == 0 && tracks[2] == 2);
	CHECK(read_array(&s, "[]", tracks, &e) == 0);
	/* what one array named may be named by the next */
	CHECK(read_array(&s, "[0,28,14,7,21]", tracks, &e) == 0);
	CHECK(tracks[0] == 0 && tracks[1] == 4 && tracks[2] == 2 && tracks[3] == 1 && tracks[4] == 3);
	trackset_clear(&s);
	trackset_clear(&s);
	catalog_clear(&c);
}

static void ids_that_were_read_become_indices_in_place(void)
{
	struct catalog c;
	struct trackset s;
	struct errmsg e;
	uint32_t tracks[] = {28, 0, 14}, twice[] = {7, 7}, unknown[] = {0, 8};

	fixture_catalog(&c, 5, 2, 7);
	CHECK(trackset_init(&s, &c) == 0);
	CHECK(trackset_find(&s, tracks, 3, "list", &e) == 0);
	CHECK(tracks[0] == 4 && tracks[1] == 0 && tracks[2] == 2);
	CHECK(trackset_find(&s, twice, 2, "list", &e) == -1);
	CHECK_STR(e.text, "\"list\" names track 7 twice");
	CHECK(trackset_find(&s, unknown, 2, "list", &e) == -1);
	CHECK_STR(e.text, "\"list\" names track 8, which is not in the catalog");
	trackset_clear(&s);
	catalog_clear(&c);
}

static void mistakes_are_named(void)
{
	static const struct {
		const char *json, *reason;
	} known[] = {
		{"[7,3]", "\"list\" names track 3, which is not in the catalog"},
		{"[2147483647]", "\"list\" names track 2147483647, which is not in the catalog"},
		{"[0,7,0]", "\"list\" names track 0 twice"},
		{"[2147483648]", "\"list\" is not an id (a whole number from 0 to 2147483647)"},
		{"[-1]", "\"list\" is not an id (a whole number from 0 to 2147483647)"},
		{"[0.5]", "\"list\" is not an id (a whole number from 0 to 2147483647)"},
		{"[\"7\"]", "\"list\" is not an id (a whole number from 0 to 2147483647)"},
		{"[null]", "\"list\" is not an id (a whole number from 0 to 2147483647)"},
		{"[[7]]", "\"list\" is not an id (a whole number from 0 to 2147483647)"},
	};
	struct catalog c;
	struct trackset s;
	struct errmsg e;
	uint32_t tracks[5];

	fixture_catalog(&c, 5, 2, 7);
	CHECK(trackset_init(&s, &c) == 0);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		CHECK(read_array(&s, known[i].json, tracks, &e) == -1);
		CHECK_STR(e.text, known[i].reason);
		/* a failure leaves no trace */
		CHECK(read_array(&s, "[0,7]", tracks, &e) == 0);
	}
	trackset_clear(&s);
	catalog_clear(&c);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(ids_become_indices);
	RUN(ids_that_were_read_become_indices_in_place);
	RUN(mistakes_are_named);
	fixture_leave(directory);
	return DONE();
}

#include "world/plays.h"

#include "unit/fixture.h"

static void load(struct plays *p, const char *text)
{
	struct errmsg e = {0};

	CHECK(plays_load(p, fixture_file("file", text), &e) == 0);
	CHECK_STR(e.text, "");
}

static void refuse(const char *text, const char *reason)
{
	struct plays p;
	struct errmsg e = {0};

	CHECK(plays_load(&p, fixture_file("file", text), &e) < 0);
	CHECK_STR(e.text, reason);
	plays_clear(&p);
}

/* User 7 played 300 twice and 5 once, user "x" played 5 four times. */
static void check_plays(const struct plays *p)
{
	CHECK(p->n == 3 && p->n_users == 2 && p->n_items == 2 && p->has_ids);
	CHECK(p->item_ids[0] == 5 && p->item_ids[1] == 300);
	CHECK_STR(plays_item(p, 0), "5");
	CHECK(plays_find(p, "300") == 1 && plays_find(p, "7") == 2);
	CHECK(p->user_first[0] == 0 && p->user_first[1] == 2 && p->user_first[2] == 3);
	CHECK(p->list[0].item == 0 && p->list[0].count == 1);
	CHECK(p->list[1].item == 1 && p->list[1].count == 2);
	CHECK(p->list[2].user == 1 && p->list[2].item == 0 && p->list[2].count == 4);
}

static void formats_are_told_by_looking(void)
{
	static const char *const texts[] = {
		"7\t300\t2\n7\t5\t1\nx\t5\t4\n",
		"userID\tartistID\tweight\r\n7\t300\t2\r\n\r\n7\t5\t1\r\nx\t5\t4",
		"user,item,count\n7,300,2\n7,5,1\nx,\"5\",4e0\n",
		("{\"user\":7,\"item\":300,\"count\":2}\n{\"user\":\"7\",\"track\":5,\"plays\":1.0}\n"
		 "{\"user\":\"x\",\"artist\":\"5\",\"count\":4,\"when\":0}\n"),
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct plays p;

		load(&p, texts[i]);
		check_plays(&p);
		CHECK(p.repeated == 0);
		plays_clear(&p);
	}
}

static void the_same_user_and_item_are_added_up(void)
{
	struct plays p;

	load(&p, "7\t300\t1\nx\t5\t3\n7\t5\t1\n7\t300\t1\nx\t5\t0.5\nx\t5\t0.5\n");
	CHECK(p.repeated == 3);
	CHECK(p.n == 3 && p.list[1].count == 2 && p.list[2].count == 4);
	plays_clear(&p);
}

static void text_is_numbered_as_it_appears(void)
{
	struct plays p;

	load(&p, "a\tThe Cure\t1\na\t007\t2\nb\t12\t3\n");
	CHECK(!p.has_ids && p.n_items == 3);
	CHECK_STR(plays_item(&p, 0), "The Cure");
	CHECK(p.item_ids[2] == 2 && plays_find(&p, "12") == 2 && plays_find(&p, "7") == 3);
	plays_clear(&p);
}

static void ids_are_whole_numbers_below_two_to_the_31(void)
{
	uint32_t id;

	CHECK(plays_is_id("0", &id) && id == 0);
	CHECK(plays_is_id("2147483647", &id) && id == INT32_MAX);
	CHECK(!plays_is_id("2147483648", &id) && !plays_is_id("42949672960", &id) && !plays_is_id("01", &id));
	CHECK(!plays_is_id("", &id) && !plays_is_id("-1", &id) && !plays_is_id("1.0", &id));
}

static void bad_lines_are_named(void)
{
	refuse("", "file: there are no plays in it");
	refuse("user,item,count\n", "file: there are no plays in it");
	refuse("1\t2\t3\n1\t3\t-2\n", "file:2: the count -2 is negative");
	refuse("1\t2\t3\n1\t3\t0\n", "file:2: the count is 0; leave out what was not played");
	refuse("1\t2\t3\n1\t3\t\n", "file:2: the count is missing");
	refuse("1,2,3\n,3,1\n", "file:2: the user is missing");
	refuse("1\t2\t3\n1\t3\n", "file:2: 2 columns; three are wanted, separated by tabs or commas: user, item, count");
	refuse("1 2 3\n", "file:1: 1 column; three are wanted, separated by tabs or commas: user, item, count");
	refuse("1\t2\tthree\n", "file:1: the count 'three' is not a number");
	refuse("1\t2\tnan\n", "file:1: the count 'nan' is not a number");
	refuse("1\t2\t3\nuser\titem\tcount\n", "file:2: the count 'count' is not a number");
	refuse("1\t2\t1e16\n", "file:1: the count 1e+16 is too large");
	refuse("1\t\xff\t1\n", "file:1: it is not UTF-8");
	refuse("{\"user\":1,\"item\":2,\"count\":-3}\n", "file:1: the count -3 is negative");
	refuse("{\"user\":1,\"item\":2}\n", "file:1: \"count\" is missing, and so is \"plays\"");
	refuse("{\"user\":1,\"item\":2,\"count\":\"3\"}\n", "file:1: the count is not a number");
	refuse("{\"user\":1.5,\"item\":2,\"count\":3}\n", "file:1: the user is neither a whole number nor text");
	refuse("{\"user\":1,\"item\":null,\"count\":3}\n", "file:1: the item is neither a whole number nor text");
	refuse("{\"user\":1,\"track\":2,\"artist\":3,\"count\":3}\n",
	       "file:1: both \"track\" and \"artist\"; which is meant?");
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(formats_are_told_by_looking);
	RUN(the_same_user_and_item_are_added_up);
	RUN(text_is_numbered_as_it_appears);
	RUN(ids_are_whole_numbers_below_two_to_the_31);
	RUN(bad_lines_are_named);
	fixture_leave(directory);
	return DONE();
}

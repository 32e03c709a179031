#include "world/users.h"

#include "unit/fixture.h"

static struct catalog catalog; /* ids 0, 7 … 28 */

static int load(struct users *u, const char *text, struct errmsg *e)
{
	e->text[0] = 0;
	return users_load(u, fixture_file("users", text), &catalog, e);
}

static void absent_numbers_have_defaults(void)
{
	struct users u;
	struct errmsg e;
	const struct user *v;

	CHECK(load(&u,
		   "{\"user\":2147483647,\"interests\":[28,0]}\n\n"
		   "{\"interests\":[7.0],\"user\":0.0,\"name\":\"x\","
		   "\"consume_bias\":null,\"session_budget\":null}\r\n",
		   &e) == 0);
	CHECK(u.n == 2 && u.n_interests == 3);
	v = &u.list[0];
	CHECK(v->id == 2147483647 && v->n_interests == 2);
	CHECK(u.interests[v->first_interest] == 4 && u.interests[v->first_interest + 1] == 0);
	CHECK(v->consume_bias == 5 && v->consume_sharpness == 1 && v->artist_discount_gamma == 0.8);
	CHECK(v->session_budget == 5);
	CHECK(v->interest_neighbours == 5); /* 10, but there are only 5 tracks */
	CHECK(u.list[1].consume_bias == 5 && u.list[1].session_budget == 5);
	CHECK(u.list[1].id == 0 && u.interests[u.list[1].first_interest] == 1);
	CHECK(idmap_get(&u.index, 2147483647, 9) == 0 && idmap_get(&u.index, 0, 9) == 1 &&
	      idmap_get(&u.index, 1, 9) == 9);
	users_clear(&u);
	users_clear(&u);
}

static void numbers_are_read(void)
{
	struct users u;
	struct errmsg e;

	CHECK(load(&u,
		   "{\"user\":1,\"interests\":[0],\"consume_bias\":-3.25,\"consume_sharpness\":0.5,"
		   "\"interest_neighbours\":3,\"session_budget\":1,\"artist_discount_gamma\":0}\n"
		   "{\"user\":2,\"interests\":[0],\"consume_bias\":7,\"consume_sharpness\":0,"
		   "\"interest_neighbours\":3.0,\"session_budget\":2147483647,\"artist_discount_gamma\":1}\n",
		   &e) == 0);
	CHECK(u.list[0].consume_bias == -3.25 && u.list[0].consume_sharpness == 0.5);
	CHECK(u.list[0].interest_neighbours == 3 && u.list[0].session_budget == 1);
	CHECK(u.list[0].artist_discount_gamma == 0);
	CHECK(u.list[1].consume_bias == 7 && u.list[1].consume_sharpness == 0);
	CHECK(u.list[1].interest_neighbours == 3 && u.list[1].session_budget == 2147483647);
	CHECK(u.list[1].artist_discount_gamma == 1);
	users_clear(&u);
}

static void mistakes_are_named_with_their_line(void)
{
#define USER "{\"user\":5,\"interests\":[0]"
	static const struct {
		const char *text, *reason;
	} known[] = {
		{"", "users: no user in it"},
		{"\n\n", "users: no user in it"},
		{"{\"user\":3}\n", "users:1: user 3 has no interests"},
		{"\n{\"user\":3,\"interests\":[]}\n", "users:2: user 3 has no interests"},
		{"{\"user\":3,\"interests\":{}}\n", "users:1: user 3 has no interests"},
		{"{\"user\":3,\"interests\":7}\n", "users:1: user 3 has no interests"},
		{"{\"interests\":[0]}\n", "users:1: \"user\" is missing"},
		{"{\"user\":-3,\"interests\":[0]}\n",
		 "users:1: \"user\" is not an id (a whole number from 0 to 2147483647)"},
		{"{\"user\":3,\"interests\":[0,1]}\n",
		 "users:1: \"interests\" names track 1, which is not in the catalog"},
		{USER "}\n{\"user\":6,\"interests\":[0]}\n" USER "}\n", "users:3: user 5 twice"},
		{USER ",\"consume_bias\":\"5\"}\n", "users:1: \"consume_bias\" is not a number from -1e+09 to 1e+09"},
		{"{\"user\":3,\"interests\":null}\n", "users:1: user 3 has no interests"},
		{USER ",\"consume_sharpness\":-1}\n", "users:1: \"consume_sharpness\" is not a number from 0 to 1e+09"},
		{USER ",\"artist_discount_gamma\":1.01}\n",
		 "users:1: \"artist_discount_gamma\" is not a number from 0 to 1"},
		{USER ",\"session_budget\":0}\n", "users:1: \"session_budget\" is not a number from 1 to 2.14748e+09"},
		{USER ",\"session_budget\":1.5}\n", "users:1: \"session_budget\" is not a whole number"},
		{USER ",\"session_budget\":2147483648}\n",
		 "users:1: \"session_budget\" is not a number from 1 to 2.14748e+09"},
		{USER ",\"interest_neighbours\":0}\n",
		 "users:1: \"interest_neighbours\" is not a number from 1 to 2.14748e+09"},
		{"[]\n", "users:1: not a JSON object"},
	};
	struct users u;
	struct errmsg e;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		CHECK(load(&u, known[i].text, &e) == -1);
		CHECK_STR(e.text, known[i].reason);
		CHECK(u.n == 0 && u.list == NULL && u.interests == NULL);
	}
	CHECK(users_load(&u, "absent", &catalog, &e) == -1);
	CHECK_STR(e.text, "absent: No such file or directory");
}

/* The number would silently be the default. Others may have keys of their own. */
static void typos_are_told(void)
{
	struct users u;
	struct errmsg e;

	CHECK(load(&u, "{\"user\":1,\"interests\":[0],\"age\":7,\"country\":\"\"}\n", &e) == 0);
	users_clear(&u);
	CHECK(load(&u, "{\"user\":1,\"interests\":[0],\"sesion_budget\":7}\n", &e) == -1);
	CHECK_STR(e.text, "users:1: unknown key \"sesion_budget\"; did you mean \"session_budget\"?");
	CHECK(load(&u, "{\"user\":1,\"interest\":[0]}\n", &e) == -1);
	CHECK_STR(e.text, "users:1: unknown key \"interest\"; did you mean \"interests\"?");
}

static bool same_number(double a, double b)
{
	return memcmp(&a, &b, sizeof a) == 0;
}

static bool same_user(const struct user *a, const struct user *b)
{
	return a->id == b->id && a->first_interest == b->first_interest && a->n_interests == b->n_interests &&
	       a->interest_neighbours == b->interest_neighbours && a->session_budget == b->session_budget &&
	       same_number(a->consume_bias, b->consume_bias) &&
	       same_number(a->consume_sharpness, b->consume_sharpness) &&
	       same_number(a->artist_discount_gamma, b->artist_discount_gamma) && same_number(a->hype, b->hype) &&
	       same_number(a->return_days, b->return_days) && same_number(a->churn, b->churn);
}

static bool same_users(const struct users *a, const struct users *b)
{
	bool same = a->n == b->n && a->n_interests == b->n_interests;

	for (size_t i = 0; same && i < a->n; i++)
		same = same_user(&a->list[i], &b->list[i]);
	return same && memcmp(a->interests, b->interests, a->n_interests * sizeof *a->interests) == 0;
}

/*
 * Most lines are taken by the quick means, and any that is not of the usual form by jansson; an escape in a key makes
 * it so. Either way they say the same, alone and between others.
 */
static void both_ways_of_reading_agree(void)
{
	static const char *const lines[] = {
		"\"user\":1,\"interests\":[0]",
		" \"interests\" : [ 7 , 28, 14] ,\"user\" : 1 ",
		"\"user\":2147483647,\"interests\":[0,28,14,7,21],\"consume_bias\":9.642594065845353",
		"\"user\":2147483648,\"interests\":[0]",
		"\"user\":01,\"interests\":[0]",
		"\"user\":1,\"interests\":[0],\"interests\":[7]",
		"\"user\":1,\"interests\":[0,0]",
		"\"user\":1,\"interests\":[0,7,1]",
		"\"user\":1,\"interests\":[0,7.0]",
		"\"user\":1,\"interests\":[0,\"7\"]",
		"\"user\":1,\"interests\":[0,]",
		"\"user\":1,\"interests\":[]",
		"\"user\":1",
		"\"user\":1,\"interests\":null",
		"\"user\":null,\"interests\":[0]",
		"\"user\":9,\"interests\":[0]",
		"\"user\":1,\"interests\":[0],\"consume_bias\":-0",
		"\"user\":1,\"interests\":[0],\"consume_bias\":-0.0",
		"\"user\":1,\"interests\":[0],\"consume_bias\":-1.5e3",
		"\"user\":1,\"interests\":[0],\"consume_bias\":-",
		"\"user\":1,\"interests\":[0],\"consume_bias\":- 1",
		"\"user\":1,\"interests\":[0],\"consume_bias\":--1",
		"\"user\":1,\"interests\":[0],\"consume_bias\":1000000000.0000001",
		"\"user\":1,\"interests\":[0],\"consume_bias\":-1000000001",
		"\"user\":1,\"interests\":[0],\"consume_bias\":nul",
		"\"user\":1,\"interests\":[0],\"consume_bias\":true",
		"\"user\":1,\"interests\":[0],\"consume_sharpness\":0.1000000000000000055511151231257827021181583404541",
		"\"user\":1,\"interests\":[0],\"consume_sharpness\":123456789012345678.5e-10",
		"\"user\":1,\"interests\":[0],\"consume_sharpness\":1e-320",
		"\"user\":1,\"interests\":[0],\"consume_sharpness\":1e400",
		"\"user\":1,\"interests\":[0],\"hype\":2.5,\"return_days\":0.001,\"churn\":1",
		"\"user\":1,\"interests\":[0],\"return_days\":0.0009",
		"\"user\":1,\"interests\":[0],\"hype\":null,\"return_days\":null,\"churn\":null,\"session_budget\":null",
		"\"user\":1,\"interests\":[0],\"session_budget\":3.0,\"interest_neighbours\":2e0",
		"\"user\":1,\"interests\":[0],\"session_budget\":2147483647,\"interest_neighbours\":2147483647",
		"\"user\":1,\"interests\":[0],\"session_budget\":2147483648",
		"\"user\":1,\"interests\":[0],\"session_budget\":0",
		"\"user\":1,\"interests\":[0],\"session_budget\":-1",
		"\"user\":1,\"interests\":[0],\"session_budget\":2.5",
		"\"user\":1,\"interests\":[0],\"artist_discount_gamma\":1.0000000000000002",
		"\"user\":1,\"interests\":[0],\"age\":7",
		"\"user\":1,\"interests\":[0],\"chrun\":0.5",
	};
	static const char *const forms[] = {
		"{\"user\":9,\"interests\":[21,0]}\n{%s%s}\n{\"user\":8,\"interests\":[14,7]}\n",
		"{%s%s}\r\n",
	};
	struct users quick, slow;
	struct errmsg why_not[2];

	for (size_t i = 0; i < 2 * (sizeof lines / sizeof *lines); i++) {
		char text[512];
		int status[2];

		snprintf(text, sizeof text, forms[i % 2], lines[i / 2], "");
		status[0] = load(&quick, text, &why_not[0]);
		snprintf(text, sizeof text, forms[i % 2], lines[i / 2], ",\"\\u007a\":0");
		status[1] = load(&slow, text, &why_not[1]);
		CHECK(status[0] == status[1]);
		if (status[0] == 0 && status[1] == 0)
			CHECK(same_users(&quick, &slow));
		else if (!strstr(why_not[1].text, "(column"))
			CHECK_STR(why_not[0].text, why_not[1].text);
		users_clear(&quick);
		users_clear(&slow);
	}
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	fixture_catalog(&catalog, 5, 2, 7);
	RUN(absent_numbers_have_defaults);
	RUN(numbers_are_read);
	RUN(mistakes_are_named_with_their_line);
	RUN(typos_are_told);
	RUN(both_ways_of_reading_agree);
	catalog_clear(&catalog);
	fixture_leave(directory);
	return DONE();
}

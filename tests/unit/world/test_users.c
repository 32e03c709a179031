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

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	fixture_catalog(&catalog, 5, 2, 7);
	RUN(absent_numbers_have_defaults);
	RUN(numbers_are_read);
	RUN(mistakes_are_named_with_their_line);
	RUN(typos_are_told);
	catalog_clear(&catalog);
	fixture_leave(directory);
	return DONE();
}

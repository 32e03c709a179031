#include "text/json_keys.h"

#include "unit/check.h"

static const char *const known[] = {"name", "arms", "weights", NULL};

static int check(int (*how)(const json_t *, const char *const *, struct errmsg *), const char *text, struct errmsg *e)
{
	json_t *object = json_loads(text, JSON_DECODE_ANY, NULL);
	int status = how(object, known, e);

	CHECK(object != NULL);
	json_decref(object);
	return status;
}

static void known_keys_pass(void)
{
	static const char *const good[] = {"{}", "{\"name\":1}", "{\"weights\":1,\"arms\":{\"more\":1},\"name\":2}",
					   "[1]", "1"};
	struct errmsg e;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		CHECK(check(json_keys_check, good[i], &e) == 0);
		CHECK(check(json_keys_check_typos, good[i], &e) == 0);
	}
}

static void unknown_keys_are_refused(void)
{
	struct errmsg e;

	CHECK(check(json_keys_check, "{\"name\":1,\"weigths\":1}", &e) == -1);
	CHECK_STR(e.text, "unknown key \"weigths\"; did you mean \"weights\"?");
	CHECK(check(json_keys_check, "{\"name\":1,\"policies\":1}", &e) == -1);
	CHECK_STR(e.text, "unknown key \"policies\"; there are \"name\", \"arms\" and \"weights\"");
	CHECK(check(json_keys_check, "{\"\":1}", &e) == -1);
	CHECK_STR(e.text, "unknown key \"\"; there are \"name\", \"arms\" and \"weights\"");
	CHECK(check(json_keys_check, "{\"Name\":1,\"name\":1}", &e) == -1);
	CHECK_STR(e.text, "unknown key \"Name\"; did you mean \"name\"?");
}

static void only_typos_are_refused_where_others_have_keys_too(void)
{
	struct errmsg e;

	CHECK(check(json_keys_check_typos, "{\"name\":1,\"colour\":1,\"\":1}", &e) == 0);
	CHECK(check(json_keys_check_typos, "{\"name\":1,\"colour\":1,\"weight\":1}", &e) == -1);
	CHECK_STR(e.text, "unknown key \"weight\"; did you mean \"weights\"?");
	/* where the one is said, the other may mean something else */
	CHECK(check(json_keys_check_typos, "{\"weight\":70,\"weights\":1}", &e) == 0);
}

int main(void)
{
	RUN(known_keys_pass);
	RUN(unknown_keys_are_refused);
	RUN(only_typos_are_refused_where_others_have_keys_too);
	return DONE();
}

#include "study/covariate.h"

#include <stdlib.h>

#include "unit/fixture.h"

static struct errmsg e;

static void values_are_found_by_user(void)
{
	struct covariate c;

	fixture_file("file", "{\"user\":7,\"value\":2.5}\n\n{\"value\":-3,\"user\":0.0,\"note\":\"x\"}");
	CHECK(covariate_load(&c, "file", &e) == 0);
	CHECK(c.n == 2 && covariate_of(&c, 7) == 2.5 && covariate_of(&c, 0) == -3 && isnan(covariate_of(&c, 1)));
	covariate_clear(&c);
	CHECK(covariate_load(&c, fixture_file("file", ""), &e) == 0);
	CHECK(c.n == 0 && isnan(covariate_of(&c, 7)));
	covariate_clear(&c);
}

static void many_users(void)
{
	FILE *f = fopen("file", "w");
	struct covariate c;

	for (int i = 0; i < 5000; i++)
		fprintf(f, "{\"user\":%d,\"value\":%d}\n", (i * 977) % 5000 * 3, i);
	fclose(f);
	CHECK(covariate_load(&c, "file", &e) == 0);
	for (uint32_t i = 0; i < 5000; i++)
		CHECK(covariate_of(&c, i * 977 % 5000 * 3) == i);
	covariate_clear(&c);
}

static void mistakes_are_told(void)
{
	static const struct {
		const char *text, *reason;
	} cases[] = {
		{"{\"value\":1}", "file:1: \"user\" is missing"},
		{"{\"user\":-1,\"value\":1}", "file:1: \"user\" is not an id (a whole number from 0 to 2147483647)"},
		{"{\"user\":1}", "file:1: \"value\" is missing"},
		{"{\"user\":1,\"value\":null}", "file:1: \"value\" is not a number"},
		{"{\"user\":1,\"value\":\"2\"}", "file:1: \"value\" is not a number"},
		{"{\"user\":1,\"value\":-1e100}\n{\"user\":2,\"value\":1e160}",
		 "file:2: \"value\" is not a number from -1e+100 to 1e+100"},
		{"{\"user\":1,\"value\":-1.1e100}", "file:1: \"value\" is not a number from -1e+100 to 1e+100"},
		{"{\"user\":1,\"value\":1}\n{\"user\":1,\"value\":1}", "file:2: user 1 has a value already"},
		{"[1,2]", "file:1: not a JSON object"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct covariate c;

		CHECK(covariate_load(&c, fixture_file("file", cases[i].text), &e) < 0);
		CHECK_STR(e.text, cases[i].reason);
		covariate_clear(&c);
	}
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(values_are_found_by_user);
	RUN(many_users);
	RUN(mistakes_are_told);
	fixture_leave(directory);
	return DONE();
}

#include "policy/experiment.h"

#include "unit/fixture.h"

static int load(struct experiments *x, const char *text, struct errmsg *e)
{
	e->text[0] = 0;
	return experiments_load(x, fixture_file("file", text), e);
}

static void files_are_read_in_order(void)
{
	struct experiments x;
	struct errmsg e;
	const struct experiment *serving;

	CHECK(load(&x,
		   "{\"experiments\":[{\"name\":\"AA\",\"arms\":[\"C\",\"T1\",\"T2\"]},\n"
		   " {\"name\":\"OLD\",\"arms\":{\"C\":\"random\"}},\n"
		   " {\"arms\":{\"Z\":\"artist,random+unseen\",\"A\":\"random\"},\"name\":\"NEW\","
		   "\"comment\":\"why\"},\n"
		   " {\"name\":\"BB\",\"arms\":[\"C\"]}],\"comment\":\"\"}\n",
		   &e) == 0);
	CHECK(x.n == 4);
	CHECK_STR(x.list[0].name, "AA");
	CHECK(x.list[0].n_arms == 3 && !x.list[0].has_policies);
	CHECK_STR(x.list[0].arms[2].name, "T2");
	/* the arms of an object keep its order, as the assignment counts on it */
	CHECK(x.list[2].n_arms == 2 && x.list[2].has_policies);
	CHECK_STR(x.list[2].arms[0].name, "Z");
	CHECK(x.list[2].arms[0].policy.n_sources == 2 && x.list[2].arms[0].policy.n_filters == 1);
	CHECK_STR(x.list[2].arms[1].name, "A");
	/* the last one that has policies serves */
	serving = experiments_serving(&x);
	CHECK(serving == &x.list[2]);
	experiments_clear(&x);
	CHECK(experiments_serving(&x) == NULL);
	CHECK(load(&x, "{\"experiments\":[{\"name\":\"AA\",\"arms\":[\"C\"]}]}", &e) == 0);
	CHECK(experiments_serving(&x) == NULL);
	experiments_clear(&x);
}

static void a_file_assigns_as_a_name_does(void)
{
	struct experiments x;
	struct assignment of = assignment_of("CONTEXTUAL_COMPARISON", 2);
	struct errmsg e;

	CHECK(load(&x, "{\"experiments\":[{\"name\":\"CONTEXTUAL_COMPARISON\",\"arms\":[\"C\",\"T1\"]}]}", &e) == 0);
	for (uint32_t user = 0; user < 1000; user++)
		CHECK(assignment_arm(x.list[0].assignment, user) == assignment_arm(&of, user));
	experiments_clear(&x);
}

static void weights_assign(void)
{
	static const char *const same[] = {
		"\"arms\":[\"C\",\"T1\"],\"weights\":{\"C\":9,\"T1\":1}",
		"\"arms\":[\"C\",\"T1\"],\"weights\":{\"T1\":0.1,\"C\":0.9}",
		"\"arms\":[\"C\",\"T1\"],\"weights\":[9,1]",
		"\"weights\":{\"C\":9,\"T1\":1},\"arms\":{\"C\":\"random\",\"T1\":\"artist\"}",
		"\"arms\":{\"C\":\"random\",\"T1\":\"artist\"},\"weights\":[9e11,1e11]",
	};

	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		struct experiments x;
		struct errmsg e;
		char text[256];
		unsigned treated = 0;

		snprintf(text, sizeof text, "{\"experiments\":[{\"name\":\"CONTEXTUAL_COMPARISON\",%s}]}", same[i]);
		CHECK(load(&x, text, &e) == 0);
		for (uint32_t user = 0; user < 10000; user++)
			treated += assignment_arm(x.list[0].assignment, user) == 1;
		CHECK(treated == 1009); /* as test_assignment.c has it from elsewhere */
		experiments_clear(&x);
	}
}

static void equal_weights_assign_as_none(void)
{
	struct experiments x;
	struct assignment none = assignment_of("X", 2);
	struct errmsg e;

	CHECK(load(&x, "{\"experiments\":[{\"name\":\"X\",\"arms\":[\"C\",\"T1\"],\"weights\":[5,5]}]}", &e) == 0);
	for (uint32_t user = 0; user < 1000; user++)
		CHECK(assignment_arm(x.list[0].assignment, user) == assignment_arm(&none, user));
	experiments_clear(&x);
}

static void many_arms_keep_their_order(void)
{
	char text[8192], name[16];
	size_t len = (size_t)sprintf(text, "{\"experiments\":[{\"name\":\"X\",\"arms\":{");
	struct experiments x;
	struct errmsg e;

	for (unsigned i = 0; i < 200; i++)
		len += (size_t)sprintf(text + len, "%s\"arm %u\":\"random\"", i > 0 ? "," : "", i * 7919 % 1000);
	sprintf(text + len, "}}]}");
	CHECK(load(&x, text, &e) == 0);
	CHECK(x.list[0].n_arms == 200);
	for (unsigned i = 0; i < 200; i++) {
		snprintf(name, sizeof name, "arm %u", i * 7919 % 1000);
		CHECK_STR(x.list[0].arms[i].name, name);
	}
	experiments_clear(&x);
}

#define WEIGHTS(weights) "{\"experiments\":[{\"name\":\"A\",\"arms\":[\"C\",\"T\"],\"weights\":" weights "}]}"

static void mistakes_are_named(void)
{
	static const struct {
		const char *text, *reason;
	} known[] = {
		{"", "file: empty"},
		{"[]", "file: no \"experiments\", an array of at least one"},
		{"{}", "file: no \"experiments\", an array of at least one"},
		{"{\"experiments\":{}}", "file: no \"experiments\", an array of at least one"},
		{"{\"experiments\":[]}", "file: no \"experiments\", an array of at least one"},
		{"{\"experiments\":[1]}", "file: experiment 1 has no name"},
		{"{\"experiments\":[{\"arms\":[\"C\"]}]}", "file: experiment 1 has no name"},
		{"{\"experiments\":[{\"name\":\"\",\"arms\":[\"C\"]}]}", "file: experiment 1 has no name"},
		{"{\"experiments\":[{\"name\":5,\"arms\":[\"C\"]}]}", "file: experiment 1 has no name"},
		{"{\"experiments\":[{\"name\":\"A\"}]}", "file: experiment 'A': it has no arms"},
		{"{\"experiments\":[{\"name\":\"A\",\"arms\":[]}]}", "file: experiment 'A': it has no arms"},
		{"{\"experiments\":[{\"name\":\"A\",\"arms\":{}}]}", "file: experiment 'A': it has no arms"},
		{"{\"experiments\":[{\"name\":\"A\",\"arms\":2}]}",
		 "file: experiment 'A': \"arms\" is neither an array of names nor an object of policies"},
		{"{\"experiments\":[{\"name\":\"A\",\"arms\":[\"C\",1]}]}",
		 "file: experiment 'A': the name of an arm is not a string"},
		{"{\"experiments\":[{\"name\":\"A\",\"arms\":[\"C\",\"T\",\"C\"]}]}",
		 "file: experiment 'A': arm 'C' twice"},
		{"{\"experiments\":[{\"name\":\"A\",\"arms\":[\"C\"]},{\"name\":\"A\",\"arms\":[\"C\"]}]}",
		 "file: experiment 'A' twice"},
		{"{\"experiment\":[]}", "file: unknown key \"experiment\"; did you mean \"experiments\"?"},
		{"{\"experiments\":[{\"name\":\"A\",\"arms\":[\"C\"]}],\"seed\":1}",
		 "file: unknown key \"seed\"; there are \"experiments\" and \"comment\""},
		{"{\"experiments\":[{\"name\":\"A\",\"arms\":[\"C\",\"T\"],\"weigths\":[9,1]}]}",
		 "file: experiment 'A': unknown key \"weigths\"; did you mean \"weights\"?"},
		{"{\"experiments\":[{\"name\":\"A\",\"arms\":[\"C\",\"T\"],\"polices\":{}}]}",
		 "file: experiment 'A': unknown key \"polices\"; there are \"name\", \"arms\", \"weights\" and "
		 "\"comment\""},
		{WEIGHTS("2"),
		 "file: experiment 'A': \"weights\" is neither an object of numbers by arm nor an array of numbers"},
		{WEIGHTS("[1]"), "file: experiment 'A': \"weights\" is not as long as \"arms\" (1 and 2)"},
		{WEIGHTS("[1,2,3]"), "file: experiment 'A': \"weights\" is not as long as \"arms\" (3 and 2)"},
		{WEIGHTS("{\"C\":1}"), "file: experiment 'A': arm 'T' has no weight"},
		{WEIGHTS("{\"C\":1,\"T\":1,\"D\":1}"),
		 "file: experiment 'A': \"weights\" names 'D', which is not an arm"},
		{WEIGHTS("{\"C\":1,\"T\":\"1\"}"),
		 "file: experiment 'A': the weight of arm 'T' is not a number from 0 to 1e12"},
		{WEIGHTS("[1,-1]"), "file: experiment 'A': the weight of arm 'T' is not a number from 0 to 1e12"},
		{WEIGHTS("[1e13,1]"), "file: experiment 'A': the weight of arm 'C' is not a number from 0 to 1e12"},
		{WEIGHTS("[1,null]"), "file: experiment 'A': the weight of arm 'T' is not a number from 0 to 1e12"},
		{WEIGHTS("[0,0]"), "file: experiment 'A': no arm has a weight above 0"},
		{WEIGHTS("[1e6,1]"),
		 "file: experiment 'A': the weight of arm 'T' is too small: it gets not one of 10000 users"},
		{"{\"experiments\":[{\"name\":\"A\",\"arms\":{\"C\":\"random\",\"T\":1}}]}",
		 "file: experiment 'A': the policy of arm 'T' is not a string"},
		{"{\"experiments\":[{\"name\":\"A\",\"arms\":{\"C\":\"random\",\"T\":\"rnadom\"}}]}",
		 "file: experiment 'A': arm 'T': policy 'rnadom': unknown source 'rnadom'; did you mean 'random'?"},
	};
	struct experiments x;
	struct errmsg e;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		CHECK(load(&x, known[i].text, &e) == -1);
		CHECK_STR(e.text, known[i].reason);
		CHECK(x.n == 0 && x.list == NULL);
	}
	CHECK(load(&x, "{\"experiments\":[{\"name\":\"A\",\"arms\":{\"C\":\"random\",\"C\":\"artist\"}}]}", &e) == -1);
	CHECK(strncmp(e.text, "file:1: duplicate object key", 28) == 0);
	CHECK(experiments_load(&x, "absent", &e) == -1);
	CHECK_STR(e.text, "absent: No such file or directory");
	experiments_clear(&x);
}

static void missing_tables_are_named_with_arm(void)
{
	struct experiments x;
	struct tables none = {0};
	struct errmsg e;

	CHECK(load(&x,
		   "{\"experiments\":[{\"name\":\"A\",\"arms\":[\"C\"]},"
		   "{\"name\":\"B\",\"arms\":{\"C\":\"random\",\"T\":\"similar,random\"}}]}",
		   &e) == 0);
	CHECK(experiments_bind(&x, &none, &e) == -1);
	CHECK_STR(e.text, "experiment 'B': arm 'T': source similar: it needs a table of similar tracks (--similar)");
	experiments_clear(&x);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(files_are_read_in_order);
	RUN(a_file_assigns_as_a_name_does);
	RUN(weights_assign);
	RUN(equal_weights_assign_as_none);
	RUN(many_arms_keep_their_order);
	RUN(mistakes_are_named);
	RUN(missing_tables_are_named_with_arm);
	fixture_leave(directory);
	return DONE();
}

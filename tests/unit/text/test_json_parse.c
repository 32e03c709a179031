#include "text/json_parse.h"

#include <stdlib.h>
#include <sys/resource.h>

#include "unit/check.h"

static void values_are_those_of_jansson(void)
{
	static const char text[] = "{\"a\":[1,\"b\\u00e9c\"]}";
	bool no_memory = true;
	json_error_t why;
	json_t *value = json_parse(text, sizeof text - 1, 0, &why, &no_memory);

	CHECK(value && !no_memory);
	CHECK_STR(json_string_value(json_array_get(json_object_get(value, "a"), 1)), "b\xc3\xa9" "c");
	json_decref(value);
	CHECK(json_parse("[1,", 3, 0, &why, &no_memory) == NULL && !no_memory && why.column == 3);
}

/* Values of several parses are freed in any order, and in between a parse may fail. */
static void values_are_freed_in_any_order(void)
{
	json_t *values[3];
	bool no_memory;
	json_error_t why;

	for (size_t i = 0; i < 3; i++) {
		values[i] = json_parse("{\"a\":[1,{\"b\":\"c\"}]}", 19, 0, &why, &no_memory);
		CHECK(values[i] && !json_parse("{\"a\":[\"", 7, 0, &why, &no_memory));
	}
	json_decref(values[1]);
	values[1] = json_parse("[]", 2, 0, &why, &no_memory);
	json_decref(values[0]);
	json_decref(values[2]);
	json_decref(values[1]);
}

/* A string that needs more than there is, with an escape after it: jansson alone writes past the end of its memory. */
static void where_there_is_no_memory_there_is_no_value(void)
{
	enum { LEN = 1 << 22 };
	char *text = malloc(LEN);
	struct rlimit usual, little;
	bool no_memory;
	json_error_t why;
	json_t *value;

#ifdef __SANITIZE_ADDRESS__
	free(text); /* it has its own idea of memory, and ends the process where there is none */
	return;
#endif
	memset(text, 'x', LEN);
	memcpy(text, "[\"", 2);
	memcpy(text + LEN - 8, "\\u00e9\"]", 8);
	CHECK(getrlimit(RLIMIT_AS, &usual) == 0);
	little = usual;
	little.rlim_cur = 1 << 20;
	for (int i = 0; i < 2; i++) {
		CHECK(setrlimit(RLIMIT_AS, &little) == 0);
		value = json_parse(text, LEN, 0, &why, &no_memory);
		CHECK(setrlimit(RLIMIT_AS, &usual) == 0);
		CHECK(value == NULL && no_memory);
		value = json_parse(text, LEN, 0, &why, &no_memory);
		CHECK(!no_memory && json_string_length(json_array_get(value, 0)) == LEN - 8);
		json_decref(value);
	}
	free(text);
}

int main(void)
{
	RUN(values_are_those_of_jansson);
	RUN(values_are_freed_in_any_order);
	RUN(where_there_is_no_memory_there_is_no_value);
	return DONE();
}

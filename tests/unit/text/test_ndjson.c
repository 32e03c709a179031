#include "text/ndjson.h"

#include <stdlib.h>
#include <unistd.h>

#include "unit/check.h"

static char path[64];

/* Makes a file that holds `len` bytes, at `path`. */
static void make_file(const char *bytes, size_t len)
{
	int fd;

	strcpy(path, "/tmp/botify-test-XXXXXX");
	fd = mkstemp(path);
	CHECK(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
	close(fd);
}

/* Whether the reason is `want` after the file's name. */
static int reason_is(const struct errmsg *e, const char *want)
{
	size_t n = strlen(path);
	int is = strncmp(e->text, path, n) == 0 && strcmp(e->text + n, want) == 0;

	if (!is)
		printf("# the reason was: %s\n", e->text);
	return is;
}

static void an_object_is_parsed(void)
{
	static const char text[] = " {\"a\":[1,{\"b\":null}]}\t";
	struct errmsg e;
	json_t *object = ndjson_parse(text, sizeof text - 1, &e);

	CHECK(object && json_array_size(json_object_get(object, "a")) == 2);
	json_decref(object);
}

static void all_else_is_refused_with_a_reason(void)
{
	static const struct {
		const char *text, *reason;
	} known[] = {
		{"", "not a JSON object: '[' or '{' expected near end of file (column 0)"},
		{"5", "not a JSON object: '[' or '{' expected near '5' (column 1)"},
		{"[]", "not a JSON object"},
		{"{\"a\":1}{}", "not a JSON object: end of file expected near '{' (column 8)"},
		{"{\"a\":1,\"a\":1}", "not a JSON object: duplicate object key near '\"a\"' (column 10)"},
		{"{\"a\":{\"b\":1,\"b\":2}}", "not a JSON object: duplicate object key near '\"b\"' (column 15)"},
		{"{\"a\":NaN}", "not a JSON object: invalid token near 'NaN' (column 8)"},
		{"{\"a\":1e999}", "not a JSON object: real number overflow near '1e999' (column 10)"},
		{"{\"a\":\"\\u00e\xc6\xa3\"}", "not a JSON object: invalid escape near '\"\\u00e?' (column 12)"},
		{"{\"\033[2J\":1}", "not a JSON object: control character 0x1b near '\"' (column 2)"},
		{"\033[2J", "not a JSON object: '[' or '{' expected near '?' (column 1)"},
		{"{'a':1}", "not a JSON object: string or '}' expected near ''' (column 2)"},
	};
	struct errmsg e;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		CHECK(ndjson_parse(known[i].text, strlen(known[i].text), &e) == NULL);
		CHECK_STR(e.text, known[i].reason);
	}
	CHECK(ndjson_parse("{\"a\":\"\xff\"}", 9, &e) == NULL);
	CHECK(strstr(e.text, "unable to decode byte 0xff") != NULL);
}

/* A line ends anywhere where its writer was killed: each beginning of an object is told as one. */
static void a_line_that_was_cut_is_told_as_such(void)
{
	static const char line[] = " {\"m\\\"{}\":\"n\xc3\xa9\xf0\x9f\x8e\xb5\",\"t\":-17.5e+3,\"x\":[true,null,"
				   "{\"b\":\"\\u00e9}\"}],\"e\":{\"A\":\"T\"}} ";
	static const char *const whole[] = {
		"", "5", "junk", "[1", "{\"a\":1}}", "{\"a\":x}", "{\"a\":\"b\"c\",\"d\":1}", "{'a':1}",
		"{\"a\":1}{\"b", "{\"a\":tru}",
		"{\"a\":1,{\"b\":2}",
	};
	struct errmsg e;

	for (size_t len = 2; len < sizeof line - 2; len++) {
		CHECK(ndjson_parse(line, len, &e) == NULL);
		CHECK(strncmp(e.text, "cut off before its end: ", 24) == 0 && strstr(e.text, " (column ") != NULL);
	}
	json_decref(ndjson_parse(line, sizeof line - 1, &e));
	CHECK(ndjson_parse("{\"a\":1", 6, &e) == NULL);
	CHECK_STR(e.text, "cut off before its end: '}' expected near end of file (column 6)");
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
		CHECK(ndjson_parse(whole[i], strlen(whole[i]), &e) == NULL);
		CHECK(strncmp(e.text, "not a JSON object", 14) == 0);
	}
}

/* jansson 2.14 reads this as {"a":1}, and "\u0000" must not cut a string short either. */
static void nul_bytes_are_refused(void)
{
	struct errmsg e;

	CHECK(ndjson_parse("{\"a\":1\0}", 8, &e) == NULL);
	CHECK_STR(e.text, "NUL byte");
	CHECK(ndjson_parse("{\"a\":1}\0", 8, &e) == NULL);
	CHECK_STR(e.text, "NUL byte");
	CHECK(ndjson_parse("{\"a\":\"x\\u0000y\"}", 16, &e) == NULL);
	CHECK(strstr(e.text, "\\u0000 is not allowed") != NULL);
}

static void depth_is_limited(void)
{
	enum { DEEP = 1000000 };
	char *text = malloc(DEEP + 5);
	struct errmsg e;

	memcpy(text, "{\"a\":", 5);
	memset(text + 5, '[', DEEP);
	CHECK(ndjson_parse(text, DEEP + 5, &e) == NULL);
	CHECK(strstr(e.text, "maximum parsing depth reached") != NULL);
	free(text);
}

static void a_document_is_loaded(void)
{
	struct errmsg e;
	json_t *value;

	make_file("[1,\n2,\r\n 3]\n", 12);
	value = ndjson_load(path, &e);
	CHECK(json_is_array(value) && json_array_size(value) == 3);
	json_decref(value);
	unlink(path);
	make_file("\"of any type\"", 13);
	value = ndjson_load(path, &e);
	CHECK(json_is_string(value));
	json_decref(value);
	unlink(path);
}

static void a_bad_document_is_named_with_its_line(void)
{
	static const struct {
		const char *text;
		size_t len;
		const char *reason;
	} known[] = {
		{"", 0, ": empty"},
		{"\n\n", 2, ":3: unexpected token near end of file (column 0)"},
		{"[1,\n2,\n", 7, ":3: ']' expected near end of file (column 0)"},
		{"[1,\n2]\n[3]", 10, ":3: end of file expected near '[' (column 1)"},
		{"[1,\n2\0]", 7, ": NUL byte"},
		{"{\"a\":1,\n\"a\":2}", 14, ":2: duplicate object key near '\"a\"' (column 3)"},
	};
	struct errmsg e;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		make_file(known[i].text, known[i].len);
		CHECK(ndjson_load(path, &e) == NULL);
		CHECK(reason_is(&e, known[i].reason));
		unlink(path);
	}
	CHECK(ndjson_load(path, &e) == NULL);
	CHECK(reason_is(&e, ": No such file or directory"));
}

struct sums {
	json_int_t n;
	unsigned long numbers;
};

/* Adds up "n" and the numbers of lines; an object without it is an error. */
static int add(const struct ndjson_line *line, void *ctx, struct errmsg *e)
{
	struct sums *sums = ctx;

	if (!json_object_get(line->object, "n"))
		return errmsg_set(e, "no n");
	sums->n += json_integer_value(json_object_get(line->object, "n"));
	sums->numbers += line->number;
	return 0;
}

static void each_line_is_visited(void)
{
	struct sums sums = {0};
	struct errmsg e;

	make_file("{\"n\":1}\n\n \t\r\n{\"n\":20}\r\n{\"n\":300}", 32);
	CHECK(ndjson_each(path, add, &sums, &e) == 0);
	CHECK(sums.n == 321);
	CHECK(sums.numbers == 1 + 4 + 5);
	unlink(path);
	make_file("", 0);
	CHECK(ndjson_each(path, add, &sums, &e) == 0 && sums.n == 321);
	unlink(path);
}

static void the_first_bad_line_stops_the_visit(void)
{
	struct sums sums = {0};
	struct errmsg e;

	make_file("{\"n\":1}\n\n{\"m\":2}\n{\"n\":4}\n", 26);
	CHECK(ndjson_each(path, add, &sums, &e) == -1);
	CHECK(reason_is(&e, ":3: no n") && sums.n == 1);
	unlink(path);
	make_file("{\"n\":1}\n[2]\n", 12);
	CHECK(ndjson_each(path, add, &sums, &e) == -1);
	CHECK(reason_is(&e, ":2: not a JSON object") && sums.n == 2);
	unlink(path);
	CHECK(ndjson_each(path, add, &sums, &e) == -1);
	CHECK(reason_is(&e, ": No such file or directory"));
}

/* Takes lines that end with a space. */
static bool take_spaced(const char *text, size_t len, unsigned long number, void *ctx)
{
	struct sums *sums = ctx;

	if (text[len - 1] != ' ')
		return false;
	sums->n += 1000;
	sums->numbers += number;
	return true;
}

static void lines_that_are_not_taken_quickly_are_parsed(void)
{
	struct sums sums = {0};
	struct errmsg e;

	make_file("{\"n\":1}\n \nwhatever \n{\"n\":20}\n", 29);
	CHECK(ndjson_each_quick(path, take_spaced, add, &sums, &e) == 0);
	CHECK(sums.n == 1021 && sums.numbers == 1 + 3 + 4);
	unlink(path);
}

static void standard_input_has_a_name(void)
{
	CHECK_STR(ndjson_name("-"), "standard input");
	CHECK_STR(ndjson_name("./-"), "./-");
}

static void ids_are_whole_numbers_in_range(void)
{
	static const char *const bad[] = {"-1", "2147483648", "1.5", "2147483648.0", "-1.0", "1e-3", "1e300", "\"1\"",
					  "null", "true", "[]"};
	static const struct {
		const char *text;
		uint32_t id;
	} good[] = {{"2147483647", INT32_MAX}, {"2147483647.0", INT32_MAX}, {"3859.0", 3859}, {"3.859e3", 3859},
		    {"0.0", 0}, {"-0.0", 0}};
	struct errmsg e;
	uint32_t id = 5;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		json_t *value = json_loads(good[i].text, JSON_DECODE_ANY, NULL);

		CHECK(value && ndjson_id(value, "track", &id, &e) == 0 && id == good[i].id);
		json_decref(value);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		json_t *value = json_loads(bad[i], JSON_DECODE_ANY, NULL);

		CHECK(value && ndjson_id(value, "track", &id, &e) == -1);
		CHECK_STR(e.text, "\"track\" is not an id (a whole number from 0 to 2147483647)");
		json_decref(value);
	}
	CHECK(ndjson_id(NULL, "user", &id, &e) == -1);
	CHECK_STR(e.text, "\"user\" is missing");
}

static void counts_are_whole_numbers_up_to_a_limit(void)
{
	static const char *const bad[] = {"-1", "8", "1.5", "8.0", "\"1\"", "null", "true", "[]",
					  "9223372036854775807"};
	json_t *object = json_object();
	struct errmsg e;
	uint64_t n = 0;

	CHECK(ndjson_count(object, "plays", 7, &n, &e) == -1);
	CHECK_STR(e.text, "\"plays\" is not a count");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		json_object_set_new(object, "plays", json_loads(bad[i], JSON_DECODE_ANY, NULL));
		CHECK(ndjson_count(object, "plays", 7, &n, &e) == -1 && n == 0);
		CHECK_STR(e.text, "\"plays\" is not a count");
	}
	CHECK(ndjson_count(object, "plays", INT64_MAX, &n, &e) == 0 && n == INT64_MAX);
	json_object_set_new(object, "plays", json_integer(7));
	CHECK(ndjson_count(object, "plays", 7, &n, &e) == 0 && n == 7);
	json_object_set_new(object, "plays", json_real(6));
	CHECK(ndjson_count(object, "plays", 7, &n, &e) == 0 && n == 6);
	json_object_set_new(object, "plays", json_integer(0));
	CHECK(ndjson_count(object, "plays", 7, &n, &e) == 0 && n == 0);
	json_decref(object);
}

/*
 * Of real numbers those up to 2^53, beyond which not every whole number is one: what was written may have been
 * another.
 */
static void whole_numbers_may_be_written_as_real_ones(void)
{
	static const struct {
		const char *text;
		int64_t n;
	} good[] = {
		{"-9223372036854775808", INT64_MIN}, {"9007199254740993", 9007199254740993},
		{"1.7040672e12", 1704067200000}, {"-5.0", -5},
		{"9007199254740992.0", 9007199254740992}, {"-9007199254740992.0", -9007199254740992},
	};
	static const char *const bad[] = {"0.5", "9007199254740994.0", "1e19", "-1e300", "\"1\"", "null", "true", "[]",
					  "{}"};
	int64_t n;

	CHECK(!ndjson_whole(NULL, &n));
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		json_t *value = json_loads(good[i].text, JSON_DECODE_ANY, NULL);

		CHECK(value && ndjson_whole(value, &n) && n == good[i].n);
		json_decref(value);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		json_t *value = json_loads(bad[i], JSON_DECODE_ANY, NULL);

		CHECK(value && !ndjson_whole(value, &n));
		json_decref(value);
	}
}

int main(void)
{
	RUN(an_object_is_parsed);
	RUN(all_else_is_refused_with_a_reason);
	RUN(a_line_that_was_cut_is_told_as_such);
	RUN(nul_bytes_are_refused);
	RUN(depth_is_limited);
	RUN(a_document_is_loaded);
	RUN(a_bad_document_is_named_with_its_line);
	RUN(each_line_is_visited);
	RUN(the_first_bad_line_stops_the_visit);
	RUN(lines_that_are_not_taken_quickly_are_parsed);
	RUN(standard_input_has_a_name);
	RUN(ids_are_whole_numbers_in_range);
	RUN(counts_are_whole_numbers_up_to_a_limit);
	RUN(whole_numbers_may_be_written_as_real_ones);
	return DONE();
}

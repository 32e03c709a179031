#include "text/part.h"

#include <string.h>

#include "unit/fixture.h"

static struct errmsg e;
static const struct part_kind kind = {"botify-test", 2};

static const uint64_t numbers[] = {0, 1, 127, 128, 16383, 16384, UINT32_MAX, INT64_MAX, UINT64_MAX};
static const int64_t differences[] = {0, -1, 1, -64, 64, INT64_MIN, INT64_MAX};
static const int64_t multiples[] = {0, 1, 7, 10000000, 20000000, 20000001, INT64_MAX};

enum { N = sizeof numbers / sizeof *numbers, D = 7, M = 7 };

static struct part_bytes packed(void)
{
	struct part_bytes b = {0};

	for (size_t i = 0; i < N; i++)
		part_put(&b, numbers[i]);
	for (size_t i = 0; i < D; i++)
		part_put_signed(&b, differences[i]);
	for (size_t i = 0; i < M; i++)
		part_put_multiple(&b, multiples[i], 10000000);
	part_put_word(&b, UINT64_C(0x0123456789abcdef));
	CHECK(!b.no_memory);
	return b;
}

static void check_numbers(struct part_numbers in)
{
	for (size_t i = 0; i < N; i++)
		CHECK(part_take(&in) == numbers[i]);
	for (size_t i = 0; i < D; i++)
		CHECK(part_take_signed(&in) == differences[i]);
	for (size_t i = 0; i < M; i++)
		CHECK(part_take_multiple(&in, 10000000) == multiples[i]);
	CHECK(part_take_word(&in) == UINT64_C(0x0123456789abcdef));
	CHECK(in.at == in.end && !in.wrong);
	CHECK(part_take(&in) == 0 && in.wrong);
}

static void numbers_come_back(void)
{
	struct part_bytes b = packed();

	check_numbers((struct part_numbers){.at = b.bytes, .end = b.bytes + b.n});
	part_bytes_clear(&b);
}

static void lists_of_ids_come_back(void)
{
	static const uint32_t ids[] = {0, 0, 1, 500, INT32_MAX, INT32_MAX};
	struct part_bytes b = {0};
	uint32_t before = 0;
	struct part_numbers in;

	for (size_t i = 0; i < 6; i++)
		part_put_id(&b, ids[i], &before);
	part_put(&b, 1);
	in = (struct part_numbers){.at = b.bytes, .end = b.bytes + b.n};
	before = 0;
	for (size_t i = 0; i < 6; i++)
		CHECK(part_take_id(&in, &before) == ids[i] && before == ids[i] && !in.wrong);
	CHECK(part_take_id(&in, &before) == INT32_MAX && in.wrong); /* there is none above the last */
	part_bytes_clear(&b);
}

static void reals_come_back(void)
{
	static const double reals[] = {0, -0.0, 0.1, -1e300, 5e-324, INFINITY};
	struct part_bytes b = {0};
	struct part_numbers in;

	for (size_t i = 0; i < 6; i++)
		part_put_real(&b, reals[i]);
	part_put_real(&b, NAN);
	in = (struct part_numbers){.at = b.bytes, .end = b.bytes + b.n};
	for (size_t i = 0; i < 6; i++) {
		double x = part_take_real(&in);

		CHECK(memcmp(&x, &reals[i], sizeof x) == 0);
	}
	CHECK(isnan(part_take_real(&in)) && in.at == in.end && !in.wrong);
	part_bytes_clear(&b);
}

/* Too long, too large, or not all there. */
static void wrong_numbers_are_noticed(void)
{
	static const unsigned char endless[] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
				   large[] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 2}, cut[] = {128};
	struct part_numbers in = {.at = endless, .end = endless + sizeof endless};

	CHECK(part_take(&in) == 0 && in.wrong && in.at == in.end);
	in = (struct part_numbers){.at = large, .end = large + sizeof large};
	CHECK(part_take(&in) == 0 && in.wrong);
	in = (struct part_numbers){.at = cut, .end = cut + sizeof cut};
	CHECK(part_take(&in) == 0 && in.wrong);
	in = (struct part_numbers){.at = endless, .end = endless + 7};
	CHECK(part_take_word(&in) == 0 && in.wrong);
	in = (struct part_numbers){.at = (const unsigned char *)"\x05", .end = (const unsigned char *)"\x05" + 1};
	CHECK(part_take_up_to(&in, 4) == 0 && in.wrong);
	in = (struct part_numbers){.at = (const unsigned char *)"\x02xxxx", .end = (const unsigned char *)"\x02xxxx" + 5};
	CHECK(part_take_length(&in, 3) == 0 && in.wrong);
}

static char *file_of(size_t *size)
{
	static const char head[] = "{\"partial\":\"botify-test\",\"version\":2";
	struct part_bytes b = packed();
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	CHECK(part_write(head, strlen(head), &b, f) == 0);
	fclose(f);
	part_bytes_clear(&b);
	return text;
}

static void write_bytes(const char *bytes, size_t n)
{
	FILE *f = fopen("file", "w");

	CHECK(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
}

/* How many parts are in the file "file"; -1 with the reason. */
static int count_parts(void)
{
	struct part_file f = {0};
	struct part p;
	int n = 0, got = part_file_load(&f, "file", &e);

	while (got == 0 && (got = part_next(&f, &kind, &p, &e)) > 0) {
		check_numbers(p.numbers);
		part_clear(&p);
		got = 0;
		n++;
		if (f.at == f.n)
			break;
	}
	part_file_clear(&f);
	return got < 0 ? -1 : n;
}

static void parts_may_be_joined(void)
{
	size_t size;
	char *one = file_of(&size), *two = malloc(2 * size);

	memcpy(two, one, size);
	memcpy(two + size, one, size);
	write_bytes(one, size);
	CHECK(count_parts() == 1);
	write_bytes(two, 2 * size);
	CHECK(count_parts() == 2);
	free(one);
	free(two);
}

/* Whatever bit changes and wherever it ends, it is told, with a reason that names the file. */
static void damage_is_noticed(void)
{
	size_t size;
	char *text = file_of(&size);

	for (size_t i = 0; i < size; i++) {
		write_bytes(text, i);
		CHECK(count_parts() == -1 && strncmp(e.text, "file: ", 6) == 0);
		for (int bit = 0; bit < 8; bit++) {
			text[i] = (char)(text[i] ^ 1 << bit);
			write_bytes(text, size);
			CHECK(count_parts() == -1 && strncmp(e.text, "file: ", 6) == 0);
			text[i] = (char)(text[i] ^ 1 << bit);
		}
	}
	free(text);
}

static void what_is_not_a_part_is_told(void)
{
	static const struct {
		const char *text, *reason;
	} cases[] = {
		{"", "file: empty: not written by --partial, or cut"},
		{"{\"message\":\"next\"}\n", "file: not a part of a log: it does not begin as what --partial writes"},
		{"{\"partial\":\"botify-test\"", "file: not a part of a log: it does not begin as what --partial writes"},
		{"{\"partial\":7}\n", "file: a part of something else than botify-test"},
		{"{\"partial\":\"botify-toppop\",\"version\":2}\n", "file: a part of something else than botify-test"},
		{"{\"partial\":\"botify-test\",\"rows\":2}\n",
		 "file: was written in version 1 of the format; this is 2: make it again from its logs"},
		{"{\"partial\":\"botify-test\",\"version\":3}\n",
		 "file: was written in version 3 of the format; this is 2: make it again from its logs"},
		{"{\"partial\":\"botify-test\",\"version\":2}\n", "file: not a part of a log: \"bytes\" is not a count"},
		{"{\"partial\":\"botify-test\",\"version\":2,\"bytes\":3}\n12",
		 "file: cut off: 2 bytes are left of 20; copy it again, or make it again from its logs"},
		{"{\"partial\":\"botify-test\",\"version\":2,\"bytes\":1}\n10123456789abcdef\n",
		 "file: damaged: its checksum is not that of what it holds; take it from a copy, or make it again from its "
		 "logs"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		fixture_file("file", cases[i].text);
		CHECK(count_parts() == -1);
		CHECK_STR(e.text, cases[i].reason);
	}
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(numbers_come_back);
	RUN(lists_of_ids_come_back);
	RUN(reals_come_back);
	RUN(wrong_numbers_are_noticed);
	RUN(parts_may_be_joined);
	RUN(damage_is_noticed);
	RUN(what_is_not_a_part_is_told);
	fixture_leave(directory);
	return DONE();
}

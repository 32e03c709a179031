#include "base/intern.h"

#include <stdlib.h>

#include <stdio.h>

#include "unit/check.h"

static void numbers_follow_first_appearance(void)
{
	struct intern n = {0};

	CHECK(intern_find(&n, slice_of("C")) == INTERN_NONE);
	CHECK(intern_add(&n, slice_of("T1"), 0) == 0);
	CHECK(intern_add(&n, slice_of("C"), 0) == 1);
	CHECK(intern_add(&n, slice_of(""), 7) == 2);
	CHECK(intern_add(&n, slice_of("T1"), 1) == 0);
	CHECK(intern_add(&n, slice_of("C"), 1) == 1);
	CHECK(intern_add(&n, (struct slice){0}, 0) == 2);
	CHECK(intern_find(&n, slice_of("C")) == 1 && intern_find(&n, slice_of("c")) == INTERN_NONE);
	CHECK_STR(intern_text(&n, 0), "T1");
	CHECK(n.n == 3);
	intern_clear(&n);
	CHECK(n.n == 0);
}

/* A prefix of what is stored, or a longer one, is another name; so is one that differs after a NUL. */
static void the_length_counts(void)
{
	struct intern n = {0};
	struct slice ab = {.text = "abab", .len = 2};
	struct slice nul = {.text = "a\0b", .len = 3}, other = {.text = "a\0c", .len = 3};

	CHECK(intern_add(&n, ab, 0) == 0);
	CHECK(intern_add(&n, slice_of("abab"), 0) == 1);
	CHECK(intern_add(&n, slice_of("a"), 0) == 2);
	CHECK(intern_add(&n, nul, 2) == 3);
	CHECK(intern_add(&n, other, 3) == 4);
	CHECK_STR(intern_text(&n, 0), "ab");
	intern_clear(&n);
}

static void many_names_are_all_found(void)
{
	struct intern n = {0};
	char text[16];

	for (uint32_t round = 0; round < 2; round++)
		for (uint32_t i = 0; i < 5000; i++) {
			snprintf(text, sizeof text, "name%u", i);
			CHECK(intern_add(&n, slice_of(text), i / 2) == i);
		}
	CHECK(n.n == 5000);
	intern_clear(&n);
}

/* Bytewise, a prefix first; NUL bytes count. */
static void numbers_may_be_had_in_order(void)
{
	const struct slice names[] = {slice_of("b"), slice_of("ab"), slice_of("a"), {"a\0b", 3}, slice_of("\xc3\xbc"),
				      slice_of("")};
	static const uint32_t wanted[] = {5, 2, 3, 1, 0, 4};
	struct intern s = {0};
	uint32_t *order = intern_sorted(&s), *places = intern_places(&s);

	CHECK(order != NULL && places != NULL);
	free(order);
	free(places);
	for (uint32_t i = 0; i < 6; i++)
		CHECK(intern_add(&s, names[i], 0) == i);
	order = intern_sorted(&s);
	places = intern_places(&s);
	CHECK(memcmp(order, wanted, sizeof wanted) == 0);
	for (uint32_t i = 0; i < 6; i++)
		CHECK(places[order[i]] == i);
	free(order);
	free(places);
	intern_clear(&s);
}

int main(void)
{
	RUN(numbers_follow_first_appearance);
	RUN(the_length_counts);
	RUN(many_names_are_all_found);
	RUN(numbers_may_be_had_in_order);
	return DONE();
}

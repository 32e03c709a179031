#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>

#include "unit/check.h"

/* Pieces of all sizes, some larger than any chunk: each keeps its bytes and its place while others are made. */
static void pieces_stay(void)
{
	enum { PIECES = 400 };
	struct arena a = {0};
	unsigned char bytes[3 * PIECES], *pieces[PIECES];

	for (int round = 0; round < 3; round++) {
		for (unsigned i = 0; i < PIECES; i++) {
			memset(bytes, (int)(i + (unsigned)round), sizeof bytes);
			pieces[i] = arena_copy(&a, bytes, 3 * i);
			CHECK(pieces[i] && (uintptr_t)pieces[i] % alignof(max_align_t) == 0);
		}
		for (unsigned i = 0; i < PIECES; i++)
			for (unsigned j = 0; j < 3 * i; j++)
				CHECK(pieces[i][j] == (unsigned char)(i + (unsigned)round));
		arena_reset(&a);
	}
	arena_clear(&a);
	CHECK(a.chunks == NULL && a.used == 0);
}

static void a_large_piece_fits(void)
{
	static const char large[1 << 20] = {'x'};
	struct arena a = {0};
	const char *small = arena_copy(&a, "small", 6), *copy = arena_copy(&a, large, sizeof large), *none;

	CHECK(copy && memcmp(copy, large, sizeof large) == 0);
	CHECK_STR(small, "small");
	none = arena_copy(&a, NULL, 0);
	CHECK(none != NULL);
	arena_clear(&a);
}

/* What was given back is used again: many rounds take no more than one. */
static void reset_keeps_memory_for_as_much(void)
{
	struct arena a = {0};
	const void *before;

	for (int i = 0; i < 10000; i++)
		CHECK(arena_copy(&a, "0123456789abcdef", 16) != NULL);
	arena_reset(&a);
	before = a.chunks;
	for (int i = 0; i < 5000; i++)
		arena_copy(&a, "0123456789abcdef", 16);
	CHECK(a.chunks == before);
	arena_clear(&a);
}

/* What one odd user took is not kept for all that follow. */
static void reset_keeps_no_large_piece(void)
{
	static const char large[4 << 20] = {'x'};
	struct arena a = {0};

	CHECK(arena_copy(&a, large, sizeof large) != NULL);
	arena_reset(&a);
	CHECK(a.chunks == NULL && a.used == 0);
	CHECK(arena_copy(&a, "small", 6) != NULL);
	arena_clear(&a);
}

int main(void)
{
	RUN(pieces_stay);
	RUN(a_large_piece_fits);
	RUN(reset_keeps_memory_for_as_much);
	RUN(reset_keeps_no_large_piece);
	return DONE();
}

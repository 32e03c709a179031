#include "base/rng.h"

#include "unit/check.h"

/*
 * The first three: kat_vectors of Random123, lines "philox4x32 10". The last: its philox.h (Debian librandom123-dev).
 */
static void philox_gives_the_published_answers(void)
{
	static const struct {
		uint32_t counter[4], key[2], block[4];
	} known[] = {
		{{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
		 {0xffffffff, 0xffffffff},
		 {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
		 {0xa4093822, 0x299f31d0},
		 {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
		{{1, 2, 3, 4}, {5, 6}, {0xc0c839bc, 0x889c87c5, 0x61986739, 0x2d4623d0}},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		uint32_t block[4];

		rng_philox(known[i].counter, known[i].key, block);
		CHECK(memcmp(block, known[i].block, sizeof block) == 0);
	}
}

static void places_and_uses_differ(void)
{
	struct rng a = rng_at(1, RNG_POLICY, 2, 3, 4), same = rng_at(1, RNG_POLICY, 2, 3, 4);
	struct rng others[] = {
		rng_at(2, RNG_POLICY, 2, 3, 4),   rng_at(1ull << 32, RNG_POLICY, 2, 3, 4),
		rng_at(1, RNG_LISTENER, 2, 3, 4), rng_at(1, RNG_POLICY, 3, 3, 4),
		rng_at(1, RNG_POLICY, 2, 4, 4),   rng_at(1, RNG_POLICY, 2, 3, 5),
	};
	uint32_t first = rng_u32(&a);

	CHECK(first == rng_u32(&same));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		CHECK(rng_u32(&others[i]) != first);
}

/* Chi-square with 9 degrees of freedom; 33.7 is the 0.9999 quantile (scipy.stats.chi2.ppf). */
static void below_is_uniform_and_in_range(void)
{
	enum { N = 100000, CELLS = 10 };
	double cells[CELLS] = {0}, chi2 = 0;

	for (uint32_t i = 0; i < N; i++) {
		struct rng r = rng_at(7, RNG_ARRIVAL, i, 0, 0);
		uint32_t x = rng_below(&r, CELLS);

		CHECK(x < CELLS);
		cells[x < CELLS ? x : 0]++;
	}
	for (int i = 0; i < CELLS; i++)
		chi2 += (cells[i] - N / CELLS) * (cells[i] - N / CELLS) / (N / CELLS);
	CHECK(chi2 < 33.7);
}

static void uniform_fills_the_unit_interval(void)
{
	struct rng r = rng_at(7, RNG_WORLD, 0, 0, 0);
	double sum = 0, least = 1, most = 0;

	for (int i = 0; i < 100000; i++) {
		double x = rng_uniform(&r);

		sum += x;
		least = x < least ? x : least;
		most = x > most ? x : most;
	}
	CHECK(least >= 0 && least < 0.001);
	CHECK(most < 1 && most > 0.999);
	CHECK_NEAR(sum / 100000, 0.5, 0.01);
}

int main(void)
{
	RUN(philox_gives_the_published_answers);
	RUN(places_and_uses_differ);
	RUN(below_is_uniform_and_in_range);
	RUN(uniform_fills_the_unit_interval);
	return DONE();
}

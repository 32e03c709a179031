#include "sim/listener.h"

#include "unit/check.h"

static struct user user_of(double bias, double sharpness, double gamma)
{
	return (struct user){.consume_bias = bias, .consume_sharpness = sharpness, .artist_discount_gamma = gamma};
}

/* From tests/reference/listener.py, which computes with fifty digits. */
static void agrees_with_the_reference(void)
{
	static const struct {
		double bias, sharpness, gamma, affinity;
		uint32_t artist_plays;
		double time;
	} known[] = {
#include "reference/listener.inc"
	};
	size_t n = sizeof known / sizeof *known;

	CHECK(n >= 300);
	for (size_t i = 0; i < n; i++) {
		struct user u = user_of(known[i].bias, known[i].sharpness, known[i].gamma);
		double time = listener_time(&u, known[i].affinity, known[i].artist_plays);

		CHECK(time == known[i].time);
	}
}

/* 0.5 * 0.25 = 0.125 and so on are exact, so each is a true half: the even neighbour is due. */
static void halves_go_to_even(void)
{
	static const struct {
		double gamma;
		uint32_t artist_plays;
		double time;
	} known[] = {
		{1, 0, 0.5},	{0.25, 1, 0.12}, {0.75, 1, 0.38},  {0.5, 1, 0.25},
		{0.5, 2, 0.12}, {0.5, 3, 0.06},	 {0.05, 1, 0.02}, {0.25, 2, 0.03},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct user u = user_of(3, 2, known[i].gamma);

		CHECK(listener_time(&u, 3, known[i].artist_plays) == known[i].time);
	}
}

static void stays_between_0_and_1(void)
{
	struct user u = user_of(5, 1, 0.8), steep = user_of(0, 1e9, 1), flat = user_of(0, 0, 1);

	CHECK(listener_time(&u, 1e308, 0) == 1);
	CHECK(listener_time(&u, -1e308, 0) == 0 && !signbit(listener_time(&u, -1e308, 0)));
	CHECK(listener_time(&steep, 1e308, 0) == 1 && listener_time(&steep, -1e308, 0) == 0);
	CHECK(listener_time(&steep, 0, 0) == 0.5);
	CHECK(listener_time(&flat, 1e300, 0) == 0.5);
	CHECK(listener_time(&u, 1e308, 1) == 0.8);
	CHECK(listener_time(&u, 1e308, UINT32_MAX) == 0); /* and at once */
}

static void gamma_at_its_ends(void)
{
	struct user none = user_of(5, 1, 0), all = user_of(5, 1, 1);

	CHECK(listener_time(&none, 100, 0) == 1 && listener_time(&none, 100, 1) == 0);
	CHECK(listener_time(&all, 100, 0) == 1 && listener_time(&all, 100, 1000) == 1);
}

int main(void)
{
	RUN(agrees_with_the_reference);
	RUN(halves_go_to_even);
	RUN(stays_between_0_and_1);
	RUN(gamma_at_its_ends);
	return DONE();
}

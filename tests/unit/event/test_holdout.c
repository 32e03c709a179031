#include "event/holdout.h"

#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "unit/check.h"

/* Both ask for the same events: a line that is routed as text, and the event that it holds. */
static void what_is_held_out_is_what_goes_to_the_second_shard(void)
{
	static const enum route_by ways[] = {ROUTE_USER, ROUTE_SESSION, ROUTE_EVENT};

	for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
		const struct route_choice choice = {.by = ways[w], .holdout = true, .seed = 7, .share = 0.3};
		struct rng draw = rng_at(1, RNG_WORLD, 0, 0, 0);
		struct holdout h;
		struct route r;
		struct errmsg e;
		size_t held_out = 0;

		holdout_init(&h, &choice);
		route_init(&r, &choice);
		CHECK(holdout_is_on(&h));
		for (int i = 0; i < 3000; i++) {
			uint32_t user = rng_below(&draw, 200);
			bool last = rng_below(&draw, 5) == 0;
			char text[128];
			size_t len = (size_t)sprintf(text, "{\"message\":\"%s\",\"user\":%u,\"track\":%d,\"time\":1}",
						     last ? "last" : "next", user, i), shard;
			struct event ev = event_of(last ? EVENT_LAST : EVENT_NEXT, user, (uint32_t)i, 1);
			int has = holdout_has(&h, &ev, (struct slice){text, len}, &e);

			CHECK(route_line(&r, text, len, &shard, &e) == ROUTE_ONE && has == (int)shard);
			held_out += (size_t)has;
		}
		CHECK(held_out > 600 && held_out < 1200);
		route_clear(&r);
		holdout_clear(&h);
	}
}

static void nothing_is_held_out_of_a_zeroed_one(void)
{
	struct holdout h = {0};
	struct event ev = event_of(EVENT_NEXT, 1, 1, 1);
	struct errmsg e;

	CHECK(!holdout_is_on(&h));
	CHECK(holdout_has(&h, &ev, (struct slice){"", 0}, &e) == 0);
}

static void ways_have_names(void)
{
	struct route_choice c = {0};
	struct errmsg e;

	CHECK(holdout_parse_by(&c, "--holdout-by", "session", &e) == 0 && c.by == ROUTE_SESSION);
	CHECK(holdout_parse_by(&c, "--holdout-by", "day", &e) < 0);
	CHECK_STR(e.text, "--holdout-by takes event, session or user, not 'day'");
}

int main(void)
{
	RUN(what_is_held_out_is_what_goes_to_the_second_shard);
	RUN(nothing_is_held_out_of_a_zeroed_one);
	RUN(ways_have_names);
	return DONE();
}

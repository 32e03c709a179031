#include "event/route.h"

#include <stdlib.h>

#include "event/assignment.h"
#include "text/day.h"
#include "unit/check.h"

/* Where a line goes; SIZE_MAX where it is refused, SIZE_MAX - 1 where it goes everywhere. */
static size_t goes_to(struct route *r, const char *text)
{
	size_t shard;
	struct errmsg e;
	enum route_status status = route_line(r, text, strlen(text), &shard, &e);

	return status == ROUTE_ONE ? shard : status == ROUTE_EVERY ? SIZE_MAX - 1 : SIZE_MAX;
}

static const char *event(uint32_t user, int64_t timestamp, const char *message)
{
	static char text[128];

	sprintf(text, "{\"message\":\"%s\",\"timestamp\":%lld,\"user\":%u,\"track\":1,\"time\":1}", message,
		(long long)timestamp, user);
	return text;
}

static void users_stay_together(void)
{
	struct assignment users = assignment_of("botify-split", 7);
	struct route r;
	size_t counts[7] = {0};

	route_init(&r, &(struct route_choice){.by = ROUTE_USER, .n = 7});
	for (uint32_t user = 0; user < 7000; user++) {
		size_t shard = goes_to(&r, event(user, 1, "next"));

		CHECK(shard == assignment_arm(&users, user) && shard == goes_to(&r, event(user, 9, "last")));
		counts[shard]++;
	}
	for (size_t i = 0; i < 7; i++)
		CHECK(counts[i] > 850 && counts[i] < 1150);
	CHECK(goes_to(&r, "{\"botify-state\":1}") == SIZE_MAX - 1);
	CHECK(goes_to(&r, "{\"user\":3,\"sessions\":1}") == assignment_arm(&users, 3));
	CHECK(goes_to(&r, " \t") == assignment_arm(&users, 3)); /* with the line before */
	CHECK(goes_to(&r, "nonsense") == SIZE_MAX);
	route_clear(&r);
}

static void lines_go_to_each_in_turn(void)
{
	char name[ROUTE_NAME_SIZE];
	struct route r;

	route_init(&r, &(struct route_choice){.by = ROUTE_LINES, .n = 11});
	for (size_t i = 0; i < 100; i++)
		CHECK(goes_to(&r, i % 3 ? "" : "nonsense") == i % 11);
	CHECK_STR(route_name(&r, 3, name), "03");
	CHECK_STR(route_name(&r, 10, name), "10");
	route_clear(&r);
}

static void days_and_hours_are_dealt_out_or_have_their_own(void)
{
	const int64_t day = 1704067200000; /* 2024-01-01 */
	char name[ROUTE_NAME_SIZE];
	struct errmsg e;
	struct route r;
	size_t shard;

	route_init(&r, &(struct route_choice){.by = ROUTE_DAY});
	CHECK(route_shards(&r) == 0);
	CHECK(goes_to(&r, event(1, day + DAY_MS, "next")) == 0 && goes_to(&r, event(1, day + 2 * DAY_MS - 1, "next")) == 0);
	CHECK(goes_to(&r, event(1, day + DAY_MS - 1, "next")) == 1 && goes_to(&r, event(2, day + DAY_MS, "next")) == 0);
	CHECK(goes_to(&r, event(1, -1, "next")) == 2 && goes_to(&r, event(1, 0, "next")) == 3);
	CHECK(route_shards(&r) == 4);
	CHECK_STR(route_name(&r, 0, name), "2024-01-02");
	CHECK_STR(route_name(&r, 1, name), "2024-01-01");
	CHECK_STR(route_name(&r, 2, name), "1969-12-31");
	CHECK(route_line(&r, "{\"user\":1, \"time\":1}", 20, &shard, &e) == ROUTE_REFUSED);
	CHECK_STR(e.text, "\"timestamp\" is missing");
	route_clear(&r);
	route_init(&r, &(struct route_choice){.by = ROUTE_HOUR});
	CHECK(goes_to(&r, event(1, day + DAY_MS / 24 * 7, "next")) == 0 && goes_to(&r, event(1, -1, "next")) == 1);
	CHECK_STR(route_name(&r, 0, name), "2024-01-01T07");
	CHECK_STR(route_name(&r, 1, name), "1969-12-31T23");
	route_clear(&r);
	route_init(&r, &(struct route_choice){.by = ROUTE_DAY, .n = 3});
	for (int i = -5; i < 5; i++)
		CHECK(goes_to(&r, event(1, (int64_t)i * DAY_MS, "next")) == (size_t)((i + 6) % 3));
	route_clear(&r);
}

static void days_have_an_end(void)
{
	struct route r;
	struct errmsg e;
	size_t shard;
	const char *text;

	route_init(&r, &(struct route_choice){.by = ROUTE_DAY});
	for (int i = 0; i < ROUTE_MAX; i++)
		CHECK(goes_to(&r, event(1, (int64_t)i * DAY_MS, "next")) == (size_t)i);
	text = event(1, (int64_t)ROUTE_MAX * DAY_MS, "next");
	CHECK(route_line(&r, text, strlen(text), &shard, &e) == ROUTE_FAILED);
	CHECK_STR(e.text, "more than 1000 days; say how many shards there shall be");
	route_clear(&r);
}

/* What is held out by one seed, as bits of 64 things. */
static uint64_t held_out(enum route_by by, uint64_t seed, double share)
{
	struct route r;
	uint64_t bits = 0;

	route_init(&r, &(struct route_choice){.by = by, .holdout = true, .seed = seed, .share = share});
	for (uint32_t i = 0; i < 64; i++)
		bits |= (uint64_t)goes_to(&r, event(by == ROUTE_SESSION ? 5 : i, i, "last")) << i;
	route_clear(&r);
	return bits;
}

static void a_holdout_has_its_share_by_the_seed(void)
{
	static const enum route_by ways[] = {ROUTE_USER, ROUTE_EVENT, ROUTE_SESSION};
	char name[ROUTE_NAME_SIZE];
	struct route r;

	for (size_t i = 0; i < 3; i++) {
		int held = __builtin_popcountll(held_out(ways[i], 1, 0.25));

		CHECK(held > 6 && held < 28);
		CHECK(held_out(ways[i], 1, 0.25) == held_out(ways[i], 1, 0.25));
		CHECK(held_out(ways[i], 1, 0.25) != held_out(ways[i], 2, 0.25));
		CHECK(held_out(ways[i], 1, 0) == 0 && held_out(ways[i], 1, 1) == UINT64_MAX);
		/* more of it holds what less of it held */
		CHECK((held_out(ways[i], 1, 0.25) & ~held_out(ways[i], 1, 0.5)) == 0);
	}
	route_init(&r, &(struct route_choice){.by = ROUTE_USER, .holdout = true, .share = 0.5});
	CHECK(route_shards(&r) == 2);
	CHECK_STR(route_name(&r, 0, name), "train");
	CHECK_STR(route_name(&r, 1, name), "test");
	route_clear(&r);
}

static void sessions_are_held_out_whole(void)
{
	struct route r;
	size_t both = 0;

	route_init(&r, &(struct route_choice){.by = ROUTE_SESSION, .holdout = true, .seed = 3, .share = 0.5});
	for (int session = 0; session < 40; session++) {
		size_t a = goes_to(&r, event(1, 1, "next")), b = goes_to(&r, event(2, 1, "next"));

		CHECK(goes_to(&r, event(1, 2, "next")) == a && goes_to(&r, event(2, 3, "last")) == b);
		CHECK(goes_to(&r, event(1, 4, "last")) == a);
		both += a != b;
	}
	CHECK(both > 5 && both < 35);
	route_clear(&r);
}

static void words_are_read(void)
{
	static const char *const wrong[] = {"", "7", ":", "7:", ":0.5", "7:1.5", "7:-1", "-1:0.5", "x:0.5", "7:0.5:1"};
	struct route_choice c = {0};
	struct errmsg e;
	enum route_by by;

	CHECK(route_by_name(&by, "session") == 0 && by == ROUTE_SESSION);
	CHECK(route_by_name(&by, "users") == -1 && route_by_name(&by, "") == -1);
	CHECK(route_parse_holdout(&c, "--holdout", "7:0.25", &e) == 0 && c.holdout && c.seed == 7 && c.share == 0.25);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK(route_parse_holdout(&c, "--holdout", wrong[i], &e) == -1 &&
		      strncmp(e.text, "--holdout takes a seed and a share", 34) == 0);
}

int main(void)
{
	RUN(users_stay_together);
	RUN(lines_go_to_each_in_turn);
	RUN(days_and_hours_are_dealt_out_or_have_their_own);
	RUN(days_have_an_end);
	RUN(a_holdout_has_its_share_by_the_seed);
	RUN(sessions_are_held_out_whole);
	RUN(words_are_read);
	return DONE();
}

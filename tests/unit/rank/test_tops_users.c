#include "rank/tops_users.h"

#include "unit/check.h"

static struct errmsg e;

static uint32_t counted[8];
static size_t n_counted;

static int count(void *ctx, const struct tops_user *user, double weight, struct errmsg *reason)
{
	(void)ctx;
	(void)weight;
	(void)reason;
	counted[n_counted++] = user->first;
	return 0;
}

/*
 * Parts of users, each {user, first, waits, at, until, file}; "" where they can be joined, and then `first` is what the
 * first events that were recommended are of, as digits, and `left` how many parts there are then.
 */
static void check(const struct tops_user *list, size_t n, const char *reason, const char *firsts, size_t left)
{
	struct tops_users u = {0};

	errmsg_set(&e, "%s", "");
	n_counted = 0;
	for (size_t i = 0; i < n; i++) {
		struct tops_user user = list[i];

		user.order = i;
		CHECK(tops_users_add(&u, &user) == 0);
	}
	tops_users_sort(&u);
	CHECK(tops_users_join(&u, false, count, NULL, &e) == (*reason ? -1 : 0));
	CHECK(strncmp(e.text, reason, strlen(reason)) == 0 && (*reason || !*e.text));
	if (!*reason) {
		CHECK(u.n == left && n_counted == strlen(firsts));
		for (size_t i = 0; i < n_counted; i++)
			CHECK(counted[i] == (uint32_t)(firsts[i] - '0'));
	}
	tops_users_clear(&u);
}

#define CHECK_PARTS(reason, firsts, left, ...) \
	check((const struct tops_user[]){__VA_ARGS__}, \
	      sizeof((const struct tops_user[]){__VA_ARGS__}) / sizeof(struct tops_user), reason, firsts, left)
#define NO EVENT_NO_TRACK
#define NEVER EVENT_NO_TIMESTAMP

static void a_session_that_goes_on_in_another_part_is_joined(void)
{
	CHECK_PARTS("", "", 2, {1, 5, 6, 0, 10, 20, 0, "a", 0, 0}, {2, 6, NO, 0, 30, 40, 0, "b", 0, 0});
	CHECK_PARTS("", "", 1, {1, 5, NO, 0, 10, 20, 0, "a", 0, 0}, {1, 6, NO, 0, 30, 40, 0, "b", 0, 0});
	CHECK_PARTS("", "", 1, {1, 5, 7, 0, 10, 20, 0, "a", 0, 0}, {1, 6, NO, 0, 30, 40, 0, "b", 0, 0});
	CHECK_PARTS("", "6", 1, {1, 5, 6, 0, 10, 20, 0, "a", 0, 0}, {1, 6, NO, 0, 30, 40, 0, "b", 0, 0});
	CHECK_PARTS("", "6", 1, {1, 6, NO, 0, 20, 40, 0, "b", 0, 0}, {1, 5, 6, 0, 10, 20, 0, "a", 0, 0});
	CHECK_PARTS("", "67", 1, {1, 5, 6, 0, 10, 20, 0, "a", 0, 0}, {1, 6, 7, 0, 30, 40, 0, "b", 0, 0},
		    {1, 7, NO, 0, 40, 50, 0, "c", 0, 0});
	/* the whole log would not count it: it has another event between */
	CHECK_PARTS("", "", 1, {1, 5, 6, 0, 10, 20, 0, "a", 0, 0}, {1, 7, NO, 0, 25, 26, 0, "b", 0, 0},
		    {1, 6, NO, 0, 30, 40, 0, "c", 0, 0});
	CHECK_PARTS("", "", 1, {1, 6, NO, 0, 1, 2, 0, "b", 0, 0}, {1, 5, 6, 0, 10, 20, 0, "a", 0, 0});
	/* and one of no arm counts nowhere */
	CHECK_PARTS("", "", 1, {1, 5, 6, 0, 10, 20, 0, "a", 0, 0}, {1, 6, NO, TOPS_NO_ARM, 30, 40, 0, "b", 0, 0});
}

static void parts_of_one_moment_come_as_they_were_read(void)
{
	CHECK_PARTS("", "6", 1, {1, 5, 6, 0, 10, 10, 0, "a", 0, 0}, {1, 6, 5, 0, 10, 10, 0, "b", 0, 0});
	CHECK_PARTS("", "5", 1, {1, 6, 5, 0, 10, 10, 0, "b", 0, 0}, {1, 5, 6, 0, 10, 10, 0, "a", 0, 0});
}

static void mixed_events_are_told(void)
{
	CHECK_PARTS("user 1: the events are mixed over a and b", "", 0, {1, 5, NO, 0, 10, 20, 0, "a", 0, 0},
		    {1, 6, NO, 0, 19, 40, 0, "b", 0, 0});
	CHECK_PARTS("user 1: the events are mixed over a and c", "", 0, {1, 5, NO, 0, 10, 90, 0, "a", 0, 0},
		    {1, 6, NO, 0, 30, 40, 0, "c", 0, 0},
		    {1, 6, NO, 0, 60, 70, 0, "b", 0, 0});
}

#define SESSION "user 1: without timestamps, a session must not be in both "

static void without_timestamps_any_order_counts(void)
{
	CHECK_PARTS("", "", 2, {1, 5, NO, 0, NEVER, NEVER, 0, "a", 0, 0}, {1, 6, NO, 0, NEVER, NEVER, 0, "b", 0, 0});
	CHECK_PARTS("", "", 2, {1, 5, 5, 0, NEVER, NEVER, 0, "a", 0, 0}, {1, 6, NO, 0, NEVER, NEVER, 0, "b", 0, 0});
	CHECK_PARTS(SESSION, "", 0, {1, 5, 5, 0, NEVER, NEVER, 0, "a", 0, 0}, {1, 5, NO, 0, NEVER, NEVER, 0, "b", 0, 0});
	CHECK_PARTS(SESSION, "", 0, {1, 5, NO, 0, NEVER, NEVER, 0, "a", 0, 0}, {1, 5, 5, 0, NEVER, NEVER, 0, "b", 0, 0});
	CHECK_PARTS(SESSION "b and a", "", 0, {1, 5, NO, 0, 10, 20, 0, "a", 0, 0}, {1, 6, 5, 0, NEVER, NEVER, 0, "b", 0, 0});
	CHECK_PARTS(SESSION "a and b", "", 0, {1, 5, 6, 0, 30, 40, 0, "a", 0, 0}, {1, 6, NO, 0, 10, NEVER, 0, "b", 0, 0},
		    {1, 7, NO, 0, 10, 20, 0, "c", 0, 0});
}

static void events_make_the_ends_of_a_part(void)
{
	struct event ev = event_of(EVENT_NEXT, 3, 7, 0.5);
	struct tops_users u = {0};
	double weight;

	ev.timestamp = 10;
	ev.recommendation = 8;
	ev.pool = 5;
	CHECK(tops_users_add_event(&u, &ev, 4, &weight) == 0);
	ev.track = 8;
	ev.timestamp = 20;
	ev.recommendation = 9;
	CHECK(tops_users_add_event(&u, &ev, 4, &weight) == 1 && weight == 5);
	ev.user = 1;
	ev.timestamp = EVENT_NO_TIMESTAMP;
	ev.recommendation = EVENT_NO_TRACK;
	CHECK(tops_users_add_event(&u, &ev, 4, &weight) == 0);
	ev.track = 9;
	CHECK(tops_users_add_event(&u, &ev, 4, &weight) == 0);
	tops_users_sort(&u);
	CHECK(u.n == 2 && u.list[0].user == 1 && u.list[0].first == 8 && u.list[0].waits == NO &&
	      u.list[0].at == NEVER);
	CHECK(u.list[1].user == 3 && u.list[1].first == 7 && u.list[1].waits == 9);
	CHECK(u.list[1].arm == 4 && u.list[1].billionths == 500000000);
	CHECK(u.list[1].at == 10 && u.list[1].until == 20);
	tops_users_clear(&u);
}

int main(void)
{
	RUN(a_session_that_goes_on_in_another_part_is_joined);
	RUN(parts_of_one_moment_come_as_they_were_read);
	RUN(mixed_events_are_told);
	RUN(without_timestamps_any_order_counts);
	RUN(events_make_the_ends_of_a_part);
	return DONE();
}

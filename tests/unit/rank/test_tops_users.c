#include "rank/tops_users.h"

#include "unit/check.h"

static struct errmsg e;

/* Parts of users, each {user, first, waits, at, until, file}; "" where they can be merged. */
static void check(const struct tops_user *list, size_t n, const char *reason)
{
	struct tops_users u = {0};

	errmsg_set(&e, "%s", "");
	for (size_t i = 0; i < n; i++)
		CHECK(tops_users_add(&u, &list[i]) == 0);
	tops_users_sort(&u);
	CHECK(tops_users_check(&u, &e) == (*reason ? -1 : 0));
	CHECK(strncmp(e.text, reason, strlen(reason)) == 0 && (*reason || !*e.text));
	tops_users_clear(&u);
}

#define CHECK_PARTS(reason, ...) \
	check((const struct tops_user[]){__VA_ARGS__}, \
	      sizeof((const struct tops_user[]){__VA_ARGS__}) / sizeof(struct tops_user), reason)
#define NO EVENT_NO_TRACK
#define NEVER EVENT_NO_TIMESTAMP

static void a_session_that_goes_on_in_another_part_is_told(void)
{
	CHECK_PARTS("", {1, 5, 6, 10, 20, "a"}, {2, 6, NO, 30, 40, "b"});
	CHECK_PARTS("", {1, 5, NO, 10, 20, "a"}, {1, 6, NO, 30, 40, "b"});
	CHECK_PARTS("", {1, 5, 7, 10, 20, "a"}, {1, 6, NO, 30, 40, "b"});
	CHECK_PARTS("user 1: a session is in both a and b;", {1, 5, 6, 10, 20, "a"}, {1, 6, NO, 30, 40, "b"});
	CHECK_PARTS("user 1: a session is in both a and b;", {1, 6, NO, 20, 40, "b"}, {1, 5, 6, 10, 20, "a"});
	/* the whole log would not count it: it has another event between */
	CHECK_PARTS("", {1, 5, 6, 10, 20, "a"}, {1, 7, NO, 25, 26, "b"}, {1, 6, NO, 30, 40, "c"});
	CHECK_PARTS("", {1, 6, NO, 1, 2, "b"}, {1, 5, 6, 10, 20, "a"});
}

static void mixed_events_are_told(void)
{
	CHECK_PARTS("user 1: the events are mixed over a and b;", {1, 5, NO, 10, 20, "a"}, {1, 6, NO, 19, 40, "b"});
	CHECK_PARTS("user 1: the events are mixed over a and c;", {1, 5, NO, 10, 90, "a"}, {1, 6, NO, 30, 40, "c"},
		    {1, 6, NO, 60, 70, "b"});
}

static void without_timestamps_any_order_counts(void)
{
	CHECK_PARTS("", {1, 5, NO, NEVER, NEVER, "a"}, {1, 6, NO, NEVER, NEVER, "b"});
	CHECK_PARTS("", {1, 5, 5, NEVER, NEVER, "a"}, {1, 6, NO, NEVER, NEVER, "b"});
	CHECK_PARTS("user 1: a session is in both ", {1, 5, 5, NEVER, NEVER, "a"}, {1, 5, NO, NEVER, NEVER, "b"});
	CHECK_PARTS("user 1: a session is in both ", {1, 5, NO, NEVER, NEVER, "a"}, {1, 5, 5, NEVER, NEVER, "b"});
	CHECK_PARTS("user 1: a session is in both b and a;", {1, 5, NO, 10, 20, "a"}, {1, 6, 5, NEVER, NEVER, "b"});
	CHECK_PARTS("user 1: a session is in both a and b;", {1, 5, 6, 30, 40, "a"}, {1, 6, NO, 10, NEVER, "b"},
		    {1, 7, NO, 10, 20, "c"});
}

static void events_make_the_ends_of_a_part(void)
{
	struct event ev = event_of(EVENT_NEXT, 3, 7, 0.5);
	struct tops_users u = {0};

	ev.timestamp = 10;
	ev.recommendation = 8;
	CHECK(tops_users_add_event(&u, &ev) == 0);
	ev.track = 8;
	ev.timestamp = 20;
	ev.recommendation = 9;
	CHECK(tops_users_add_event(&u, &ev) == 0);
	ev.user = 1;
	ev.timestamp = EVENT_NO_TIMESTAMP;
	ev.recommendation = EVENT_NO_TRACK;
	CHECK(tops_users_add_event(&u, &ev) == 0);
	tops_users_sort(&u);
	CHECK(u.n == 2 && u.list[0].user == 1 && u.list[0].first == 8 && u.list[0].waits == NO &&
	      u.list[0].at == NEVER);
	CHECK(u.list[1].user == 3 && u.list[1].first == 7 && u.list[1].waits == 9);
	CHECK(u.list[1].at == 10 && u.list[1].until == 20);
	tops_users_clear(&u);
}

int main(void)
{
	RUN(a_session_that_goes_on_in_another_part_is_told);
	RUN(mixed_events_are_told);
	RUN(without_timestamps_any_order_counts);
	RUN(events_make_the_ends_of_a_part);
	return DONE();
}

#include "study/metrics.h"

#include "unit/check.h"

static struct errmsg e;

static void next(struct metrics_user *u, uint32_t arm, double time, double latency)
{
	metrics_play(u, &(struct metrics_event){.arm = arm, .billionths = metrics_billionths(time), .nanoseconds = metrics_nanoseconds(latency)});
}

static void last(struct metrics_user *u, uint32_t arm, double time, double latency)
{
	metrics_play(u, &(struct metrics_event){.arm = arm, .billionths = metrics_billionths(time), .nanoseconds = metrics_nanoseconds(latency), .last = true});
	metrics_close(u);
}

static struct metrics_summary summary_of(const struct metrics_user *users, size_t n, size_t n_arms)
{
	struct metrics_summary s;

	CHECK(metrics_summary_init(&s, n_arms, &e) == 0);
	for (size_t i = 0; i < n; i++)
		metrics_summarise(&s, &users[i]);
	return s;
}

/* The values of a metric in an arm, by name: so that the table's order is free. */
static const struct moments *values(const struct metrics_summary *s, size_t arm, const char *metric)
{
	for (size_t i = 0; i < METRICS_N; i++)
		if (strcmp(metrics_table[i].name, metric) == 0)
			return &s->arms[arm].values[i];
	CHECK(!"a metric of that name");
	return &s->arms[arm].values[0];
}

static void metrics_are_means_over_users(void)
{
	struct metrics_user users[2] = {{.arm = 1}, {.arm = 1}};
	struct metrics_summary s;

	/* one user with sessions of 2 and 1 tracks, one with a session of 3 */
	next(&users[0], 1, 1.0, 0.001);
	last(&users[0], 1, 0.5, 0.002);
	last(&users[0], 1, 0.0, 0.003);
	next(&users[1], 1, 0.25, 0.010);
	next(&users[1], 1, 0.25, 0.010);
	last(&users[1], 1, 0.25, 0.010);
	s = summary_of(users, 2, 2);
	CHECK(s.n_arms == 2 && s.arms[0].users == 0 && s.arms[1].users == 2);
	CHECK(s.two_arms == 0 && s.unfinished == 0);
	CHECK(values(&s, 0, "time")->n == 0 && values(&s, 1, "time")->n == 2);
	CHECK_NEAR(values(&s, 1, "time")->mean, (1.5 + 0.75) / 2, 1e-15);
	CHECK_NEAR(values(&s, 1, "sessions")->mean, 1.5, 1e-15);
	CHECK_NEAR(values(&s, 1, "mean_request_latency")->mean, (2.0 + 10.0) / 2, 1e-15);
	CHECK_NEAR(values(&s, 1, "mean_tracks_per_session")->mean, (1.5 + 3) / 2, 1e-15);
	CHECK_NEAR(values(&s, 1, "mean_time_per_session")->mean, (0.75 + 0.75) / 2, 1e-15);
	metrics_summary_clear(&s);
}

static void unfinished_sessions_do_not_count(void)
{
	struct metrics_user users[2] = {{.arm = 0}};
	struct metrics_summary s;

	last(&users[0], 0, 0.5, NAN);
	next(&users[0], 0, 1.0, 0.5); /* not finished */
	next(&users[1], 0, 1.0, 0.5); /* not finished, and nothing else */
	next(&users[1], 0, 1.0, 0.5);
	s = summary_of(users, 2, 1);
	CHECK(s.unfinished == 2 && s.arms[0].users == 1);
	CHECK(values(&s, 0, "time")->n == 1 && values(&s, 0, "time")->mean == 0.5);
	CHECK(values(&s, 0, "mean_tracks_per_session")->mean == 1);
	/* the latencies were those of the unfinished session */
	CHECK(values(&s, 0, "mean_request_latency")->n == 0);
	metrics_summary_clear(&s);
}

static void latency_is_a_mean_over_the_events_that_carry_one(void)
{
	struct metrics_user users[2] = {{.arm = 0}};
	struct metrics_summary s;

	next(&users[0], 0, 1, 0.004);
	next(&users[0], 0, 1, NAN);
	last(&users[0], 0, 1, 0.002);
	last(&users[1], 0, 1, NAN);
	s = summary_of(users, 2, 1);
	CHECK(s.arms[0].users == 2 && values(&s, 0, "mean_request_latency")->n == 1);
	CHECK_NEAR(values(&s, 0, "mean_request_latency")->mean, 3, 1e-15);
	metrics_summary_clear(&s);
}

static void users_in_two_arms_are_left_out(void)
{
	struct metrics_user users[3] = {{.arm = 0}, {.arm = 1}, {.arm = 0}};
	struct metrics_summary s;

	last(&users[0], 0, 1, NAN);
	last(&users[0], 1, 1, NAN);
	last(&users[0], 0, 1, NAN); /* going back does not help */
	last(&users[1], 1, 1, NAN);
	next(&users[2], 0, 1, NAN); /* also where nothing is finished */
	next(&users[2], 1, 1, NAN);
	s = summary_of(users, 3, 2);
	CHECK(s.two_arms == 2 && s.unfinished == 1);
	CHECK(s.arms[0].users == 0 && s.arms[1].users == 1);
	metrics_summary_clear(&s);
}

/* Who finished nothing was seen in an arm all the same. */
static void users_seen_are_those_of_one_arm(void)
{
	struct metrics_user users[4] = {{.arm = 0}, {.arm = 0}, {.arm = 1}, {.arm = 1}};
	struct metrics_summary s;

	last(&users[0], 0, 1, NAN);
	next(&users[1], 0, 1, NAN);
	next(&users[2], 1, 1, NAN);
	next(&users[3], 1, 1, NAN);
	next(&users[3], 0, 1, NAN);
	s = summary_of(users, 4, 2);
	CHECK(s.arms[0].seen == 2 && s.arms[0].users == 1);
	CHECK(s.arms[1].seen == 1 && s.arms[1].users == 0);
	metrics_summary_clear(&s);
}

static const struct metrics_ratio *ratio(const char *name)
{
	for (size_t i = 0; i < METRICS_RATIOS_N; i++)
		if (strcmp(metrics_ratios[i].name, name) == 0)
			return &metrics_ratios[i];
	CHECK(!"a ratio of that name");
	return &metrics_ratios[0];
}

static void ratios_are_of_sums_over_finished_sessions(void)
{
	struct metrics_user u = {0};
	const struct metrics_ratio *session = ratio("time_per_session"), *track = ratio("time_per_track");

	next(&u, 0, 1, NAN);
	last(&u, 0, 0.5, NAN);
	last(&u, 0, 0.25, NAN);
	next(&u, 0, 1, NAN); /* not finished */
	CHECK(session->numerator(&u) == 1.75 && session->denominator(&u) == 2 && session->better == 1);
	CHECK(track->numerator(&u) == 1.75 && track->denominator(&u) == 3 && track->better == 1);
}

static void a_session_may_be_seen_before_it_is_closed(void)
{
	struct metrics_user u = {0};
	struct metrics_event ev = {.billionths = 500000000, .nanoseconds = 1000000, .last = true};

	metrics_play(&u, &ev);
	CHECK(u.open.events == 1 && u.open.billionths == 500000000 && u.sessions == 0);
	metrics_close(&u);
	CHECK(u.open.events == 0 && u.finished.events == 1 && u.finished.billionths == 500000000 && u.sessions == 1);
}

static void names_are_found(void)
{
	for (size_t i = 0; i < METRICS_ALL_N; i++)
		CHECK(metrics_find(metrics_name(i)) == i);
	CHECK(metrics_find("time") == 0 && metrics_find("Time") == METRICS_ALL_N && metrics_find("") == METRICS_ALL_N);
	CHECK_STR(metrics_name(METRICS_N), "time_per_session");
}

static void an_empty_one_is_empty(void)
{
	struct metrics_summary s = summary_of(NULL, 0, 0);

	CHECK(s.n_arms == 0 && s.two_arms == 0 && s.unfinished == 0);
	metrics_summary_clear(&s);
}

/* As doubles, 0.1 + 0.2 + 0.3 and 0.3 + 0.2 + 0.1 are two numbers; and 1e308 twice is none. */
static void sums_do_not_depend_on_the_order_of_their_terms(void)
{
	struct metrics_user there = {0}, back = {0};

	for (int i = 1; i <= 3; i++) {
		next(&there, 0, i / 10.0, i / 1e4);
		next(&back, 0, (4 - i) / 10.0, (4 - i) / 1e4);
	}
	CHECK(memcmp(&there, &back, sizeof there) == 0);
	CHECK(there.open.billionths == 600000000 && there.open.nanoseconds == 600000);
	for (int i = 0; i < 2; i++)
		last(&there, 0, 0, 1e308);
	CHECK(there.finished.nanoseconds == METRICS_ENDLESS);
	metrics_sums_subtract(&there.finished, &back.open);
	CHECK(there.finished.nanoseconds == METRICS_ENDLESS && there.finished.events == 2);
	CHECK(there.finished.latencies == 2 && there.finished.billionths == 0);
}

/* The memory of botify-abtest is mostly these: a field more is to be noticed. */
static void a_user_is_small(void)
{
	CHECK(sizeof(struct metrics_user) <= 56);
}

int main(void)
{
	RUN(metrics_are_means_over_users);
	RUN(unfinished_sessions_do_not_count);
	RUN(latency_is_a_mean_over_the_events_that_carry_one);
	RUN(users_in_two_arms_are_left_out);
	RUN(users_seen_are_those_of_one_arm);
	RUN(ratios_are_of_sums_over_finished_sessions);
	RUN(a_session_may_be_seen_before_it_is_closed);
	RUN(sums_do_not_depend_on_the_order_of_their_terms);
	RUN(names_are_found);
	RUN(an_empty_one_is_empty);
	RUN(a_user_is_small);
	return DONE();
}

#include "metrics.h"

#include "check.h"
#include "rng.h"

static struct errmsg e;

static void next(struct metrics *m, uint32_t user, uint32_t arm, double time, double latency)
{
	struct metrics_event ev = {.user = user, .arm = arm, .time = time, .latency = latency};

	CHECK(metrics_add(m, &ev, &e) == 0);
}

static void last(struct metrics *m, uint32_t user, uint32_t arm, double time, double latency)
{
	struct metrics_event ev = {.user = user, .arm = arm, .time = time, .latency = latency, .last = true};

	CHECK(metrics_add(m, &ev, &e) == 0);
}

/* The values of a metric in an arm, by name: so that the table's order is free. */
static const struct stats *values(const struct metrics_summary *s, size_t arm, const char *metric)
{
	for (size_t i = 0; i < METRICS_N; i++)
		if (strcmp(metrics_table[i].name, metric) == 0)
			return &s->arms[arm].values[i];
	CHECK(!"a metric of that name");
	return &s->arms[arm].values[0];
}

static void metrics_are_means_over_users(void)
{
	struct metrics m = {0};
	struct metrics_summary s;

	/* user 7: sessions of 2 and 1 tracks; user 3: one of 3 tracks; mixed */
	next(&m, 7, 1, 1.0, 0.001);
	next(&m, 3, 1, 0.25, 0.010);
	last(&m, 7, 1, 0.5, 0.002);
	next(&m, 3, 1, 0.25, 0.010);
	last(&m, 7, 1, 0.0, 0.003);
	last(&m, 3, 1, 0.25, 0.010);
	CHECK(metrics_summarise(&m, 2, &s, &e) == 0);
	CHECK(s.n_arms == 2 && s.arms[0].users == 0 && s.arms[1].users == 2);
	CHECK(s.two_arms == 0 && s.unfinished == 0);
	CHECK(values(&s, 0, "time")->n == 0 && values(&s, 1, "time")->n == 2);
	CHECK_NEAR(values(&s, 1, "time")->mean, (1.5 + 0.75) / 2, 1e-15);
	CHECK_NEAR(values(&s, 1, "sessions")->mean, 1.5, 1e-15);
	CHECK_NEAR(values(&s, 1, "mean_request_latency")->mean, (2.0 + 10.0) / 2, 1e-15);
	CHECK_NEAR(values(&s, 1, "mean_tracks_per_session")->mean, (1.5 + 3) / 2, 1e-15);
	CHECK_NEAR(values(&s, 1, "mean_time_per_session")->mean, (0.75 + 0.75) / 2, 1e-15);
	metrics_summary_clear(&s);
	metrics_clear(&m);
}

static void unfinished_sessions_do_not_count(void)
{
	struct metrics m = {0};
	struct metrics_summary s;

	last(&m, 1, 0, 0.5, NAN);
	next(&m, 1, 0, 1.0, 0.5); /* not finished */
	next(&m, 2, 0, 1.0, 0.5); /* not finished, and nothing else */
	next(&m, 2, 0, 1.0, 0.5);
	CHECK(metrics_summarise(&m, 1, &s, &e) == 0);
	CHECK(s.unfinished == 2 && s.arms[0].users == 1);
	CHECK(values(&s, 0, "time")->n == 1 && values(&s, 0, "time")->mean == 0.5);
	CHECK(values(&s, 0, "mean_tracks_per_session")->mean == 1);
	/* the latencies were those of the unfinished session */
	CHECK(values(&s, 0, "mean_request_latency")->n == 0);
	metrics_summary_clear(&s);
	metrics_clear(&m);
}

static void latency_is_a_mean_over_the_events_that_carry_one(void)
{
	struct metrics m = {0};
	struct metrics_summary s;

	next(&m, 1, 0, 1, 0.004);
	next(&m, 1, 0, 1, NAN);
	last(&m, 1, 0, 1, 0.002);
	last(&m, 2, 0, 1, NAN);
	CHECK(metrics_summarise(&m, 1, &s, &e) == 0);
	CHECK(s.arms[0].users == 2 && values(&s, 0, "mean_request_latency")->n == 1);
	CHECK_NEAR(values(&s, 0, "mean_request_latency")->mean, 3, 1e-15);
	metrics_summary_clear(&s);
	metrics_clear(&m);
}

static void users_in_two_arms_are_left_out(void)
{
	struct metrics m = {0};
	struct metrics_summary s;

	last(&m, 1, 0, 1, NAN);
	last(&m, 1, 1, 1, NAN);
	last(&m, 1, 0, 1, NAN); /* going back does not help */
	last(&m, 2, 1, 1, NAN);
	next(&m, 3, 0, 1, NAN); /* also where nothing is finished */
	next(&m, 3, 1, 1, NAN);
	CHECK(metrics_summarise(&m, 2, &s, &e) == 0);
	CHECK(s.two_arms == 2 && s.unfinished == 1);
	CHECK(s.arms[0].users == 0 && s.arms[1].users == 1);
	metrics_summary_clear(&s);
	metrics_clear(&m);
}

/* Users in any order, their events mixed in any way: the same sums, to the last bit. */
static void the_mixture_of_users_does_not_matter(void)
{
	enum { USERS = 500, EVENTS = 7 };
	struct metrics a = {0}, b = {0};
	struct metrics_summary s, t;

	for (uint32_t user = 0; user < USERS; user++)
		for (uint32_t i = 0; i < EVENTS; i++) {
			struct rng r = rng_at(3, RNG_WORLD, user, i, 0);

			(i % 3 == 2 ? last : next)(&a, user * 977, user % 3, rng_uniform(&r), rng_uniform(&r));
		}
	for (uint32_t i = 0; i < EVENTS; i++)
		for (uint32_t user = USERS; user-- > 0;) {
			struct rng r = rng_at(3, RNG_WORLD, user, i, 0);

			(i % 3 == 2 ? last : next)(&b, user * 977, user % 3, rng_uniform(&r), rng_uniform(&r));
		}
	CHECK(metrics_summarise(&a, 3, &s, &e) == 0 && metrics_summarise(&b, 3, &t, &e) == 0);
	CHECK(s.unfinished == USERS && t.unfinished == USERS);
	CHECK(memcmp(s.arms, t.arms, 3 * sizeof *s.arms) == 0);
	metrics_summary_clear(&s);
	metrics_summary_clear(&t);
	metrics_clear(&a);
	metrics_clear(&b);
}

static void an_empty_one_is_empty(void)
{
	struct metrics m = {0};
	struct metrics_summary s;

	CHECK(metrics_summarise(&m, 0, &s, &e) == 0);
	CHECK(s.n_arms == 0 && s.two_arms == 0 && s.unfinished == 0);
	metrics_summary_clear(&s);
	metrics_clear(&m);
}

/* What the memory of botify-abtest grows by: issue of size, not of taste. */
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
	RUN(the_mixture_of_users_does_not_matter);
	RUN(an_empty_one_is_empty);
	RUN(a_user_is_small);
	return DONE();
}

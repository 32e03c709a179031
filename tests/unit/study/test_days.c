#include "study/days.h"

#include "base/rng.h"
#include "study/study.h"
#include "study/user_values.h"
#include "text/day.h"
#include "unit/check.h"

static struct errmsg e;

static void a_day_is_rounded_down(void)
{
	CHECK(days_of(0) == 0 && days_of(DAY_MS - 1) == 0 && days_of(DAY_MS) == 1);
	CHECK(days_of(-1) == -1 && days_of(-DAY_MS) == -1 && days_of(-DAY_MS - 1) == -2);
	CHECK(days_of(INT64_C(1704067200000)) == 19723);
	CHECK(days_of(INT64_MAX) == INT32_MAX && days_of(INT64_MIN + 1) == INT32_MIN);
}

static void days_of_a_participant_are_kept_in_order(void)
{
	const struct metrics_sums session = {.billionths = 5, .events = 2, .nanoseconds = 25, .latencies = 1};
	static const int order[] = {5, 5, 7, 3, 5, 4};
	static const int wanted[] = {7, 5, 4, 3};
	const struct days_sums *day;
	struct days d = {0};

	for (size_t i = 0; i < 6; i++) {
		CHECK(days_add(&d, 2, (int64_t)order[i] * DAY_MS + 1, &session) == 0);
		CHECK(days_add(&d, 0, 0, &session) == 0);
	}
	CHECK(days_add(&d, 2, EVENT_NO_TIMESTAMP, &session) == 0);
	CHECK(d.n == 5 && d.undated == 1);
	day = days_latest(&d, 2);
	for (size_t i = 0; i < 4; i++, day = days_earlier(&d, day)) {
		uint32_t n = wanted[i] == 5 ? 3 : 1;

		CHECK(day && day->day == wanted[i] && day->sessions == n);
		CHECK(day->did.billionths == 5 * n && day->did.events == 2 * n && day->did.nanoseconds == 25 * n &&
		      day->did.latencies == n);
	}
	CHECK(!day && !days_latest(&d, 1) && !days_latest(&d, 99));
	CHECK(days_latest(&d, 0)->sessions == 6);
	days_clear(&d);
}

static void add(struct study *s, int64_t timestamp, enum event_message message, uint32_t user, double time)
{
	struct event_arm arms[2] = {{slice_of("X"), slice_of(user % 2 ? "T" : "C")}, {slice_of("Y"), slice_of("C")}};
	struct event ev = event_of(message, user, 0, time);

	ev.timestamp = timestamp;
	ev.arms = arms;
	ev.n_arms = 2;
	CHECK(study_add(s, &ev, &e) == 0);
}

static void begin(struct study *s)
{
	study_init(s, STUDY_STREAM, NULL, 0);
	study_keep(s, &(struct study_keep){.days = true});
}

/* The arms of what n users did; those who finished no session are not in them. */
static struct metrics_summary summary_of(const struct metrics_user *did, size_t n, size_t n_arms)
{
	struct metrics_summary summary;

	CHECK(metrics_summary_init(&summary, n_arms, &e) == 0);
	for (size_t i = 0; i < n; i++)
		if (did[i].sessions > 0)
			metrics_summarise(&summary, &did[i]);
	return summary;
}

/* A session belongs to the day of its end; a day without sessions is passed over. */
static void a_walk_has_the_values_of_each_day(void)
{
	struct metrics_summary daily, cumulative;
	struct days_walk w;
	struct user_values users;
	struct study s;

	begin(&s);
	add(&s, 10, EVENT_LAST, 1, 0.5);
	add(&s, 20, EVENT_LAST, 1, 0.25);
	add(&s, 30, EVENT_LAST, 2, 1);
	add(&s, DAY_MS - 1, EVENT_NEXT, 3, 1);
	add(&s, 3 * (int64_t)DAY_MS, EVENT_LAST, 3, 1);
	add(&s, 3 * (int64_t)DAY_MS + 5, EVENT_LAST, 1, 0.125);
	add(&s, 4 * (int64_t)DAY_MS, EVENT_NEXT, 2, 1); /* not finished */
	CHECK(study_end(&s, &e) == 0 && user_values_init(&users, &s, 0, NULL, &e) == 0 &&
	      days_walk_init(&w, &s, &users, &e) == 0);
	CHECK(days_walk_next(&w) && w.day == 0);
	daily = summary_of(w.today, users.n, s.experiments[0].arms.n);
	CHECK(daily.arms[0].users == 1 && daily.arms[1].users == 1);
	CHECK(daily.arms[0].values[0].mean == 0.75 && daily.arms[0].values[1].mean == 2);
	CHECK(memcmp(w.today, w.so_far, users.n * sizeof *w.today) == 0);
	metrics_summary_clear(&daily);
	CHECK(days_walk_next(&w) && w.day == 3);
	daily = summary_of(w.today, users.n, s.experiments[0].arms.n);
	cumulative = summary_of(w.so_far, users.n, s.experiments[0].arms.n);
	CHECK(daily.arms[0].users == 2 && daily.arms[1].users == 0 && w.today[1].sessions == 0);
	CHECK(daily.arms[0].values[0].mean == (0.125 + 2) / 2);
	CHECK(cumulative.arms[0].values[0].mean == (0.875 + 2) / 2 && cumulative.arms[0].values[1].mean == 2);
	CHECK(cumulative.arms[1].values[0].mean == 1);
	CHECK(w.so_far[2].finished.events == 2 && w.so_far[2].sessions == 1);
	CHECK(!days_walk_next(&w));
	metrics_summary_clear(&daily);
	metrics_summary_clear(&cumulative);
	days_walk_clear(&w);
	user_values_clear(&users);
	study_clear(&s);
}

/* Times that are sums of powers of two add up the same in any order: then the last day is the summary. */
static void the_last_day_has_the_whole(void)
{
	struct metrics_summary cumulative;
	struct days_walk w;
	struct user_values users;
	struct study s;
	uint64_t sessions = 0, active = 0;
	int n = 0;

	begin(&s);
	for (uint32_t i = 0; i < 20000; i++) {
		struct rng r = rng_at(1, RNG_WORLD, i, 0, 0);

		add(&s, (int64_t)i * (DAY_MS / 1000), rng_below(&r, 3) == 0 ? EVENT_LAST : EVENT_NEXT,
		    rng_below(&r, 200), rng_below(&r, 5) / 4.0);
	}
	CHECK(study_end(&s, &e) == 0 && user_values_init(&users, &s, 1, NULL, &e) == 0 &&
	      days_walk_init(&w, &s, &users, &e) == 0);
	while (days_walk_next(&w)) {
		CHECK(w.day == n++);
		for (size_t i = 0; i < users.n; i++) {
			active += w.today[i].sessions > 0;
			sessions += w.today[i].sessions;
		}
	}
	CHECK(n == 20 && active > 200 && sessions > active);
	cumulative = summary_of(w.so_far, users.n, s.experiments[1].arms.n);
	for (size_t k = 0; k < METRICS_N; k++)
		CHECK(memcmp(&cumulative.arms[0].values[k], &s.experiments[1].summary.arms[0].values[k],
			     sizeof(struct moments)) == 0);
	metrics_summary_clear(&cumulative);
	days_walk_clear(&w);
	user_values_clear(&users);
	study_clear(&s);
}

static void a_study_that_kept_no_days_has_none(void)
{
	struct days_walk w;
	struct user_values users;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	add(&s, 10, EVENT_LAST, 1, 0.5);
	CHECK(study_end(&s, &e) == 0 && user_values_init(&users, &s, 0, NULL, &e) == 0 &&
	      days_walk_init(&w, &s, &users, &e) == 0);
	CHECK(s.days.n == 0 && !days_walk_next(&w));
	days_walk_clear(&w);
	user_values_clear(&users);
	study_clear(&s);
}

int main(void)
{
	RUN(a_day_is_rounded_down);
	RUN(days_of_a_participant_are_kept_in_order);
	RUN(a_walk_has_the_values_of_each_day);
	RUN(the_last_day_has_the_whole);
	RUN(a_study_that_kept_no_days_has_none);
	return DONE();
}

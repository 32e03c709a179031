#include "study/study.h"

#include "base/rng.h"
#include "study/study_internal.h"
#include "unit/check.h"

static struct errmsg e;

static struct event event_at(int64_t timestamp, enum event_message message, uint32_t user, double time)
{
	struct event ev = event_of(message, user, 0, time);

	ev.timestamp = timestamp;
	return ev;
}

/* Adds an event in an arm of X, and in one of Y where that is not NULL. */
static void add(struct study *s, struct event ev, const char *x, const char *y)
{
	struct event_arm arms[2] = {{slice_of("X"), slice_of(x ? x : "")}, {slice_of("Y"), slice_of(y ? y : "")}};

	ev.arms = x ? arms : arms + 1;
	ev.n_arms = (x != NULL) + (y != NULL);
	CHECK(study_add(s, &ev, &e) == 0);
}

static const struct moments *time_of(const struct study *s, size_t experiment, size_t arm)
{
	return &s->experiments[experiment].summary.arms[arm].values[0];
}

static void an_event_counts_where_it_names_an_arm(void)
{
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	add(&s, event_at(1, EVENT_LAST, 1, 0.5), "C", "A");
	add(&s, event_at(2, EVENT_LAST, 2, 0.25), "T", NULL);
	add(&s, event_at(3, EVENT_LAST, 3, 1), NULL, NULL);
	add(&s, event_at(4, EVENT_NEXT, 4, 1), NULL, "B");
	CHECK(study_end(&s, &e) == 0);
	CHECK(s.events == 4 && s.n_users == 4 && s.unfinished == 1 && s.out_of_order == 0);
	CHECK(s.names.n == 2);
	CHECK_STR(intern_text(&s.names, 0), "X");
	CHECK_STR(intern_text(&s.experiments[1].arms, 1), "B");
	CHECK(time_of(&s, 0, 0)->mean == 0.5 && time_of(&s, 0, 1)->mean == 0.25);
	CHECK(time_of(&s, 1, 0)->n == 1 && time_of(&s, 1, 1)->n == 0);
	CHECK(s.experiments[0].summary.unfinished == 0 && s.experiments[1].summary.unfinished == 1);
	study_clear(&s);
}

static void unwanted_experiments_are_known_by_name_only(void)
{
	char name[] = "Y", *wanted[] = {name};
	struct study s;

	study_init(&s, STUDY_STREAM, wanted, 1);
	add(&s, event_at(1, EVENT_LAST, 1, 0.5), "C", "A");
	CHECK(study_end(&s, &e) == 0);
	CHECK(s.names.n == 2 && !s.experiments[0].wanted && s.experiments[1].wanted);
	CHECK(s.experiments[0].arms.n == 0 && s.n_participants == 1);
	CHECK(time_of(&s, 1, 0)->mean == 0.5);
	study_clear(&s);
}

/* Out of order is what comes after a later event of the same user; an event without timestamp never is. */
static void late_events_are_counted(void)
{
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	add(&s, event_at(EVENT_NO_TIMESTAMP, EVENT_NEXT, 1, 1), "C", NULL);
	add(&s, event_at(50, EVENT_NEXT, 1, 1), "C", NULL);
	add(&s, event_at(10, EVENT_NEXT, 2, 1), "C", NULL); /* another user */
	add(&s, event_at(50, EVENT_NEXT, 1, 1), "C", NULL); /* the same time is no offence */
	add(&s, event_at(40, EVENT_NEXT, 1, 1), "C", NULL); /* late */
	add(&s, event_at(EVENT_NO_TIMESTAMP, EVENT_NEXT, 1, 1), "C", NULL);
	add(&s, event_at(45, EVENT_NEXT, 1, 1), "C", NULL); /* late */
	add(&s, event_at(60, EVENT_LAST, 1, 1), "C", NULL);
	CHECK(s.out_of_order == 2);
	study_clear(&s);
}

/* 40 users of 30 events in three-track sessions, in the order of the log or turned round. */
static void fill(struct study *s, bool turned)
{
	enum { USERS = 40, EVENTS = 30 };
	static const char *const arms[] = {"C", "T1", "T2"};

	for (uint32_t k = 0; k < USERS * EVENTS; k++) {
		uint32_t i = turned ? USERS * EVENTS - 1 - k : k, user = i % USERS, step = i / USERS;
		struct rng r = rng_at(4, RNG_WORLD, user, step, 0);

		add(s, event_at(1000 + i, step % 3 == 2 ? EVENT_LAST : EVENT_NEXT, user, rng_uniform(&r)),
		    arms[user % 3], step < 15 ? "C" : NULL);
	}
	CHECK(study_end(s, &e) == 0);
}

static bool same_arms(const struct study *s, size_t x, const struct study *t, size_t y)
{
	const struct study_experiment *a = &s->experiments[x], *b = &t->experiments[y];

	for (size_t i = 0; i < a->arms.n; i++) {
		uint32_t j = intern_find(&b->arms, slice_of(intern_text(&a->arms, i)));

		if (j == INTERN_NONE || memcmp(&a->summary.arms[i], &b->summary.arms[j], sizeof *b->summary.arms) != 0)
			return false;
	}
	return a->arms.n == b->arms.n && a->summary.unfinished == b->summary.unfinished;
}

static void held_events_are_put_in_order(void)
{
	struct study streamed, held, turned;

	study_init(&streamed, STUDY_STREAM, NULL, 0);
	fill(&streamed, false);
	study_init(&held, STUDY_HOLD, NULL, 0);
	fill(&held, false);
	study_init(&turned, STUDY_HOLD, NULL, 0);
	fill(&turned, true);
	CHECK(streamed.out_of_order == 0 && held.out_of_order == 0 && turned.out_of_order == 40 * 29);
	CHECK(streamed.unfinished == held.unfinished && streamed.unfinished == turned.unfinished);
	for (size_t x = 0; x < 2; x++) {
		CHECK(same_arms(&streamed, x, &held, x));
		CHECK(same_arms(&streamed, x, &turned, x));
	}
	study_clear(&streamed);
	study_clear(&held);
	study_clear(&turned);
}

/* One user after the other instead of all at once, and new ids in falling order: the same to the last bit. */
static void the_mixture_of_users_does_not_matter(void)
{
	enum { USERS = 500, EVENTS = 7 };
	struct study a, b;

	study_init(&a, STUDY_STREAM, NULL, 0);
	study_init(&b, STUDY_STREAM, NULL, 0);
	for (uint32_t k = 0; k < USERS * EVENTS; k++) {
		uint32_t in_a = k % USERS, step_a = k / USERS, in_b = USERS - 1 - k / EVENTS, step_b = k % EVENTS;
		struct rng r = rng_at(3, RNG_WORLD, in_a, step_a, 0), q = rng_at(3, RNG_WORLD, in_b, step_b, 0);

		add(&a, event_at(step_a, step_a % 3 == 2 ? EVENT_LAST : EVENT_NEXT, in_a * 977, rng_uniform(&r)),
		    in_a % 3 ? "C" : "T", "C");
		add(&b, event_at(step_b, step_b % 3 == 2 ? EVENT_LAST : EVENT_NEXT, in_b * 977, rng_uniform(&q)),
		    in_b % 3 ? "C" : "T", "C");
	}
	CHECK(study_end(&a, &e) == 0 && study_end(&b, &e) == 0);
	CHECK(a.unfinished == USERS && a.n_users == USERS);
	CHECK(same_arms(&a, 0, &b, 0) && same_arms(&a, 1, &b, 1));
	study_clear(&a);
	study_clear(&b);
}

/* Where timestamps are equal or absent, the log decides. */
static void held_events_without_a_timestamp_stay_in_place(void)
{
	struct study s;

	study_init(&s, STUDY_HOLD, NULL, 0);
	add(&s, event_at(20, EVENT_NEXT, 1, 0.5), "C", NULL);
	add(&s, event_at(EVENT_NO_TIMESTAMP, EVENT_LAST, 1, 0.25), "C", NULL);
	add(&s, event_at(30, EVENT_NEXT, 1, 1), "C", NULL);
	add(&s, event_at(10, EVENT_NEXT, 1, 1), "C", NULL);
	add(&s, event_at(30, EVENT_NEXT, 2, 1), "T", NULL);
	add(&s, event_at(30, EVENT_LAST, 2, 1), "T", NULL);
	CHECK(study_end(&s, &e) == 0);
	CHECK(s.out_of_order == 1 && s.unfinished == 1);
	CHECK(time_of(&s, 0, 0)->mean == 1.75 && time_of(&s, 0, 1)->mean == 2);
	study_clear(&s);
}

static void an_empty_study_ends(void)
{
	struct study s;

	for (int order = STUDY_STREAM; order <= STUDY_HOLD; order++) {
		study_init(&s, (enum study_order)order, NULL, 0);
		CHECK(study_end(&s, &e) == 0);
		CHECK(s.names.n == 0 && s.events == 0 && s.n_users == 0);
		study_clear(&s);
	}
}

static void many_experiments_keep_their_arms(void)
{
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 100; i++) {
			char name[16], arm[16];
			struct event ev = event_at(i, EVENT_LAST, 5, 0.5);
			struct event_arm one = {0};

			snprintf(name, sizeof name, "X%d", i);
			snprintf(arm, sizeof arm, "A%d", i);
			one = (struct event_arm){slice_of(name), slice_of(arm)};
			ev.arms = &one;
			ev.n_arms = 1;
			CHECK(study_add(&s, &ev, &e) == 0);
		}
	CHECK(study_end(&s, &e) == 0);
	CHECK(s.names.n == 100 && s.out_of_order == 99);
	for (size_t i = 0; i < 100; i++)
		CHECK(s.experiments[i].arms.n == 1 && time_of(&s, i, 0)->mean == 1);
	study_clear(&s);
}

static struct event track_at(int64_t timestamp, enum event_message message, uint32_t track, double time)
{
	struct event ev = event_of(message, 1, track, time);

	ev.timestamp = timestamp;
	return ev;
}

/* Every field has to be the same, and the event to be the user's one before. */
static void an_event_delivered_again_is_left_out(void)
{
	struct study s;

	for (int order = STUDY_STREAM; order <= STUDY_HOLD; order++) {
		study_init(&s, (enum study_order)order, NULL, 0);
		add(&s, track_at(10, EVENT_NEXT, 5, 0.5), "C", NULL);
		add(&s, track_at(10, EVENT_NEXT, 5, 0.5), "C", NULL); /* again */
		add(&s, event_at(10, EVENT_NEXT, 2, 0.5), "C", NULL); /* another user's */
		add(&s, track_at(10, EVENT_NEXT, 5, 0.5), "C", NULL); /* and again */
		add(&s, track_at(10, EVENT_NEXT, 6, 0.5), "C", NULL); /* another track */
		add(&s, track_at(10, EVENT_NEXT, 6, 0.25), "C", NULL); /* another time */
		add(&s, track_at(10, EVENT_NEXT, 6, 0.5), "C", NULL); /* not the one before */
		add(&s, track_at(11, EVENT_NEXT, 6, 0.5), "C", NULL); /* later */
		add(&s, track_at(11, EVENT_LAST, 6, 0.5), "C", NULL); /* another message */
		add(&s, track_at(11, EVENT_LAST, 6, 0.5), "C", NULL); /* again, and not after the end */
		add(&s, track_at(EVENT_NO_TIMESTAMP, EVENT_LAST, 6, 1), "C", NULL);
		add(&s, track_at(EVENT_NO_TIMESTAMP, EVENT_LAST, 6, 1), "C", NULL); /* who knows */
		CHECK(study_end(&s, &e) == 0);
		CHECK(s.events == 12 && s.duplicates == 3 && s.out_of_order == 0 && s.after_end == 0);
		CHECK(time_of(&s, 0, 0)->mean == 4.75 && s.experiments[0].summary.arms[0].values[1].mean == 3);
		study_clear(&s);
	}
}

/*
 * Whatever field it is that differs, it is another event, in the order of the log too: real listens share their
 * milliseconds.
 */
static void an_event_that_differs_is_another(void)
{
	static const uint32_t excluded[] = {7};
	enum { FIELDS = 8 };

	for (int order = STUDY_STREAM; order <= STUDY_HOLD; order++) {
		struct event ev = track_at(10, EVENT_NEXT, 5, 0.5);
		struct study s;

		study_init(&s, (enum study_order)order, NULL, 0);
		ev.latency = 0.001;
		add(&s, ev, "C", NULL);
		for (int field = 0; field < FIELDS; field++) {
			switch (field) {
			case 0: ev.latency = 0.002; break;
			case 1: ev.latency = NAN; break;
			case 2: ev.recommendation = 9; break;
			case 3: ev.source = slice_of("similar"); break;
			case 4: ev.pool = 3; break;
			case 5: ev.propensity = 0.5; break;
			case 6: ev.exclude = excluded, ev.n_exclude = 1; break;
			}
			add(&s, ev, "C", field == FIELDS - 1 ? "C" : NULL);
		}
		CHECK(s.events == 1 + FIELDS && s.duplicates == 0);
		/* and again, the same in all */
		add(&s, ev, "C", "C");
		add(&s, ev, "T", "C"); /* but for an arm */
		CHECK(study_end(&s, &e) == 0);
		CHECK(s.events == 3 + FIELDS && s.duplicates == 1 && s.out_of_order == 0);
		study_clear(&s);
	}
}

/*
 * Events of one time are taken in the order in which they were added, sorted or not: here sessions of 2, 1 and 3
 * tracks.
 */
static void ties_keep_the_order_of_the_log(void)
{
	static const struct {
		enum event_message message;
		uint32_t track;
	} log[] = {{EVENT_NEXT, 9}, {EVENT_LAST, 1}, {EVENT_LAST, 8}, {EVENT_NEXT, 2}, {EVENT_NEXT, 7},
		   {EVENT_LAST, 3}};

	for (int late = 0; late < 2; late++) {
		struct study s;

		study_init(&s, STUDY_HOLD, NULL, 0);
		study_keep(&s, &(struct study_keep){.sessions = true});
		if (late) /* so that there is something to sort */
			add(&s, track_at(20, EVENT_LAST, 1, 1), "C", NULL);
		for (size_t i = 0; i < sizeof log / sizeof *log; i++)
			add(&s, track_at(10, log[i].message, log[i].track, log[i].track / 16.), "C", NULL);
		CHECK(study_end(&s, &e) == 0);
		CHECK(s.sessions.n == 3 + (size_t)late && s.duplicates == 0 && s.unfinished == 0);
		CHECK(s.sessions.times[0] == 10 / 16. && s.sessions.times[1] == 8 / 16. &&
		      s.sessions.times[2] == 12 / 16.);
		study_clear(&s);
	}
}

/* One that comes late stands beside the first when events have been sorted. */
static void a_late_duplicate_is_found_by_sorting(void)
{
	struct study s;

	study_init(&s, STUDY_HOLD, NULL, 0);
	add(&s, track_at(10, EVENT_NEXT, 5, 0.5), "C", NULL);
	add(&s, track_at(20, EVENT_LAST, 6, 0.25), "C", NULL);
	add(&s, track_at(10, EVENT_NEXT, 5, 0.5), "C", NULL);
	add(&s, track_at(20, EVENT_LAST, 6, 0.25), "C", NULL);
	CHECK(study_end(&s, &e) == 0);
	CHECK(s.duplicates == 2 && s.out_of_order == 1 && s.after_end == 2);
	CHECK(time_of(&s, 0, 0)->mean == 0.75 && s.experiments[0].summary.arms[0].values[1].mean == 1);
	study_clear(&s);
}

static void events_after_the_end_are_counted(void)
{
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	add(&s, event_at(10, EVENT_NEXT, 1, 1), "C", NULL);
	add(&s, event_at(20, EVENT_LAST, 1, 1), "C", NULL);
	add(&s, event_at(20, EVENT_NEXT, 1, 1), "C", NULL); /* not later */
	add(&s, event_at(EVENT_NO_TIMESTAMP, EVENT_NEXT, 1, 1), "C", NULL);
	add(&s, event_at(21, EVENT_NEXT, 1, 1), "C", NULL);
	add(&s, event_at(15, EVENT_NEXT, 1, 1), "C", NULL); /* earlier */
	add(&s, event_at(15, EVENT_NEXT, 2, 1), "C", NULL); /* another user */
	add(&s, event_at(30, EVENT_LAST, 1, 1), "C", NULL);
	add(&s, event_at(25, EVENT_LAST, 1, 1), "C", NULL); /* earlier */
	add(&s, event_at(26, EVENT_NEXT, 1, 1), "C", NULL); /* than the latest of the two ends */
	CHECK(s.after_end == 4 && s.out_of_order == 3);
	study_clear(&s);
}

/* Adds an event of a user in one experiment, or in two. */
static void occur(struct study *s, int64_t timestamp, uint32_t user, const char *first, const char *second)
{
	struct event_arm arms[2] = {{slice_of(first), slice_of("C")}, {slice_of(second ? second : ""), slice_of("T")}};
	struct event ev = event_at(timestamp, EVENT_LAST, user, 1);

	ev.arms = arms;
	ev.n_arms = second ? 2 : 1;
	CHECK(study_add(s, &ev, &e) == 0);
}

/* The order is that of any shuffling of the users, and all that belongs to an experiment moves with it. */
static void experiments_are_ordered_by_time_place_and_name(void)
{
	static const char *const wanted[] = {"early", "AA", "BB", "second", "late"};
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	study_keep(&s, &(struct study_keep){.days = true, .sessions = true, .recommendations = true});
	occur(&s, 90, 1, "late", NULL);
	occur(&s, 50, 2, "BB", "second");
	occur(&s, 50, 3, "AA", NULL);
	occur(&s, 70, 4, "early", NULL);
	occur(&s, 20, 5, "early", NULL);
	CHECK(study_end(&s, &e) == 0);
	CHECK(s.names.n == 5);
	for (uint32_t i = 0; i < 5; i++) {
		CHECK_STR(intern_text(&s.names, i), wanted[i]);
		CHECK(intern_find(&s.names, slice_of(wanted[i])) == i);
		CHECK(s.experiments[i].summary.arms[0].users == (i == 0 ? 2 : 1));
	}
	CHECK_STR(intern_text(&s.experiments[3].arms, 0), "T");
	CHECK(study_participant(&s, 1, 3) && study_participant(&s, 1, 2) && !study_participant(&s, 1, 0));
	study_clear(&s);
}

static void what_was_before_counts_for_the_user_only(void)
{
	const struct study_keep keep = {.before = true, .moment = 100};
	struct study s;

	for (int order = STUDY_STREAM; order <= STUDY_HOLD; order++) {
		const struct study_participant *m;

		study_init(&s, (enum study_order)order, NULL, 0);
		study_keep(&s, &keep);
		add(&s, event_at(EVENT_NO_TIMESTAMP, EVENT_NEXT, 3, 1), "C", NULL); /* who knows: not before */
		add(&s, event_at(10, EVENT_NEXT, 1, 1), "C", NULL);
		add(&s, event_at(20, EVENT_LAST, 1, 0.5), "OLD", NULL);
		add(&s, event_at(EVENT_NO_TIMESTAMP, EVENT_LAST, 1, 0.25), "C", NULL); /* at 20 */
		add(&s, event_at(90, EVENT_NEXT, 1, 0.125), NULL, NULL); /* this session spans the moment */
		add(&s, event_at(100, EVENT_NEXT, 1, 1), "T", "A");
		add(&s, event_at(110, EVENT_LAST, 1, 1), "T", "A");
		add(&s, event_at(99, EVENT_NEXT, 2, 1), "T", NULL); /* nothing but this */
		CHECK(study_end(&s, &e) == 0);
		CHECK(s.names.n == 2 && s.n_users == 3 && s.unfinished == 2);
		CHECK(intern_find(&s.experiments[0].arms, slice_of("OLD")) == INTERN_NONE);
		CHECK(s.experiments[0].summary.two_arms == 0);
		/* of the two that events before name, by their own time or by that of their user's latest */
		CHECK(s.experiments[0].early == 4 && s.experiments[1].early == 0);
		CHECK(time_of(&s, 0, 1)->n == 1 && time_of(&s, 0, 1)->mean == 2 && time_of(&s, 0, 0)->n == 0);
		m = study_participant(&s, s.ids[0].value - 1, STUDY_BEFORE);
		CHECK(m && m->did.sessions == 2 && m->did.finished.billionths == 1750000000 && m->did.finished.events == 3);
		m = study_participant(&s, s.ids[1].value - 1, STUDY_BEFORE);
		CHECK(m && m->did.sessions == 0);
		CHECK(!study_participant(&s, s.ids[2].value - 1, STUDY_BEFORE));
		study_clear(&s);
	}
}

/* Whatever the order in which participants end their sessions, each has its own side by side. */
static void sessions_are_kept_by_participant(void)
{
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	study_keep(&s, &(struct study_keep){.sessions = true});
	for (int i = 0; i < 6; i++) {
		add(&s, event_at(10 * i, EVENT_NEXT, (uint32_t)i % 2, 1), "C", i < 2 ? "A" : NULL);
		add(&s, event_at(10 * i + 1, EVENT_LAST, (uint32_t)i % 2, i / 8.0), "C", i < 2 ? "A" : NULL);
	}
	add(&s, event_at(100, EVENT_NEXT, 1, 1), "C", NULL); /* not finished */
	CHECK(study_end(&s, &e) == 0);
	for (uint32_t user = 0; user < 2; user++) {
		size_t x = (size_t)(study_participant(&s, user, 0) - s.participants);
		size_t y = (size_t)(study_participant(&s, user, 1) - s.participants);
		const size_t *first = s.sessions.first;

		CHECK(first[x + 1] - first[x] == 3 && first[y + 1] - first[y] == 1);
		for (uint32_t k = 0; k < 3; k++)
			CHECK(s.sessions.times[first[x] + k] == 1 + (2 * k + user) / 8.0);
		CHECK(s.sessions.times[first[y]] == 1 + user / 8.0);
	}
	CHECK(s.sessions.n == 8);
	study_clear(&s);
}

/* The memory of botify-abtest: under 200 bytes for a user in one experiment, with the index of ids. */
static void users_are_small(void)
{
	CHECK(sizeof(struct study_user) + sizeof(struct study_participant) <= 112);
	CHECK(sizeof(struct study_held) <= 48);
	CHECK(sizeof(struct days_sums) <= 40);
}

/* n experiments, named by their numbers, each of an event of its own. */
static int add_experiments(struct study *s, int n)
{
	int status = 0;

	for (int i = 0; i < n && status == 0; i++) {
		char name[16];
		struct event_arm arm = {slice_of(name), slice_of("C")};
		struct event ev = event_at(i, EVENT_LAST, 1, 0.5);

		snprintf(name, sizeof name, "%d", i);
		arm.experiment = slice_of(name);
		ev.arms = &arm;
		ev.n_arms = 1;
		status = study_add(s, &ev, &e);
	}
	return status;
}

static void too_many_experiments_are_told(void)
{
	char name[] = "1234", *wanted[] = {name};
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	CHECK(add_experiments(&s, 1000) == 0);
	study_clear(&s);
	study_init(&s, STUDY_STREAM, NULL, 0);
	CHECK(add_experiments(&s, 1001) == -1 && !e.no_memory);
	CHECK_STR(e.text, "more than 1000 experiments to report on; is an id taken for a name? "
			  "--experiment names those that are wanted");
	study_clear(&s);
	study_init(&s, STUDY_STREAM, wanted, 1);
	CHECK(add_experiments(&s, 2000) == 0 && study_end(&s, &e) == 0 && s.names.n == 2000 && s.n_participants == 1);
	study_clear(&s);
}

int main(void)
{
	RUN(an_event_counts_where_it_names_an_arm);
	RUN(unwanted_experiments_are_known_by_name_only);
	RUN(late_events_are_counted);
	RUN(held_events_are_put_in_order);
	RUN(the_mixture_of_users_does_not_matter);
	RUN(held_events_without_a_timestamp_stay_in_place);
	RUN(an_empty_study_ends);
	RUN(many_experiments_keep_their_arms);
	RUN(an_event_delivered_again_is_left_out);
	RUN(an_event_that_differs_is_another);
	RUN(ties_keep_the_order_of_the_log);
	RUN(a_late_duplicate_is_found_by_sorting);
	RUN(events_after_the_end_are_counted);
	RUN(experiments_are_ordered_by_time_place_and_name);
	RUN(what_was_before_counts_for_the_user_only);
	RUN(sessions_are_kept_by_participant);
	RUN(users_are_small);
	RUN(too_many_experiments_are_told);
	return DONE();
}

#include "study/health.h"

#include "unit/check.h"

static struct errmsg e;

static void add(struct study *s, int64_t timestamp, enum event_message message, uint32_t user, const char *x,
		const char *arm)
{
	struct event_arm one = {slice_of(x), slice_of(arm)};
	struct event ev = event_of(message, user, 0, 0.5);

	ev.timestamp = timestamp;
	ev.arms = &one;
	ev.n_arms = 1;
	CHECK(study_add(s, &ev, &e) == 0);
}

/* What was found in a log, and in its first two experiments. */
struct health {
	struct health_finding log[HEALTH_LOG_N], x[2][HEALTH_EXPERIMENT_N];
	size_t n; /* experiments */
};

static const struct balance no_covariates = {{NAN, NAN, NAN, NAN, NAN, NAN}};
static const struct effects_options plain = {.alpha = 0.05};

/* With a plan, options and covariates, or NULL. */
static void examine_as(struct health *h, const struct study *s, const struct allocation *planned,
		       const struct effects_options *options, const struct balance *balance)
{
	*h = (struct health){.n = s->names.n};
	CHECK(health_of_log(h->log, s, &e) == 0);
	for (size_t i = 0; i < h->n; i++) {
		const struct health_subject of = {.experiment = &s->experiments[i], .planned = planned,
						  .options = options ? options : &plain,
						  .balance = balance ? &balance[i] : &no_covariates};

		CHECK(health_of_experiment(h->x[i], &of, &e) == 0);
	}
}

static void examine(struct health *h, const struct study *s)
{
	examine_as(h, s, NULL, NULL, NULL);
}

static void forget(struct health *h)
{
	health_clear(h->log, HEALTH_LOG_N);
	for (size_t i = 0; i < h->n; i++)
		health_clear(h->x[i], HEALTH_EXPERIMENT_N);
}

/* One thing of each kind, two where that shows. */
static void fill(struct study *s, enum study_order order)
{
	study_init(s, order, NULL, 0);
	s->malformed = 3;
	s->unread = 1;
	add(s, 10, EVENT_NEXT, 1, "X", "C");
	add(s, 10, EVENT_NEXT, 1, "X", "C"); /* delivered twice */
	add(s, 5, EVENT_NEXT, 1, "X", "C");  /* out of order */
	add(s, 20, EVENT_LAST, 1, "X", "C");
	add(s, 20, EVENT_NEXT, 1, "X", "C"); /* after the end, and unfinished */
	add(s, 30, EVENT_LAST, 2, "X", "C");
	add(s, 40, EVENT_LAST, 2, "X", "T"); /* two arms */
	add(s, 50, EVENT_LAST, 3, "Y", "C");
	CHECK(study_end(s, &e) == 0);
}

static void everything_is_found(void)
{
	static const struct {
		const char *key;
		uint64_t count;
		const char *sentence;
	} wanted[] = {
		{"malformed_lines", 3, "3 malformed lines: left out, 27.3 % of all lines."},
		{"unread_files", 1, "1 file not read, or not to the end."},
		{"out_of_order_events", 1, "1 event out of order: taken as they came, so sessions may be wrong."},
		{"unfinished_sessions", 1, "1 unfinished session: left out."},
		{"events_after_end", 1, "1 event not later than the end of a session before it: "
					"taken as they came, so sessions may be wrong."},
		{"duplicate_events", 1, "1 event delivered twice: left out."},
		{"users_in_two_arms", 1, "1 user seen in more than one arm: left out, 50.0 % of all users."},
		{"unfinished_sessions", 1, "1 unfinished session: left out."},
		{"missing_arms", 2, "2 arms of the planned split never appear: T1, T2."},
		{"unplanned_arms", 1, "1 arm is not in the planned split: T."},
		{"users_without_session", 0, "0 users finished no session: left out."},
		{"early_events", 0, "0 events before --covariate-before name an arm of it."},
		{"unbalanced_covariates", 0, "0 covariates differ between the arms."},
	};
	struct health h;
	struct study s;
	struct allocation allocation;

	fill(&s, STUDY_STREAM);
	CHECK(allocation_parse(&allocation, "--split", "C=1,T1=1,T2=1", &e) == 0);
	examine_as(&h, &s, &allocation, NULL, NULL);
	for (size_t i = 0; i < HEALTH_N; i++) {
		const struct health_finding *f = i < HEALTH_LOG_N ? &h.log[i] : &h.x[0][i - HEALTH_LOG_N];

		CHECK_STR(f->entry->key, wanted[i].key);
		CHECK(f->count == wanted[i].count);
		CHECK_STR(health_say(f, &e), wanted[i].sentence);
	}
	CHECK(h.x[1][0].count == 0);
	forget(&h);
	allocation_clear(&allocation);
	study_clear(&s);
}

/* What is grave depends on whether it could be mended. */
static void sorting_mends(void)
{
	struct health h;
	struct study s;

	fill(&s, STUDY_STREAM);
	examine(&h, &s);
	CHECK(h.log[1].grave && h.log[2].grave && h.log[0].grave && !h.log[4].grave);
	CHECK(h.x[0][2].count == 0 && !h.x[0][2].grave && h.x[0][3].count == 0);
	forget(&h);
	study_clear(&s);
	fill(&s, STUDY_HOLD);
	examine(&h, &s);
	CHECK(h.log[1].grave && !h.log[2].grave && h.log[2].count == 1);
	CHECK_STR(health_say(&h.log[2], &e), "1 event out of order: sorted by timestamp.");
	forget(&h);
	study_clear(&s);
}

/* A log of so many events, and so many other lines. */
static void check_malformed(uint32_t events, uint64_t malformed, bool grave, const char *sentence)
{
	struct health h;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	s.malformed = malformed;
	for (uint32_t i = 0; i < events; i++)
		add(&s, i, EVENT_LAST, i, "X", "C");
	CHECK(study_end(&s, &e) == 0);
	examine(&h, &s);
	CHECK(h.log[0].count == malformed && h.log[0].grave == grave && h.log[0].loud == grave);
	CHECK_STR(health_say(&h.log[0], &e), sentence);
	for (size_t i = 1; i < HEALTH_LOG_N; i++)
		CHECK(!h.log[i].loud);
	forget(&h);
	study_clear(&s);
}

static void malformed_lines_are_judged_by_their_share(void)
{
	check_malformed(100, 0, false, "0 malformed lines: left out.");
	check_malformed(100, 1, false, "1 malformed line: left out.");
	check_malformed(99, 1, false, "1 malformed line: left out.");
	check_malformed(98, 1, true, "1 malformed line: left out, 1.01 % of all lines.");
	check_malformed(100, 859, true, "859 malformed lines: left out, 89.6 % of all lines.");
	check_malformed(0, 5, true, "5 malformed lines: left out, 100 % of all lines.");
}

/* n users of whom the first k are in both arms. */
static void check_two_arms(uint32_t n, uint32_t k, bool usual, bool grave, const char *sentence)
{
	struct health h;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	for (uint32_t user = 0; user < n; user++) {
		if (user < k)
			add(&s, 2 * user, EVENT_LAST, user, "X", user % 2 ? "T" : "C");
		add(&s, 2 * user + 1, EVENT_LAST, user, "X", user % 2 ? "C" : "T");
	}
	CHECK(study_end(&s, &e) == 0);
	examine(&h, &s);
	CHECK_STR(h.x[0][0].entry->key, "users_in_two_arms");
	CHECK(h.x[0][0].count == k && h.x[0][0].usual == usual && h.x[0][0].grave == grave);
	CHECK_STR(health_say(&h.x[0][0], &e), sentence);
	forget(&h);
	study_clear(&s);
}

static void users_in_two_arms_are_judged_by_their_share(void)
{
	check_two_arms(400, 0, true, false, "0 users seen in more than one arm: left out.");
	check_two_arms(400, 1, true, false, "1 user seen in more than one arm: left out.");
	check_two_arms(400, 2, false, false, "2 users seen in more than one arm: left out.");
	check_two_arms(400, 39, false, false, "39 users seen in more than one arm: left out.");
	check_two_arms(400, 40, false, true, "40 users seen in more than one arm: left out, 10.0 % of all users.");
	check_two_arms(70, 7, false, true, "7 users seen in more than one arm: left out, 10.0 % of all users.");
	check_two_arms(400, 360, false, true, "360 users seen in more than one arm: left out, 90.0 % of all users.");
	check_two_arms(400, 400, false, true, "400 users seen in more than one arm: left out, 100.0 % of all users.");
}

/* Two arms of n users, of whom some have no session that ended, and some one that did and one that did not. */
static void fill_leaving(struct study *s, uint32_t n, const uint32_t *without, const uint32_t *unfinished)
{
	study_init(s, STUDY_STREAM, NULL, 0);
	for (uint32_t i = 0; i < 2 * n; i++) {
		uint32_t arm = i % 2, number = i / 2;
		bool lost = number < without[arm], open = number >= n - unfinished[arm];

		add(s, 2 * i, lost ? EVENT_NEXT : EVENT_LAST, i, "X", arm ? "T" : "C");
		if (open)
			add(s, 2 * i + 1, EVENT_NEXT, i, "X", arm ? "T" : "C");
	}
	CHECK(study_end(s, &e) == 0);
}

static void attrition_is_compared_between_arms(void)
{
	const uint32_t none[2] = {0}, even[] = {40, 40}, odd[] = {0, 80};
	struct effects_options looked_at = {.alpha = 0.05, .sequential = true, .tune = 500};
	const struct health_finding *f;
	struct health h;
	struct study s;

	fill_leaving(&s, 200, odd, none);
	examine(&h, &s);
	f = &h.x[0][4];
	CHECK_STR(f->entry->key, "users_without_session");
	CHECK_STR(f->entry->p_key, "attrition_p");
	CHECK(f->count == 80 && f->grave);
	CHECK_NEAR(f->p, 7.791973823782338e-29, 1e-9);
	CHECK_STR(health_say(f, &e), "80 users finished no session: left out, not alike in the arms (p = 8e-29): "
				     "80 of 200 users of T, 0 of 200 of the others.");
	CHECK(h.x[0][1].grave && h.x[0][1].p == f->p);
	forget(&h);
	examine_as(&h, &s, NULL, &looked_at, NULL);
	CHECK(h.x[0][4].p > 1e-28 && h.x[0][4].p < 1e-9 && h.x[0][4].grave);
	forget(&h);
	study_clear(&s);

	fill_leaving(&s, 200, even, odd);
	examine(&h, &s);
	f = h.x[0];
	CHECK(f[4].count == 80 && f[4].p == 1 && !f[4].grave && f[4].usual);
	CHECK_STR(health_say(&f[4], &e), "80 users finished no session: left out.");
	/* 40 of C never ended, 40 and 80 of T */
	CHECK(f[1].count == 160 && f[1].grave);
	CHECK_STR(health_say(&f[1], &e), "160 unfinished sessions: left out, not alike in the arms (p = 2e-16): "
					 "120 of 200 users of T, 40 of 200 of the others.");
	forget(&h);
	study_clear(&s);
}

static void an_experiment_that_began_before_the_moment_is_found(void)
{
	const struct health_finding *f;
	struct health h;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	study_keep(&s, &(struct study_keep){.before = true, .moment = 100});
	add(&s, 10, EVENT_LAST, 1, "X", "C");
	for (uint32_t user = 1; user <= 4; user++)
		add(&s, 100 + user, EVENT_LAST, user, user < 3 ? "X" : "Y", "C");
	CHECK(study_end(&s, &e) == 0);
	examine(&h, &s);
	f = &h.x[0][5];
	CHECK(f->count == 1 && f->grave && !f->usual);
	CHECK_STR(health_say(f, &e), "1 event before --covariate-before names an arm of it: "
				     "nothing was adjusted, for the covariate "
				     "would hold part of the effect.");
	CHECK(h.x[1][5].count == 0 && !h.x[1][5].grave);
	forget(&h);
	study_clear(&s);
}

static void covariates_that_differ_are_named(void)
{
	struct balance balance[] = {{{0.5, 1e-9, NAN, 2e-4, 1, 1e-5}}, {{NAN, NAN, NAN, NAN, NAN, NAN}}};
	struct effects_options options = {.alpha = 0.05};
	struct covariate file = {0};
	const struct health_finding *f;
	struct health h;
	struct study s;

	fill(&s, STUDY_STREAM);
	examine_as(&h, &s, NULL, &options, balance);
	f = &h.x[0][6];
	CHECK(f->count == 3 && f->grave && f->p == 1e-9);
	CHECK_STR(health_say(f, &e), "3 covariates differ between the arms: "
				     "sessions, mean_tracks_per_session, who has one (p = 1e-09).");
	CHECK(h.x[1][6].count == 0 && !h.x[1][6].grave && isnan(h.x[1][6].p));
	forget(&h);
	options.samples.file = &file;
	balance[0] = (struct balance){{2e-4, NAN, NAN, NAN, NAN, 0.001}};
	examine_as(&h, &s, NULL, &options, balance);
	CHECK_STR(health_say(&h.x[0][6], &e), "1 covariate differs between the arms: value (p = 0.0002).");
	forget(&h);
	study_clear(&s);
}

static void a_sound_log_is_sound(void)
{
	struct health h;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	add(&s, 1, EVENT_LAST, 1, "X", "C");
	CHECK(study_end(&s, &e) == 0);
	examine(&h, &s);
	for (size_t i = 0; i < HEALTH_LOG_N; i++)
		CHECK(h.log[i].count == 0 && !h.log[i].grave);
	for (size_t i = 0; i < HEALTH_EXPERIMENT_N; i++)
		CHECK(h.x[0][i].count == 0 && !h.x[0][i].grave);
	forget(&h);
	study_clear(&s);
}

static void entries_are_found_by_key(void)
{
	CHECK(health_find("malformed_lines") == &health_table[0]);
	CHECK(health_find("unbalanced_covariates") == &health_table[HEALTH_N - 1]);
	CHECK(health_find("unfinished_sessions")->usual && !health_find("duplicate_events")->usual);
	CHECK(!health_find("srm"));
}

int main(void)
{
	RUN(everything_is_found);
	RUN(sorting_mends);
	RUN(malformed_lines_are_judged_by_their_share);
	RUN(users_in_two_arms_are_judged_by_their_share);
	RUN(attrition_is_compared_between_arms);
	RUN(an_experiment_that_began_before_the_moment_is_found);
	RUN(covariates_that_differ_are_named);
	RUN(a_sound_log_is_sound);
	RUN(entries_are_found_by_key);
	return DONE();
}

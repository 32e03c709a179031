#include "study/health.h"

#include "unit/check.h"

static struct errmsg e;

static void add(struct study *s, int64_t timestamp, enum event_message message, uint32_t user, const char *x, const char *arm)
{
	struct event_arm one = {slice_of(x), slice_of(arm)};
	struct event ev = event_of(message, user, 0, 0.5);

	ev.timestamp = timestamp;
	ev.arms = &one;
	ev.n_arms = 1;
	CHECK(study_add(s, &ev, &e) == 0);
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
		{"events_after_end", 1, "1 event not later than the end of a session before it: taken as they came, so sessions may be wrong."},
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
	CHECK(allocation_parse(&allocation, "--split", "C=1,T1=1,T2=1", &e) == 0 && health_init(&h, &(struct health_subject){.study = &s, .allocation = &allocation}, &e) == 0);
	CHECK(h.n == HEALTH_LOG_N + 2 * HEALTH_EXPERIMENT_N);
	for (size_t i = 0; i < HEALTH_N; i++) {
		CHECK_STR(h.list[i].entry->key, wanted[i].key);
		CHECK(h.list[i].count == wanted[i].count);
		CHECK_STR(health_say(&h.list[i], &e), wanted[i].sentence);
		CHECK(h.list[i].experiment == (i < HEALTH_LOG_N ? HEALTH_LOG : 0));
	}
	CHECK(health_of(&h, 0) == &h.list[HEALTH_LOG_N] && health_of(&h, 1)->count == 0 && !health_of(&h, 2));
	health_clear(&h);
	allocation_clear(&allocation);
	study_clear(&s);
}

/* What is grave depends on whether it could be mended. */
static void sorting_mends(void)
{
	struct health h;
	struct study s;

	fill(&s, STUDY_STREAM);
	CHECK(health_init(&h, &(struct health_subject){.study = &s}, &e) == 0);
	CHECK(h.list[1].grave && h.list[2].grave && h.list[0].grave && !h.list[4].grave);
	CHECK(health_of(&h, 0)[2].count == 0 && !health_of(&h, 0)[2].grave && health_of(&h, 0)[3].count == 0);
	health_clear(&h);
	study_clear(&s);
	fill(&s, STUDY_HOLD);
	CHECK(health_init(&h, &(struct health_subject){.study = &s}, &e) == 0);
	CHECK(h.list[1].grave && !h.list[2].grave && h.list[2].count == 1);
	CHECK_STR(health_say(&h.list[2], &e), "1 event out of order: sorted by timestamp.");
	health_clear(&h);
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
	CHECK(study_end(&s, &e) == 0 && health_init(&h, &(struct health_subject){.study = &s}, &e) == 0);
	CHECK(h.list[0].count == malformed && h.list[0].grave == grave && h.list[0].loud == grave);
	CHECK_STR(health_say(&h.list[0], &e), sentence);
	for (size_t i = 1; i < h.n; i++)
		CHECK(!h.list[i].loud);
	health_clear(&h);
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
	CHECK(study_end(&s, &e) == 0 && health_init(&h, &(struct health_subject){.study = &s}, &e) == 0);
	CHECK_STR(health_of(&h, 0)->entry->key, "users_in_two_arms");
	CHECK(health_of(&h, 0)->count == k && health_of(&h, 0)->usual == usual && health_of(&h, 0)->grave == grave);
	CHECK_STR(health_say(health_of(&h, 0), &e), sentence);
	health_clear(&h);
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
	CHECK(health_init(&h, &(struct health_subject){.study = &s}, &e) == 0);
	f = &health_of(&h, 0)[4];
	CHECK_STR(f->entry->key, "users_without_session");
	CHECK_STR(f->entry->p_key, "attrition_p");
	CHECK(f->count == 80 && f->grave);
	CHECK_NEAR(f->p, 7.791973823782338e-29, 1e-9);
	CHECK_STR(health_say(f, &e), "80 users finished no session: left out, not alike in the arms (p = 8e-29): "
				     "80 of 200 users of T, 0 of 200 of the others.");
	CHECK(health_of(&h, 0)[1].grave && health_of(&h, 0)[1].p == f->p);
	health_clear(&h);
	CHECK(health_init(&h, &(struct health_subject){.study = &s, .options = &looked_at}, &e) == 0);
	CHECK(health_of(&h, 0)[4].p > 1e-28 && health_of(&h, 0)[4].p < 1e-9 && health_of(&h, 0)[4].grave);
	health_clear(&h);
	study_clear(&s);

	fill_leaving(&s, 200, even, odd);
	CHECK(health_init(&h, &(struct health_subject){.study = &s}, &e) == 0);
	f = health_of(&h, 0);
	CHECK(f[4].count == 80 && f[4].p == 1 && !f[4].grave && f[4].usual);
	CHECK_STR(health_say(&f[4], &e), "80 users finished no session: left out.");
	/* 40 of C never ended, 40 and 80 of T */
	CHECK(f[1].count == 160 && f[1].grave);
	CHECK_STR(health_say(&f[1], &e), "160 unfinished sessions: left out, not alike in the arms (p = 2e-16): "
					 "120 of 200 users of T, 40 of 200 of the others.");
	health_clear(&h);
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
	CHECK(study_end(&s, &e) == 0 && health_init(&h, &(struct health_subject){.study = &s}, &e) == 0);
	f = &health_of(&h, 0)[5];
	CHECK(f->count == 1 && f->grave && !f->usual);
	CHECK_STR(health_say(f, &e), "1 event before --covariate-before names an arm of it: nothing was adjusted, for the covariate "
				     "would hold part of the effect.");
	CHECK(health_of(&h, 1)[5].count == 0 && !health_of(&h, 1)[5].grave);
	health_clear(&h);
	study_clear(&s);
}

static void covariates_that_differ_are_named(void)
{
	struct balance balance[] = {{{0.5, 1e-9, NAN, 2e-4, 1, 1e-5}}, {{NAN, NAN, NAN, NAN, NAN, NAN}}};
	struct effects effects = {.balance = balance};
	struct effects_options options = {.alpha = 0.05};
	struct covariate file = {0};
	struct health_subject of = {.options = &options, .effects = &effects};
	const struct health_finding *f;
	struct health h;
	struct study s;

	fill(&s, STUDY_STREAM);
	of.study = &s;
	CHECK(health_init(&h, &of, &e) == 0);
	f = &health_of(&h, 0)[6];
	CHECK(f->count == 3 && f->grave && f->p == 1e-9);
	CHECK_STR(health_say(f, &e), "3 covariates differ between the arms: sessions, mean_tracks_per_session, who has one (p = 1e-09).");
	CHECK(health_of(&h, 1)[6].count == 0 && !health_of(&h, 1)[6].grave && isnan(health_of(&h, 1)[6].p));
	health_clear(&h);
	options.samples.file = &file;
	balance[0] = (struct balance){{2e-4, NAN, NAN, NAN, NAN, 0.001}};
	CHECK(health_init(&h, &of, &e) == 0);
	CHECK_STR(health_say(&health_of(&h, 0)[6], &e), "1 covariate differs between the arms: value (p = 0.0002).");
	health_clear(&h);
	study_clear(&s);
}

static void a_sound_log_is_sound(void)
{
	struct health h;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	add(&s, 1, EVENT_LAST, 1, "X", "C");
	CHECK(study_end(&s, &e) == 0 && health_init(&h, &(struct health_subject){.study = &s}, &e) == 0);
	for (size_t i = 0; i < h.n; i++)
		CHECK(h.list[i].count == 0 && !h.list[i].grave);
	health_clear(&h);
	study_clear(&s);
}

static void unwanted_experiments_have_no_findings(void)
{
	char name[] = "Y", *wanted[] = {name};
	struct health h;
	struct study s;

	study_init(&s, STUDY_STREAM, wanted, 1);
	add(&s, 1, EVENT_LAST, 1, "X", "C");
	add(&s, 2, EVENT_LAST, 1, "Y", "C");
	CHECK(study_end(&s, &e) == 0 && health_init(&h, &(struct health_subject){.study = &s}, &e) == 0);
	CHECK(h.n == HEALTH_N && !health_of(&h, 0) && health_of(&h, 1));
	health_clear(&h);
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
	RUN(unwanted_experiments_have_no_findings);
	RUN(entries_are_found_by_key);
	return DONE();
}

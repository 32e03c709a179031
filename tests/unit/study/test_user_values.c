#include "study/user_values.h"

#include <stdlib.h>

#include "base/rng.h"
#include "unit/check.h"

static struct errmsg e;

static void add(struct study *s, int64_t timestamp, enum event_message message, uint32_t user, const char *arm,
		double time)
{
	struct event_arm one = {slice_of("X"), slice_of(arm)};
	struct event ev = event_of(message, user, 0, time);

	ev.timestamp = timestamp;
	ev.latency = user == 7 ? NAN : 0.002;
	ev.arms = &one;
	ev.n_arms = 1;
	CHECK(study_add(s, &ev, &e) == 0);
}

/* An event that names no experiment. */
static void add_plain(struct study *s, int64_t timestamp, enum event_message message, uint32_t user, double time)
{
	struct event ev = event_of(message, user, 0, time);

	ev.timestamp = timestamp;
	ev.latency = 0.002;
	CHECK(study_add(s, &ev, &e) == 0);
}

static void users_of_the_arms_stand_in_order(void)
{
	struct user_values v;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	add(&s, 1, EVENT_LAST, 9, "C", 0.5);
	add(&s, 2, EVENT_NEXT, 7, "T", 1);
	add(&s, 3, EVENT_LAST, 7, "T", 0.5);
	add(&s, 4, EVENT_LAST, 7, "T", 0.25);
	add(&s, 5, EVENT_LAST, 3, "C", 1);
	add(&s, 6, EVENT_LAST, 3, "T", 1); /* two arms */
	add(&s, 7, EVENT_NEXT, 1, "T", 1); /* nothing finished */
	CHECK(study_end(&s, &e) == 0 && user_values_init(&v, &s, 0, NULL, &e) == 0);
	CHECK(v.n == 2 && v.ids[0] == 7 && v.ids[1] == 9 && v.arms[0] == 1 && v.arms[1] == 0);
	CHECK(v.values[0][0] == 1.75 && v.values[0][1] == 0.5 && v.values[1][0] == 2 && isnan(v.values[2][0]) &&
	      v.values[2][1] == 2);
	CHECK(v.values[METRICS_N][0] == 1.75 && v.denominators[METRICS_N][0] == 2);
	CHECK(v.values[METRICS_N + 1][0] == 1.75 && v.denominators[METRICS_N + 1][0] == 3);
	CHECK(!v.denominators[0] && !v.denominators[METRICS_N - 1]);
	CHECK(s.participants[v.participants[0]].did.finished.billionths == 1750000000);
	for (size_t k = 0; k < METRICS_ALL_N; k++)
		CHECK(!v.covariates[k] && isnan(v.thresholds[k]));
	user_values_clear(&v);
	study_clear(&s);
}

/* The values of an arm, added up in their order, are what the summary says, to the last bit. */
static void values_and_summary_agree(void)
{
	struct user_values v;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	for (uint32_t i = 0; i < 3000; i++) {
		struct rng r = rng_at(1, RNG_WORLD, i, 0, 0);

		add(&s, i, rng_below(&r, 3) == 0 ? EVENT_LAST : EVENT_NEXT, rng_below(&r, 300) * 7919,
		    (const char *[]){"C", "T", "U"}[i % 3], rng_uniform(&r));
	}
	for (uint32_t i = 0; i < 3000; i++) {
		struct rng r = rng_at(2, RNG_WORLD, i, 0, 0);
		uint32_t user = rng_below(&r, 300);

		add(&s, 3000 + i, rng_below(&r, 3) == 0 ? EVENT_LAST : EVENT_NEXT, user * 7907 + 1,
		    user % 2 ? "C" : "T", rng_uniform(&r));
	}
	CHECK(study_end(&s, &e) == 0 && user_values_init(&v, &s, 0, NULL, &e) == 0);
	CHECK(v.n > 250);
	for (size_t arm = 0; arm < s.experiments[0].arms.n; arm++)
		for (size_t k = 0; k < METRICS_N; k++) {
			struct moments sum = {0};

			for (size_t i = 0; i < v.n; i++)
				if (v.arms[i] == arm && !isnan(v.values[k][i]))
					moments_add(&sum, v.values[k][i]);
			CHECK(memcmp(&sum, &s.experiments[0].summary.arms[arm].values[k], sizeof sum) == 0);
		}
	user_values_clear(&v);
	study_clear(&s);
}

static void covariates_come_from_before(void)
{
	struct user_values v;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	study_keep(&s, &(struct study_keep){.before = true, .moment = 100});
	add_plain(&s, 10, EVENT_NEXT, 1, 0.5);
	add_plain(&s, 20, EVENT_LAST, 1, 1);
	add_plain(&s, 30, EVENT_NEXT, 2, 1); /* never finished */
	for (uint32_t user = 1; user <= 3; user++)
		add(&s, 100 + user, EVENT_LAST, user, "C", 1);
	CHECK(study_end(&s, &e) == 0 && user_values_init(&v, &s, 0, NULL, &e) == 0);
	CHECK(v.n == 3);
	CHECK(v.covariates[0][0] == 1.5 && v.covariates[1][0] == 1 && v.covariates[2][0] == 2 &&
	      v.covariates[3][0] == 2);
	for (size_t k = 0; k < METRICS_N; k++)
		CHECK(isnan(v.covariates[k][1]) && isnan(v.covariates[k][2]));
	user_values_clear(&v);
	study_clear(&s);
}

/* The experiment had begun by then, and the user had done it in an arm of it. A file says what it says. */
static void there_are_none_where_the_experiment_had_begun(void)
{
	struct covariate file = {0};
	struct user_values v;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	study_keep(&s, &(struct study_keep){.before = true, .moment = 100});
	add(&s, 10, EVENT_LAST, 1, "C", 0.5);
	add_plain(&s, 20, EVENT_LAST, 2, 0.5);
	for (uint32_t user = 1; user <= 3; user++)
		add(&s, 100 + user, EVENT_LAST, user, "C", 1);
	CHECK(study_end(&s, &e) == 0 && s.experiments[0].early == 1 && user_values_init(&v, &s, 0, NULL, &e) == 0 &&
	      v.n == 3);
	for (size_t k = 0; k < METRICS_N; k++)
		CHECK(!v.covariates[k]);
	user_values_clear(&v);
	CHECK(user_values_init(&v, &s, 0, &file, &e) == 0 && v.covariates[0]);
	user_values_clear(&v);
	study_clear(&s);
}

static void covariates_come_from_a_file(void)
{
	struct covariate file = {0};
	struct user_values v;
	struct study s;
	double value = 2.5;

	file.values = &value;
	file.n = 1;
	*idmap_at(&file.index, 3) = 0;
	study_init(&s, STUDY_STREAM, NULL, 0);
	for (uint32_t user = 2; user <= 3; user++)
		add(&s, user, EVENT_LAST, user, "C", 1);
	CHECK(study_end(&s, &e) == 0 && user_values_init(&v, &s, 0, &file, &e) == 0);
	for (size_t k = 0; k < METRICS_N; k++)
		CHECK(v.covariates[k] == v.covariates[0] && isnan(v.covariates[k][0]) && v.covariates[k][1] == 2.5);
	user_values_clear(&v);
	study_clear(&s);
	idmap_clear(&file.index);
}

static void nobody(void)
{
	struct user_values v;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	add(&s, 7, EVENT_NEXT, 1, "T", 1);
	CHECK(study_end(&s, &e) == 0 && user_values_init(&v, &s, 0, NULL, &e) == 0 && v.n == 0);
	user_values_clear(&v);
	study_clear(&s);
}

/* The values of one metric, the time, of made-up users. */
static struct user_values time_of(double *values, uint32_t *arms, size_t n)
{
	return (struct user_values){.n = n, .arms = arms, .values = {values}, .thresholds = {NAN}};
}

/* By hand: of 0 .. 10 the 0.85-quantile is 8.5, over both arms. */
static void one_threshold_caps_all_arms(void)
{
	double values[] = {10, 1, 3, 5, 0, 2, 4, 6, 7, 8, 9};
	uint32_t arms[] = {0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1};
	struct user_values v = time_of(values, arms, 11);

	CHECK(user_values_cap(&v, 0, 0.85, &e) == 0);
	CHECK_NEAR(v.thresholds[0], 8.5, 1e-15);
	CHECK(values[0] == v.thresholds[0] && values[10] == v.thresholds[0]);
	CHECK(values[1] == 1 && values[2] == 3 && values[9] == 8);
}

static void the_quantile_to_cap_at_is_of_those_in_arms(void)
{
	uint32_t arms[] = {0, USER_VALUES_NO_ARM, 1, 0, 1, 0, 1};
	double values[] = {3, 100, 1, NAN, 4, 2, 50};
	struct user_values v = time_of(values, arms, 7), none = time_of(values, arms, 0);

	CHECK(user_values_cap(&v, 0, 0, &e) == 0 && isnan(v.thresholds[0]) && values[6] == 50);
	/* of 1 2 3 4 50, type 7 */
	CHECK(user_values_cap(&v, 0, 0.75, &e) == 0 && v.thresholds[0] == 4);
	CHECK(values[0] == 3 && values[2] == 1 && isnan(values[3]) && values[4] == 4 && values[6] == 4);
	CHECK(user_values_cap(&none, 0, 0.75, &e) == 0 && isnan(none.thresholds[0]));
}

static void ties_and_ratios_are_not_capped(void)
{
	double values[] = {1, 5, 5, 5}, sessions[] = {1, 1, 1, 1};
	uint32_t arms[4] = {0};
	struct user_values v = time_of(values, arms, 4);

	CHECK(user_values_cap(&v, 0, 0.5, &e) == 0 && v.thresholds[0] == 5);
	CHECK(values[0] == 1 && values[1] == 5 && values[3] == 5);
	v.thresholds[0] = NAN;
	v.denominators[0] = sessions;
	CHECK(user_values_cap(&v, 0, 0.01, &e) == 0 && isnan(v.thresholds[0]) && values[3] == 5);
}

static void the_share_above_is_what_was_asked_for(void)
{
	static double values[10000];
	static uint32_t arms[10000];
	struct user_values v = time_of(values, arms, 10000);
	size_t capped = 0;

	for (uint32_t i = 0; i < 10000; i++) {
		struct rng r = rng_at(10, RNG_WORLD, i, 0, 0);

		values[i] = rng_uniform(&r);
		arms[i] = i < 3000;
	}
	CHECK(user_values_cap(&v, 0, 0.99, &e) == 0);
	CHECK_NEAR(v.thresholds[0], 0.99, 0.005);
	for (size_t i = 0; i < 10000; i++)
		capped += values[i] == v.thresholds[0];
	CHECK(capped == 100);
}

/* As those of a day are. */
static void values_may_be_set(void)
{
	double values[METRICS_ALL_N] = {0}, denominators[METRICS_RATIOS_N] = {0};
	struct user_values v = {.n = 1};
	const struct metrics_user none = {.sessions = 0}, two = {.finished = {.billionths = 3000000000, .events = 4}, .sessions = 2};

	for (size_t k = 0; k < METRICS_ALL_N; k++) {
		v.values[k] = &values[k];
		v.denominators[k] = k < METRICS_N ? NULL : &denominators[k - METRICS_N];
		user_values_set(&v, k, 0, &none);
		CHECK(isnan(values[k]));
		user_values_set(&v, k, 0, &two);
	}
	CHECK(values[0] == 3 && values[1] == 2 && isnan(values[2]) && values[3] == 2 && values[4] == 1.5);
	CHECK(values[METRICS_N] == 3 && denominators[0] == 2 && values[METRICS_N + 1] == 3 && denominators[1] == 4);
}

int main(void)
{
	RUN(users_of_the_arms_stand_in_order);
	RUN(values_and_summary_agree);
	RUN(covariates_come_from_before);
	RUN(there_are_none_where_the_experiment_had_begun);
	RUN(covariates_come_from_a_file);
	RUN(nobody);
	RUN(one_threshold_caps_all_arms);
	RUN(the_quantile_to_cap_at_is_of_those_in_arms);
	RUN(ties_and_ratios_are_not_capped);
	RUN(the_share_above_is_what_was_asked_for);
	RUN(values_may_be_set);
	return DONE();
}

#include "study/user_values.h"

#include <stdlib.h>

#include "base/rng.h"
#include "unit/check.h"

static struct errmsg e;

static void add(struct study *s, int64_t timestamp, enum event_message message, uint32_t user, const char *arm, double time)
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
	struct user_values c;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	add(&s, 1, EVENT_LAST, 9, "C", 0.5);
	add(&s, 2, EVENT_NEXT, 7, "T", 1);
	add(&s, 3, EVENT_LAST, 7, "T", 0.5);
	add(&s, 4, EVENT_LAST, 7, "T", 0.25);
	add(&s, 5, EVENT_LAST, 3, "C", 1);
	add(&s, 6, EVENT_LAST, 3, "T", 1); /* two arms */
	add(&s, 7, EVENT_NEXT, 1, "T", 1); /* nothing finished */
	CHECK(study_end(&s, &e) == 0 && user_values_init(&c, &s, 0, NULL, &e) == 0);
	CHECK(c.n == 2 && c.n_arms == 2 && c.ids[0] == 7 && c.ids[1] == 9 && c.arms[0] == 1 && c.arms[1] == 0);
	CHECK(c.values[0][0] == 1.75 && c.values[0][1] == 0.5 && c.values[1][0] == 2 && isnan(c.values[2][0]) && c.values[2][1] == 2);
	CHECK(c.numerators[0][0] == 1.75 && c.denominators[0][0] == 2 && c.numerators[1][0] == 1.75 && c.denominators[1][0] == 3);
	CHECK(s.participants[c.participants[0]].did.finished.time == 1.75);
	CHECK(!c.covariates[0] && !c.covariates[METRICS_N - 1]);
	user_values_clear(&c);
	study_clear(&s);
}

/* What the columns say of an arm, added up in their order, is what the summary says, to the last bit. */
static void columns_and_summary_agree(void)
{
	struct user_values c;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	for (uint32_t i = 0; i < 3000; i++) {
		struct rng r = rng_at(1, RNG_WORLD, i, 0, 0);

		add(&s, i, rng_below(&r, 3) == 0 ? EVENT_LAST : EVENT_NEXT, rng_below(&r, 300) * 7919, (const char *[]){"C", "T", "U"}[i % 3],
		    rng_uniform(&r));
	}
	for (uint32_t i = 0; i < 3000; i++) {
		struct rng r = rng_at(2, RNG_WORLD, i, 0, 0);
		uint32_t user = rng_below(&r, 300);

		add(&s, 3000 + i, rng_below(&r, 3) == 0 ? EVENT_LAST : EVENT_NEXT, user * 7907 + 1, user % 2 ? "C" : "T", rng_uniform(&r));
	}
	CHECK(study_end(&s, &e) == 0 && user_values_init(&c, &s, 0, NULL, &e) == 0);
	CHECK(c.n > 250);
	for (size_t arm = 0; arm < c.n_arms; arm++)
		for (size_t k = 0; k < METRICS_N; k++) {
			struct moments sum = {0};

			for (size_t i = 0; i < c.n; i++)
				if (c.arms[i] == arm && !isnan(c.values[k][i]))
					moments_add(&sum, c.values[k][i]);
			CHECK(memcmp(&sum, &s.experiments[0].summary.arms[arm].values[k], sizeof sum) == 0);
		}
	user_values_clear(&c);
	study_clear(&s);
}

static void covariates_come_from_before(void)
{
	struct user_values c;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	study_keep(&s, &(struct study_keep){.before = true, .moment = 100});
	add_plain(&s, 10, EVENT_NEXT, 1, 0.5);
	add_plain(&s, 20, EVENT_LAST, 1, 1);
	add_plain(&s, 30, EVENT_NEXT, 2, 1); /* never finished */
	for (uint32_t user = 1; user <= 3; user++)
		add(&s, 100 + user, EVENT_LAST, user, "C", 1);
	CHECK(study_end(&s, &e) == 0 && user_values_init(&c, &s, 0, NULL, &e) == 0);
	CHECK(c.n == 3);
	CHECK(c.covariates[0][0] == 1.5 && c.covariates[1][0] == 1 && c.covariates[2][0] == 2 && c.covariates[3][0] == 2);
	for (size_t k = 0; k < METRICS_N; k++)
		CHECK(isnan(c.covariates[k][1]) && isnan(c.covariates[k][2]));
	user_values_clear(&c);
	study_clear(&s);
}

/* The experiment had begun by then, and the user had done it in an arm of it. A file says what it says. */
static void there_are_none_where_the_experiment_had_begun(void)
{
	struct covariate file = {0};
	struct user_values c;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	study_keep(&s, &(struct study_keep){.before = true, .moment = 100});
	add(&s, 10, EVENT_LAST, 1, "C", 0.5);
	add_plain(&s, 20, EVENT_LAST, 2, 0.5);
	for (uint32_t user = 1; user <= 3; user++)
		add(&s, 100 + user, EVENT_LAST, user, "C", 1);
	CHECK(study_end(&s, &e) == 0 && s.experiments[0].early == 1 && user_values_init(&c, &s, 0, NULL, &e) == 0 && c.n == 3);
	for (size_t k = 0; k < METRICS_N; k++)
		CHECK(!c.covariates[k]);
	user_values_clear(&c);
	CHECK(user_values_init(&c, &s, 0, &file, &e) == 0 && c.covariates[0]);
	user_values_clear(&c);
	study_clear(&s);
}

static void covariates_come_from_a_file(void)
{
	struct covariate file = {0};
	struct user_values c;
	struct study s;
	double value = 2.5;

	file.values = &value;
	file.n = 1;
	*idmap_at(&file.index, 3) = 0;
	study_init(&s, STUDY_STREAM, NULL, 0);
	for (uint32_t user = 2; user <= 3; user++)
		add(&s, user, EVENT_LAST, user, "C", 1);
	CHECK(study_end(&s, &e) == 0 && user_values_init(&c, &s, 0, &file, &e) == 0);
	for (size_t k = 0; k < METRICS_N; k++)
		CHECK(c.covariates[k] == c.covariates[0] && isnan(c.covariates[k][0]) && c.covariates[k][1] == 2.5);
	user_values_clear(&c);
	study_clear(&s);
	idmap_clear(&file.index);
}

static void nobody(void)
{
	struct user_values c;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	add(&s, 7, EVENT_NEXT, 1, "T", 1);
	CHECK(study_end(&s, &e) == 0 && user_values_init(&c, &s, 0, NULL, &e) == 0 && c.n == 0);
	user_values_clear(&c);
	study_clear(&s);
}

int main(void)
{
	RUN(users_of_the_arms_stand_in_order);
	RUN(columns_and_summary_agree);
	RUN(covariates_come_from_before);
	RUN(there_are_none_where_the_experiment_had_begun);
	RUN(covariates_come_from_a_file);
	RUN(nobody);
	return DONE();
}

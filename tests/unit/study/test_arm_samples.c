#include "study/arm_samples.h"

#include "base/rng.h"
#include "stats/cuped.h"
#include "stats/ratio.h"
#include "unit/check.h"
#include "unit/fixture.h"

static struct errmsg e;

/* Users 0 .. 9, even ones in C; user i has i % 3 + 1 sessions of one track, of time (i + 1) / 20. */
static void fill(struct study *s)
{
	study_init(s, STUDY_STREAM, NULL, 0);
	for (uint32_t user = 0; user < 10; user++)
		for (uint32_t n = 0; n <= user % 3; n++) {
			struct event_arm one = {slice_of("X"), slice_of(user % 2 ? "T" : "C")};
			struct event ev = event_of(EVENT_LAST, user, 0, (user + 1) / 20.0);

			ev.timestamp = 100 * user + n;
			ev.arms = &one;
			ev.n_arms = 1;
			CHECK(study_add(s, &ev, &e) == 0);
		}
	CHECK(study_end(s, &e) == 0);
}

static double time_of(uint32_t user)
{
	return (user % 3 + 1) * ((user + 1) / 20.0);
}

static void plain_samples_are_those_of_the_study(void)
{
	const struct arm_samples_options none = {0};
	struct arm_samples samples;
	struct study s;

	fill(&s);
	CHECK(arm_samples_of(&samples, &s, 0, &none, &e) == 0 && samples.n_arms == 2);
	for (size_t k = 0; k < METRICS_ALL_N; k++) {
		const struct arm_samples_metric *m = &samples.metrics[k];

		CHECK_STR(m->method, k < METRICS_N ? "mean" : "ratio");
		CHECK(isnan(m->threshold) && isnan(m->theta) && isnan(m->removed));
		CHECK(m->better == (strcmp(m->name, "mean_request_latency") == 0 ? -1 : 1));
	}
	CHECK(samples.metrics[0].arms[0].n == 5);
	CHECK(samples.metrics[0].arms[0].mean == s.experiments[0].summary.arms[0].values[0].mean);
	/* time per session, pooled: C has users 0 2 4 6 8 with 1 3 2 1 3 sessions */
	CHECK_NEAR(samples.metrics[METRICS_N].arms[0].mean, (1 + 9 + 10 + 7 + 27) / 20.0 / 10, 1e-15);
	/* one track a session */
	CHECK(samples.metrics[METRICS_N + 1].arms[0].mean == samples.metrics[METRICS_N].arms[0].mean);
	arm_samples_clear(&samples);
	study_clear(&s);
}

static void one_threshold_caps_both_arms(void)
{
	const struct arm_samples_options half = {.cap = 0.5};
	struct moments c = {0}, t = {0};
	struct arm_samples samples;
	struct study s;

	fill(&s);
	CHECK(arm_samples_of(&samples, &s, 0, &half, &e) == 0);
	/* times are 1 4 9 4 10 18 7 16 27 10 twentieths: the median is 9.5 */
	CHECK_NEAR(samples.metrics[0].threshold, 9.5 / 20, 1e-15);
	for (uint32_t user = 0; user < 10; user++)
		moments_add(user % 2 ? &t : &c, fmin(time_of(user), 9.5 / 20));
	CHECK_NEAR(samples.metrics[0].arms[0].mean, c.mean, 1e-14);
	CHECK_NEAR(moments_variance(&samples.metrics[0].arms[1]), moments_variance(&t), 1e-13);
	/* not of ratios, nor where nobody has a value */
	CHECK(isnan(samples.metrics[METRICS_N].threshold));
	CHECK_NEAR(samples.metrics[METRICS_N].arms[0].mean, 0.27, 1e-15);
	CHECK(isnan(samples.metrics[2].threshold) && samples.metrics[2].arms[0].n == 0);
	arm_samples_clear(&samples);
	study_clear(&s);
}

static void a_file_adjusts(void)
{
	struct covariate file = {0};
	const struct arm_samples_options options = {.adjust = true, .file = &file};
	struct arm_samples samples;
	struct study s;

	fill(&s);
	/* twice the time and 1 more: all of the variance is gone */
	fixture_file("file", "{\"user\":0,\"value\":1.1}\n{\"user\":1,\"value\":1.4}\n{\"user\":2,\"value\":1.9}\n"
			     "{\"user\":3,\"value\":1.4}\n{\"user\":4,\"value\":2.0}\n{\"user\":5,\"value\":2.8}\n"
			     "{\"user\":6,\"value\":1.7}\n{\"user\":7,\"value\":2.6}\n{\"user\":8,\"value\":3.7}\n"
			     "{\"user\":9,\"value\":2.0}\n{\"user\":99,\"value\":7}\n");
	CHECK(covariate_load(&file, "file", &e) == 0);
	CHECK(arm_samples_of(&samples, &s, 0, &options, &e) == 0);
	CHECK_NEAR(samples.metrics[0].theta, 0.5, 1e-12);
	CHECK_NEAR(samples.metrics[0].removed, 1, 1e-12);
	CHECK_NEAR(samples.metrics[0].arms[0].mean, samples.metrics[0].arms[1].mean, 1e-12);
	CHECK(samples.metrics[0].arms[0].n == 5 && isnan(samples.metrics[METRICS_N].theta));
	arm_samples_clear(&samples);
	covariate_clear(&file);
	study_clear(&s);
}

static void a_file_of_others_changes_nothing(void)
{
	struct covariate file = {0};
	const struct arm_samples_options options = {.adjust = true, .file = &file};
	struct arm_samples samples;
	struct study s;

	fill(&s);
	fixture_file("file", "{\"user\":99,\"value\":7}\n");
	CHECK(covariate_load(&file, "file", &e) == 0 && arm_samples_of(&samples, &s, 0, &options, &e) == 0);
	CHECK(samples.metrics[0].theta == 0 && samples.metrics[0].removed == 0);
	CHECK_NEAR(samples.metrics[0].arms[1].mean, s.experiments[0].summary.arms[1].values[0].mean, 1e-15);
	arm_samples_clear(&samples);
	covariate_clear(&file);
	study_clear(&s);
}

enum { N = 300, ARMS = 3 };

/* Users of three arms and of none, some without a value, some without a covariate. */
struct made_up {
	uint32_t arms[N];
	double values[N], others[N];
};

static void make_up(struct made_up *u)
{
	for (uint32_t i = 0; i < N; i++) {
		struct rng r = rng_at(1, RNG_WORLD, i, 0, 0);
		uint32_t arm = rng_below(&r, ARMS + 1);

		u->arms[i] = arm == ARMS ? USER_VALUES_NO_ARM : arm;
		u->others[i] = 1 + rng_below(&r, 1000) / 7.0;
		u->values[i] = rng_below(&r, 10) == 0 ? NAN : u->others[i] + rng_below(&r, 1000) / 3.0;
	}
}

/* The users of an arm who have a value, as the pairs that they are. */
static struct comoments pairs(const struct made_up *u, uint32_t arm)
{
	struct comoments j = {0};

	for (size_t i = 0; i < N; i++)
		if (u->arms[i] == arm && !isnan(u->values[i]))
			comoments_add(&j, u->others[i], u->values[i]);
	return j;
}

static bool same(const struct moments *a, const struct moments *b)
{
	return a->n == b->n && a->mean == b->mean && a->m2 == b->m2;
}

/* Their samples of the metric that they have, the first. */
static const struct arm_samples_metric *take(struct arm_samples *s, const struct user_values *users)
{
	arm_samples_take(s, users, 0, true);
	return &s->metrics[0];
}

static void users_without_value_or_arm_are_left_out(void)
{
	static struct made_up u;
	const struct user_values users = {.n = N, .arms = u.arms, .values = {u.values}};
	struct arm_samples s;

	make_up(&u);
	CHECK(arm_samples_init(&s, ARMS, NULL, &e) == 0);
	/* twice: nothing is left over from the sample before */
	for (int again = 0; again < 2; again++) {
		const struct arm_samples_metric *m = take(&s, &users);

		CHECK(isnan(m->theta) && isnan(m->removed));
		for (uint32_t arm = 0; arm < ARMS; arm++) {
			struct comoments want = pairs(&u, arm);

			CHECK(want.n > 40 && m->arms[arm].n == want.n);
			CHECK_NEAR(m->arms[arm].mean, want.mean_y, 1e-13);
			CHECK_NEAR(m->arms[arm].m2, want.m2_y, 1e-12);
		}
	}
	arm_samples_clear(&s);
}

static void a_ratio_is_that_of_the_sums(void)
{
	static struct made_up u;
	const struct user_values users = {.n = N, .arms = u.arms, .values = {u.values}, .denominators = {u.others}};
	const struct arm_samples_metric *m;
	struct arm_samples s;

	make_up(&u);
	CHECK(arm_samples_init(&s, ARMS, NULL, &e) == 0);
	m = take(&s, &users);
	CHECK(isnan(m->theta));
	for (uint32_t arm = 0; arm < ARMS; arm++) {
		struct comoments j = pairs(&u, arm);
		struct moments want = ratio_sample(&j);

		CHECK(same(&m->arms[arm], &want));
	}
	arm_samples_clear(&s);
}

static void covariates_adjust_all_arms_together(void)
{
	static struct made_up u;
	const struct user_values users = {.n = N, .arms = u.arms, .values = {u.values}, .covariates = {u.others}};
	const struct arm_samples_metric *m;
	struct cuped_arm want[ARMS] = {{{0}, {0}}};
	struct arm_samples s;
	struct cuped wanted;

	make_up(&u);
	for (size_t i = 0; i < N; i += 7)
		u.others[i] = NAN;
	for (size_t i = 0; i < N; i++)
		if (u.arms[i] != USER_VALUES_NO_ARM && !isnan(u.values[i])) {
			if (isnan(u.others[i]))
				moments_add(&want[u.arms[i]].unseen, u.values[i]);
			else
				comoments_add(&want[u.arms[i]].seen, u.others[i], u.values[i]);
		}
	wanted = cuped_fit(want, ARMS);
	CHECK(arm_samples_init(&s, ARMS, NULL, &e) == 0);
	m = take(&s, &users);
	CHECK(m->theta == wanted.theta && m->removed == wanted.removed && m->theta > 0.5 && m->removed > 0.05);
	for (size_t arm = 0; arm < ARMS; arm++) {
		struct moments sample = cuped_sample(&wanted, &want[arm]);

		CHECK(same(&m->arms[arm], &sample));
	}
	/* only where it is asked for */
	arm_samples_take(&s, &users, 0, false);
	CHECK(isnan(m->theta) && m->arms[0].n == want[0].seen.n + want[0].unseen.n);
	arm_samples_clear(&s);
}

/* Takes the adjusted samples where the i-th arm by name has the number order[i]. */
static void take_as_numbered(const uint32_t *order, struct arm_samples *s)
{
	static const char *const names[ARMS] = {"C", "T1", "T2"};
	static struct made_up u;
	const struct user_values users = {.n = N, .arms = u.arms, .values = {u.values}, .covariates = {u.others}};
	struct intern interned = {0};

	make_up(&u);
	for (size_t i = 0; i < N; i++)
		if (u.arms[i] != USER_VALUES_NO_ARM)
			u.arms[i] = order[u.arms[i]];
	for (uint32_t number = 0; number < ARMS; number++)
		for (size_t i = 0; i < ARMS; i++)
			if (order[i] == number)
				intern_add(&interned, slice_of(names[i]), 0);
	CHECK(arm_samples_init(s, ARMS, &interned, &e) == 0);
	take(s, &users);
	intern_clear(&interned);
}

/* To the last bit: sums over arms are made in the order of their names. */
static void numbers_of_arms_do_not_matter(void)
{
	static const uint32_t orders[][ARMS] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}, {2, 0, 1}};
	struct arm_samples wanted;

	take_as_numbered(orders[0], &wanted);
	for (size_t k = 1; k < sizeof orders / sizeof *orders; k++) {
		const struct arm_samples_metric *got, *want = &wanted.metrics[0];
		struct arm_samples s;

		take_as_numbered(orders[k], &s);
		got = &s.metrics[0];
		CHECK(got->theta == want->theta && got->removed == want->removed);
		for (size_t i = 0; i < ARMS; i++)
			CHECK(same(&got->arms[orders[k][i]], &want->arms[i]));
		arm_samples_clear(&s);
	}
	arm_samples_clear(&wanted);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(plain_samples_are_those_of_the_study);
	RUN(one_threshold_caps_both_arms);
	RUN(a_file_adjusts);
	RUN(a_file_of_others_changes_nothing);
	RUN(users_without_value_or_arm_are_left_out);
	RUN(a_ratio_is_that_of_the_sums);
	RUN(covariates_adjust_all_arms_together);
	RUN(numbers_of_arms_do_not_matter);
	fixture_leave(directory);
	return DONE();
}

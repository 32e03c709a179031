#include "study/arm_samples.h"

#include "stats/cuped.h"
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
	CHECK(arm_samples_init(&samples, &s, 0, &none, &e) == 0 && samples.n_arms == 2);
	for (size_t k = 0; k < METRICS_ALL_N; k++) {
		const struct arm_samples_metric *m = &samples.metrics[k];

		CHECK_STR(m->method, k < METRICS_N ? "mean" : "ratio");
		CHECK(isnan(m->threshold) && isnan(m->theta) && isnan(m->removed));
		CHECK(m->better == (strcmp(m->name, "mean_request_latency") == 0 ? -1 : 1));
	}
	CHECK(samples.metrics[0].arms[0].n == 5 && samples.metrics[0].arms[0].mean == s.experiments[0].summary.arms[0].values[0].mean);
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
	CHECK(arm_samples_init(&samples, &s, 0, &half, &e) == 0);
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
	CHECK(arm_samples_init(&samples, &s, 0, &options, &e) == 0);
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
	CHECK(covariate_load(&file, "file", &e) == 0 && arm_samples_init(&samples, &s, 0, &options, &e) == 0);
	CHECK(samples.metrics[0].theta == 0 && samples.metrics[0].removed == 0);
	CHECK_NEAR(samples.metrics[0].arms[1].mean, s.experiments[0].summary.arms[1].values[0].mean, 1e-15);
	arm_samples_clear(&samples);
	covariate_clear(&file);
	study_clear(&s);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	RUN(plain_samples_are_those_of_the_study);
	RUN(one_threshold_caps_both_arms);
	RUN(a_file_adjusts);
	RUN(a_file_of_others_changes_nothing);
	fixture_leave(directory);
	return DONE();
}

#include "study/effects.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "unit/check.h"

static struct errmsg e;

/* A user with one session of one track, in an arm of an experiment. */
static void add(struct study *s, uint32_t user, const char *experiment, const char *arm, double time)
{
	struct event_arm one = {slice_of(experiment), slice_of(arm)};
	struct event ev = event_of(EVENT_LAST, user, 0, time);

	ev.timestamp = user;
	ev.arms = &one;
	ev.n_arms = 1;
	CHECK(study_add(s, &ev, &e) == 0);
}

static const struct effect *find(const struct effects *all, const char *experiment, const char *arm, const char *metric)
{
	static const struct effect none;

	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->list[i].experiment, experiment) == 0 && strcmp(all->list[i].treatment, arm) == 0 &&
		    strcmp(all->list[i].metric, metric) == 0)
			return &all->list[i];
	CHECK(!"an effect of that name");
	return &none;
}

/* The effects of all experiments of a study. Returns 0, or -1: one has no such control. */
static int effects_of(struct effects *all, const struct study *s, const struct effects_options *o)
{
	int status = 0;

	*all = (struct effects){0};
	for (uint32_t i = 0; i < s->names.n && status == 0; i++) {
		uint32_t *arms = effects_arms(&s->experiments[i], o->control, &e);
		struct arm_samples samples;

		CHECK(arm_samples_of(&samples, s, i, &o->samples, &e) == 0);
		status = arms ? 0 : -1;
		if (arms && samples.n_arms > 1)
			status = effects_add(all, s, i, arms, &samples, o, &e);
		arm_samples_clear(&samples);
		free(arms);
	}
	return status;
}

/* The effects of a study against a control, with intervals of 1 - alpha. */
static int effects_at(struct effects *all, const struct study *s, const char *control, double alpha)
{
	const struct effects_options options = {.control = control, .alpha = alpha};

	return effects_of(all, s, &options);
}

static void percent_is_of_the_control_mean(void)
{
	static const double control[] = {0.2, 0.4, 0.6}, treatment[] = {0.4, 0.8, 0.9, 1.0};
	struct moments c = {0}, t = {0};
	struct comparison w;
	struct effects all;
	const struct effect *x;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	for (uint32_t i = 0; i < 3; i++) {
		add(&s, i, "X", "C", control[i]);
		moments_add(&c, control[i]);
	}
	for (uint32_t i = 0; i < 4; i++) {
		add(&s, 10 + i, "X", "T1", treatment[i]);
		moments_add(&t, treatment[i]);
	}
	CHECK(study_end(&s, &e) == 0 && effects_at(&all, &s, NULL, 0.2) == 0);
	w = comparison_welch(&c, &t, 0.2);
	CHECK(all.n == METRICS_ALL_N);
	x = find(&all, "X", "T1", "time");
	CHECK_STR(x->control, "C");
	CHECK(x->better == 1 && x->alpha == 0.2 && x->control_users == 3 && x->treatment_users == 4);
	CHECK(x->control_mean == c.mean && x->treatment_mean == t.mean);
	CHECK(x->difference == w.difference && x->difference_lower == w.lower && x->difference_upper == w.upper);
	CHECK(x->t == w.t && x->df == w.df && x->p == w.p && x->significant == w.significant && w.significant);
	CHECK_NEAR(x->effect, 93.75, 1e-12);
	CHECK_NEAR(x->lower, 100 * w.lower / 0.4, 1e-12);
	CHECK_NEAR(x->upper, 100 * w.upper / 0.4, 1e-12);
	/* all have one session: a difference, and no interval */
	x = find(&all, "X", "T1", "sessions");
	CHECK(x->effect == 0 && isnan(x->lower) && isnan(x->upper) && isnan(x->p) && !x->significant);
	CHECK(find(&all, "X", "T1", "mean_request_latency")->better == -1);
	CHECK(isnan(find(&all, "X", "T1", "mean_request_latency")->control_mean));
	effects_clear(&all);
	study_clear(&s);
}

static void a_control_of_nothing_has_no_percent(void)
{
	struct effects all;
	const struct effect *x;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	for (uint32_t i = 0; i < 4; i++) {
		add(&s, i, "X", "C", 0);
		add(&s, 10 + i, "X", "T", 0.5 + 0.1 * i);
	}
	CHECK(study_end(&s, &e) == 0 && effects_at(&all, &s, NULL, 0.05) == 0);
	x = find(&all, "X", "T", "time");
	CHECK(isnan(x->effect) && isnan(x->lower) && isnan(x->upper));
	CHECK(x->control_mean == 0 && x->difference > 0 && x->difference_lower > 0 && x->p < 0.05 && x->significant);
	effects_clear(&all);
	study_clear(&s);
}

static void order_is_that_of_the_header(void)
{
	static const struct {
		const char *experiment, *treatment;
	} wanted[] = {{"Z", "A"}, {"Z", "T1"}, {"Z", "T10"}, {"Z", "T2"}, {"A", "y"}};
	struct effects all;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	add(&s, 1, "Z", "T2", 1);
	add(&s, 2, "Z", "T10", 1);
	add(&s, 3, "A", "y", 1);
	add(&s, 4, "Z", "C", 1);
	add(&s, 5, "Z", "T1", 1);
	add(&s, 6, "Z", "A", 1);
	add(&s, 7, "A", "x", 1);
	add(&s, 8, "lonely", "C", 1);
	CHECK(study_end(&s, &e) == 0 && effects_at(&all, &s, NULL, 0.05) == 0);
	CHECK(all.n == 5 * METRICS_ALL_N);
	for (size_t i = 0; i < all.n; i++) {
		CHECK_STR(all.list[i].experiment, wanted[i / METRICS_ALL_N].experiment);
		CHECK_STR(all.list[i].treatment, wanted[i / METRICS_ALL_N].treatment);
		CHECK_STR(all.list[i].control, i < 4 * METRICS_ALL_N ? "C" : "x");
		CHECK_STR(all.list[i].metric, metrics_name(i % METRICS_ALL_N));
	}
	effects_clear(&all);
	study_clear(&s);
}

static void the_control_may_be_named(void)
{
	struct effects all;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	add(&s, 1, "X", "T1", 1);
	add(&s, 2, "X", "C", 1);
	CHECK(study_end(&s, &e) == 0);
	CHECK(effects_at(&all, &s, "T1", 0.05) == 0);
	CHECK(all.n == METRICS_ALL_N);
	CHECK_STR(all.list[0].control, "T1");
	CHECK_STR(all.list[0].treatment, "C");
	effects_clear(&all);
	CHECK(effects_at(&all, &s, "T2", 0.05) < 0);
	CHECK_STR(e.text, "no arm 'T2': there are T1, C");
	effects_clear(&all);
	study_clear(&s);
}

/* A log of ten arms that do the same: 30 users each, who are judged by how long they listen. */
static void draw_arms(struct study *s, uint32_t number)
{
	struct rng r = rng_at(8, RNG_WORLD, number, 0, 0);

	study_init(s, STUDY_STREAM, NULL, 0);
	for (uint32_t user = 0; user < 300; user++) {
		const char arm[] = {"CDEFGHIJKL"[user % 10], '\0'};

		add(s, user, "X", arm, rng_uniform(&r));
	}
	CHECK(study_end(s, &e) == 0);
}

/* Whether any arm of the log is told better or worse in the primary metric, which is time. */
static bool any_arm_differs(uint32_t number, enum adjust_method method)
{
	const struct effects_options options = {.alpha = 0.05, .adjust = method, .primary = "time"};
	struct effects all;
	struct study s;
	bool found = false;

	draw_arms(&s, number);
	CHECK(effects_of(&all, &s, &options) == 0 && all.n == 9 * METRICS_ALL_N);
	for (size_t i = 0; i < all.n; i += METRICS_ALL_N) {
		CHECK_STR(all.list[i].metric, "time");
		CHECK(all.list[i].significant == (all.list[i].lower > 0 || all.list[i].upper < 0));
		CHECK(all.list[i].significant == (all.list[i].p_adjusted < 0.05));
		found |= all.list[i].significant;
	}
	effects_clear(&all);
	study_clear(&s);
	return found;
}

/*
 * One in twenty of 180 logs is 9; 18 and more would be so once in 300 seeds. Without an adjustment it is about one
 * in four: the control is the same in all nine comparisons, or there would be more.
 */
static void a_primary_metric_is_corrected_for_its_arms(void)
{
	static const enum adjust_method methods[] = {ADJUST_NONE, ADJUST_HOLM, ADJUST_BH, ADJUST_BY};
	size_t alarms[4] = {0};

	for (size_t m = 0; m < 4; m++)
		for (uint32_t i = 0; i < 180; i++)
			alarms[m] += any_arm_differs(i, methods[m]);
	printf("# of 180 logs of ten arms: %zu unadjusted, %zu by Holm, %zu by BH, %zu by BY\n", alarms[0], alarms[1],
	       alarms[2], alarms[3]);
	CHECK(alarms[0] > 30);
	CHECK(alarms[1] > 0 && alarms[1] < 18 && alarms[2] > 0 && alarms[2] < 18 && alarms[3] < 18);
}

/* Of one comparison there is nothing to correct, whatever the other metrics. */
static void of_two_arms_the_primary_metric_stays_as_it_is(void)
{
	struct effects_options options = {.alpha = 0.2, .primary = "time"};
	struct effects plain, adjusted;
	struct study s;

	study_init(&s, STUDY_STREAM, NULL, 0);
	for (uint32_t i = 0; i < 9; i++)
		add(&s, i, "X", i % 2 ? "T" : "C", 0.1 * i);
	CHECK(study_end(&s, &e) == 0 && effects_of(&plain, &s, &options) == 0);
	for (options.adjust = ADJUST_HOLM; options.adjust <= ADJUST_BY; options.adjust++) {
		CHECK(effects_of(&adjusted, &s, &options) == 0);
		CHECK(adjusted.list[0].p_adjusted == plain.list[0].p && adjusted.list[0].lower == plain.list[0].lower);
		effects_clear(&adjusted);
	}
	effects_clear(&plain);
	study_clear(&s);
}

int main(void)
{
	RUN(percent_is_of_the_control_mean);
	RUN(a_control_of_nothing_has_no_percent);
	RUN(order_is_that_of_the_header);
	RUN(the_control_may_be_named);
	RUN(a_primary_metric_is_corrected_for_its_arms);
	RUN(of_two_arms_the_primary_metric_stays_as_it_is);
	return DONE();
}

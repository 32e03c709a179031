#include "study/balance.h"

#include <stdlib.h>

#include "base/rng.h"
#include "study/effects.h"
#include "unit/check.h"

static struct errmsg e;

static void add(struct study *s, int64_t timestamp, uint32_t user, const char *arm, double time)
{
	struct event_arm one = {slice_of("X"), slice_of(arm ? arm : "")};
	struct event ev = event_of(EVENT_LAST, user, 0, time);

	ev.timestamp = timestamp;
	ev.arms = &one;
	ev.n_arms = arm != NULL;
	CHECK(study_add(s, &ev, &e) == 0);
}

/* n users in C and T, who listened for before(user, treated) at time 1 and by chance later; below 0: not before. */
static void fill(struct study *s, uint32_t n, double (*before)(struct rng *r, bool treated))
{
	study_init(s, STUDY_STREAM, NULL, 0);
	study_keep(s, &(struct study_keep){.before = true, .moment = 100});
	for (uint32_t user = 0; user < n; user++) {
		struct rng r = rng_at(3, RNG_WORLD, user, 0, 0);
		double time = before(&r, user % 2);

		if (time >= 0)
			add(s, 1, user, NULL, time);
		add(s, 100 + user, user, user % 2 ? "T" : "C", rng_uniform(&r));
	}
	CHECK(study_end(s, &e) == 0);
}

static double the_same(struct rng *r, bool treated)
{
	(void)treated;
	return rng_uniform(r);
}

static double longer_in_t(struct rng *r, bool treated)
{
	return (treated ? 0.4 : 0) + 0.6 * rng_uniform(r);
}

static double fewer_in_t(struct rng *r, bool treated)
{
	double time = rng_uniform(r);

	return treated && rng_uniform(r) < 0.5 ? -1 : time;
}

static double nobody(struct rng *r, bool treated)
{
	(void)r, (void)treated;
	return -1;
}

/* The tests of a study's covariates, at one look and always. */
static struct balance test(double (*before)(struct rng *r, bool treated), double tune)
{
	struct balance b;
	struct study s;

	fill(&s, 400, before);
	CHECK(balance_of(&b, &s, 0, NULL, tune, 0.05, &e) == 0);
	study_clear(&s);
	return b;
}

static void what_differs_is_found(void)
{
	for (int always = 0; always < 2; always++) {
		double tune = always ? 500 : 0;
		struct balance b = test(the_same, tune);

		/*
		 * sessions and tracks are 1 for all, so are not tested; latencies there are none; all have been
		 * there before
		 */
		CHECK(b.p[0] > 0.001 && isnan(b.p[1]) && isnan(b.p[2]) && isnan(b.p[3]) && b.p[4] == b.p[0] &&
		      isnan(b.p[5]));
		CHECK(balance_p(&b) == b.p[0]);
		b = test(longer_in_t, tune);
		CHECK(b.p[0] < 1e-9 && b.p[4] < 1e-9 && balance_p(&b) == b.p[0]);
		b = test(fewer_in_t, tune);
		CHECK(b.p[0] > 0.001 && b.p[5] < 1e-9 && balance_p(&b) == b.p[5]);
		b = test(nobody, tune);
		CHECK(isnan(balance_p(&b)));
	}
	/* never below that of one look */
	for (double tune = 1; tune < 1e6; tune *= 10) {
		struct balance once = test(longer_in_t, 0), always = test(longer_in_t, tune);

		CHECK(balance_p(&always) >= balance_p(&once));
	}
}

static void a_file_is_one_covariate(void)
{
	struct covariate file = {.values = calloc(300, sizeof *file.values), .n = 300};
	struct balance b;
	struct study s;

	fill(&s, 400, the_same);
	for (uint32_t user = 0; user < 300; user++) {
		*idmap_at(&file.index, user) = user;
		file.values[user] = user % 37;
	}
	CHECK(balance_of(&b, &s, 0, &file, 0, 0.05, &e) == 0);
	CHECK(b.p[0] > 0.001 && isnan(b.p[1]) && isnan(b.p[4]) && b.p[5] == 1);
	for (uint32_t user = 0; user < 300; user++)
		file.values[user] = user % 37 + 9 * (user % 2);
	CHECK(balance_of(&b, &s, 0, &file, 0, 0.05, &e) == 0 && b.p[0] < 1e-9);
	CHECK_STR(balance_name(0, &file), "value");
	CHECK_STR(balance_name(0, NULL), "time");
	CHECK_STR(balance_name(5, NULL), "who has one");
	covariate_clear(&file);
	study_clear(&s);
}

/* At 0.05: of 400 experiments in which nothing is wrong, 20 and no more than 37. */
static void it_does_not_cry_wolf(void)
{
	size_t alarms = 0;

	for (uint32_t i = 0; i < 400; i++) {
		struct balance b;
		struct study s;

		study_init(&s, STUDY_STREAM, NULL, 0);
		study_keep(&s, &(struct study_keep){.before = true, .moment = 100});
		for (uint32_t user = 0; user < 90; user++) {
			struct rng r = rng_at(4, RNG_WORLD, i, user, 0);
			static const char *const arms[] = {"C", "T1", "T2"};

			for (uint32_t n = rng_below(&r, 4); n > 0; n--)
				add(&s, n, user, NULL, pow(rng_uniform(&r), 5));
			add(&s, 100 + user, user, arms[rng_below(&r, 3)], 1);
		}
		CHECK(study_end(&s, &e) == 0 && balance_of(&b, &s, 0, NULL, 0, 0.05, &e) == 0);
		alarms += balance_p(&b) < 0.05;
		study_clear(&s);
	}
	printf("# of 400 experiments: %zu\n", alarms);
	CHECK(alarms > 0 && alarms <= 37);
}

int main(void)
{
	RUN(what_differs_is_found);
	RUN(a_file_is_one_covariate);
	RUN(it_does_not_cry_wolf);
	return DONE();
}

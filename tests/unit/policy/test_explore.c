#include "policy/explore.h"

#include <math.h>

#include "unit/policy_listener.h"

enum { DRAWS = 20000 };

/* How often each track came, and the propensity that was told of it. */
struct tally_of_draws {
	uint32_t counts[N], explored;
	double propensity[N];
};

static void draw_many(const char *policy, double epsilon, struct listener *l, struct tally_of_draws *t)
{
	struct policy p;
	struct errmsg e = {0};

	*t = (struct tally_of_draws){0};
	CHECK(policy_parse(&p, policy, &e) == 0 && policy_bind(&p, &tables, &e) == 0);
	CHECK_STR(e.text, "");
	for (uint32_t i = 0; i < DRAWS; i++) {
		struct rng coin = rng_at(1, RNG_EXPLORE, 0, 0, i), r = rng_at(1, RNG_POLICY, 0, 0, i);
		struct recommendation a;
		uint32_t track;

		CHECK(explore_recommend(&p, epsilon, &l->request, &coin, &r, &a) == 0);
		track = a.choice.track;
		CHECK(track < N);
		if (track >= N)
			continue;
		CHECK(a.choice.pool == 0 && a.choice.propensity > 0 && a.choice.propensity <= 1 + 1e-15);
		/* it is the track's, whichever way it came */
		CHECK(t->counts[track] == 0 || fabs(t->propensity[track] - a.choice.propensity) < 1e-15);
		t->propensity[track] = a.choice.propensity;
		t->counts[track]++;
		t->explored += strcmp(a.source, "explore") == 0;
	}
	policy_clear(&p);
}

/* The propensities of what may come add up to 1, and it comes as often as they say. */
static void check_propensities(const struct tally_of_draws *t, double epsilon)
{
	double sum = 0, x = 0;
	int n = 0;

	for (int i = 0; i < N; i++) {
		double want = DRAWS * t->propensity[i];

		sum += t->propensity[i];
		n += t->counts[i] > 0;
		if (t->counts[i] > 0)
			x += (t->counts[i] - want) * (t->counts[i] - want) / want;
	}
	CHECK(fabs(sum - 1) < 1e-12);
	CHECK(n == 1 ? x == 0 : gsl_cdf_chisq_Q(x, n - 1) > 1e-4);
	CHECK(fabs(t->explored - epsilon * DRAWS) <= 4 * sqrt(epsilon * (1 - epsilon) * DRAWS));
}

static void what_is_told_is_how_often_it_comes(void)
{
	static const uint32_t some[] = {2, 4, 5, 9}, all[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
	static const char *const policies[] = {
		"random", "random+unseen", "random+unseen+artist:1", "random+artist:2",
		"artist", "artist:other", "artist:other+unseen", "artist+artist:1",
		"toppop:2,random", "toppop:3", "toppop:3+artist:1",
		"similar,random", "similar@0.65,toppop:100,random+unseen+artist:2",
		"collaborative,similar,random", "similar,artist,random+unseen+artist:1",
		"votes", "votes:2", "votes:3+unseen", "i2i", "i2i:1", "i2i:session:2+unseen",
	};
	static const double epsilons[] = {0.125, 0.5, 1};
	struct tally_of_draws t;
	struct listener l;

	for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
		for (int k = 0; k < 18; k++) {
			sit_down(&l, k % 2 ? 7 : 1, k / 2 % 3 == 0 ? 0.25 : 0.75, k / 6 == 2 ? all : some,
				 k / 6 == 2 ? N : k / 6 == 1 ? 4 : 0);
			draw_many(policies[i], epsilons[k % 3], &l, &t);
			check_propensities(&t, epsilons[k % 3]);
			stand_up(&l);
		}
}

static void known_propensities(void)
{
	static const uint32_t two[] = {10, 11};
	struct tally_of_draws t;
	struct listener l;

	/* of the first three of the top each is drawn by the policy with 1/3, and each of 12 with 1/12 */
	sit_down(&l, 1, 1, NULL, 0);
	draw_many("toppop:3", 0.25, &l, &t);
	CHECK(fabs(t.propensity[4] - (0.25 / 12 + 0.75 / 3)) < 1e-15);
	CHECK(fabs(t.propensity[5] - 0.25 / 12) < 1e-15);
	/* filters do not hold for what is explored: 0 was heard */
	draw_many("toppop:3+unseen", 0.25, &l, &t);
	CHECK(fabs(t.propensity[0] - 0.25 / 12) < 1e-15);
	/* 3 leads to 1 and 5 and 7 and 0 to 3 and 1; heard are 3 and 0, so both lead to 1 */
	draw_many("i2i", 0.25, &l, &t);
	CHECK(fabs(t.propensity[1] - (0.25 / 12 + 0.75)) < 1e-15);
	stand_up(&l);
	/* what the request excludes is not explored either */
	sit_down(&l, 1, 1, two, 2);
	draw_many("toppop:3", 0.5, &l, &t);
	CHECK(t.counts[10] == 0 && t.counts[11] == 0 && fabs(t.propensity[5] - 0.05) < 1e-15);
	stand_up(&l);
}

/* Weighted by target/propensity, draws stand for those of another policy: the mean weight is 1. */
static void weights_have_a_mean_of_one(void)
{
	static const double target[N] = {0.5, 0.25, 0, 0.125, 0, 0.125};
	struct tally_of_draws t;
	struct listener l;
	double mean = 0, square = 0;

	sit_down(&l, 1, 1, NULL, 0);
	draw_many("similar,random", 0.25, &l, &t);
	for (int i = 0; i < N; i++) {
		double weight = target[i] / t.propensity[i];

		mean += weight * t.counts[i] / DRAWS;
		square += weight * weight * t.counts[i] / DRAWS;
	}
	CHECK(fabs(mean - 1) < 4 * sqrt((square - mean * mean) / DRAWS));
	stand_up(&l);
}

int main(void)
{
	char directory[32];

	fixture_enter(directory);
	load_tables();
	RUN(what_is_told_is_how_often_it_comes);
	RUN(known_propensities);
	RUN(weights_have_a_mean_of_one);
	tables_clear(&tables);
	fixture_leave(directory);
	return DONE();
}

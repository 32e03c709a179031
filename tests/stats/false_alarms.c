/*
 * How often each method cries wolf: every row of `methods` is tried on 2,000 data sets in which there is nothing to
 * find (or, where a row says so, something to find with a known probability), and the count must lie in the 99.9 %
 * band of the binomial distribution; where a method promises "at most", below its upper end. Data are skewed, and
 * users have several sessions, as in a log. Output is TAP. Seeded, so a run is the same every time:
 *
 *     make test-stats           false_alarms [SEED]
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "band.h"
#include "base/murmur3.h"
#include "base/rng.h"
#include "stats/adjust.h"
#include "stats/comoments.h"
#include "stats/cuped.h"
#include "stats/lift.h"
#include "stats/power.h"
#include "stats/proportions.h"
#include "stats/quantile.h"
#include "stats/ranks.h"
#include "stats/ratio.h"
#include "stats/sequential.h"
#include "stats/srm.h"
#include "stats/stats.h"
#include "study/user_values.h"
#include "variates.h"

enum { SETS = 2000, USERS = 300, MOST_SESSIONS = 8, LOOKS = 50, FAMILY = 10 };

static const double alpha = 0.05;

/* The times of a user's sessions. Some users listen longer than others, and come back more often. */
struct user {
	double keenness;
	size_t sessions;
	double times[MOST_SESSIONS], time;
};

static struct user draw_user(struct rng *r)
{
	struct user u = {.keenness = draw_normal(r), .sessions = 1};

	while (u.sessions < MOST_SESSIONS && rng_uniform(r) < 0.4 + 0.3 * (u.keenness > 0))
		u.sessions++;
	for (size_t i = 0; i < u.sessions; i++) {
		u.times[i] = exp(0.5 * u.keenness + 0.7 * draw_normal(r));
		u.time += u.times[i];
	}
	return u;
}

static struct moments draw_times(struct rng *r, int users)
{
	struct moments s = {0};

	for (int i = 0; i < users; i++)
		moments_add(&s, draw_user(r).time);
	return s;
}

static bool welch(struct rng *r)
{
	struct moments c = draw_times(r, USERS), t = draw_times(r, USERS + 50);

	return comparison_welch(&c, &t, alpha).significant;
}

static bool fieller(struct rng *r)
{
	struct moments c = draw_times(r, USERS), t = draw_times(r, USERS + 50);
	struct comparison w = comparison_welch(&c, &t, alpha);
	struct lift l = lift_fieller(&c, &t, &w);

	return l.lower > 0 || l.upper < 0;
}

/* The true lift is 150 %: how often is it outside? */
static bool fieller_misses(struct rng *r)
{
	struct moments c = draw_times(r, USERS), t = draw_times(r, USERS);
	struct comparison w;
	struct lift l;

	t.mean *= 2.5;
	t.m2 *= 2.5 * 2.5;
	w = comparison_welch(&c, &t, alpha);
	l = lift_fieller(&c, &t, &w);
	return l.lower > 150 || l.upper < 150;
}

static struct comoments draw_pairs(struct rng *r)
{
	struct comoments j = {0};

	for (int i = 0; i < USERS; i++) {
		struct user u = draw_user(r);

		comoments_add(&j, (double)u.sessions, u.time);
	}
	return j;
}

static bool ratio(struct rng *r)
{
	struct comoments c = draw_pairs(r), t = draw_pairs(r);
	struct moments sc = ratio_sample(&c), st = ratio_sample(&t);

	return comparison_welch(&sc, &st, alpha).significant;
}

/* The covariate is what a user of the same keenness listened to before; three users of ten are new. */
static struct cuped_arm draw_cuped(struct rng *r)
{
	struct cuped_arm arm = {0};

	for (int i = 0; i < USERS; i++) {
		struct user u = draw_user(r);
		double before = exp(0.5 * u.keenness + 0.3 * draw_normal(r));

		if (rng_uniform(r) < 0.3)
			moments_add(&arm.unseen, u.time);
		else
			comoments_add(&arm.seen, before, u.time);
	}
	return arm;
}

static bool cuped(struct rng *r)
{
	struct cuped_arm arms[2];
	struct cuped f;
	struct moments c, t;

	arms[0] = draw_cuped(r);
	arms[1] = draw_cuped(r);
	f = cuped_fit(arms, 2);
	c = cuped_sample(&f, &arms[0]);
	t = cuped_sample(&f, &arms[1]);
	return comparison_welch(&c, &t, alpha).significant;
}

struct sessions {
	double grouped[USERS * MOST_SESSIONS], sorted[USERS * MOST_SESSIONS];
	size_t sizes[USERS], n;
};

static void take_user(struct sessions *s, size_t place, const double *times, size_t n)
{
	s->sizes[place] = n;
	memcpy(s->grouped + s->n, times, n * sizeof *times);
	s->n += n;
}

static void sort_sessions(struct sessions *s)
{
	memcpy(s->sorted, s->grouped, s->n * sizeof *s->sorted);
	quantile_sort(s->sorted, s->n);
}

static void draw_sessions(struct sessions *s, struct rng *r)
{
	s->n = 0;
	for (size_t i = 0; i < USERS; i++) {
		struct user u = draw_user(r);

		take_user(s, i, u.times, u.sessions);
	}
	sort_sessions(s);
}

static bool quantiles_differ(const struct quantile *a, const struct quantile *b)
{
	struct moments c = quantile_sample(a), t = quantile_sample(b);

	return comparison_welch(&c, &t, alpha).significant;
}

static struct quantile clustered_of(struct rng *r, double p)
{
	struct sessions s;

	draw_sessions(&s, r);
	return quantile_clustered(s.sorted, s.grouped, s.sizes, USERS, p, alpha);
}

static bool clustered_median(struct rng *r)
{
	struct quantile a = clustered_of(r, 0.5), b = clustered_of(r, 0.5);

	return quantiles_differ(&a, &b);
}

static bool clustered_p90(struct rng *r)
{
	struct quantile a = clustered_of(r, 0.9), b = clustered_of(r, 0.9);

	return quantiles_differ(&a, &b);
}

/* Uniform, and half of a user's values are the same. */
static bool outer_interval_misses(struct rng *r)
{
	struct sessions s = {.n = 0};
	struct quantile q;

	for (size_t i = 0; i < USERS; i++) {
		double times[MOST_SESSIONS], own = rng_uniform(r);
		size_t n = 1 + rng_below(r, MOST_SESSIONS);

		for (size_t k = 0; k < n; k++)
			times[k] = rng_below(r, 2) ? own : rng_uniform(r);
		take_user(&s, i, times, n);
	}
	sort_sessions(&s);
	q = quantile_clustered(s.sorted, s.grouped, s.sizes, USERS, 0.8, alpha);
	return q.lower > 0.8 || q.upper < 0.8;
}

static bool winsorised(struct rng *r)
{
	double values[2 * USERS];
	uint32_t arms[2 * USERS];
	struct user_values users = {.n = 2 * USERS, .arms = arms, .values = {values}};
	struct moments s[2] = {0};
	struct errmsg e;

	for (uint32_t i = 0; i < 2 * USERS; i++) {
		values[i] = draw_user(r).time;
		arms[i] = i / USERS;
	}
	if (user_values_cap(&users, 0, 0.95, &e) < 0)
		return true;
	for (size_t i = 0; i < 2 * USERS; i++)
		moments_add(&s[arms[i]], values[i]);
	return comparison_welch(&s[0], &s[1], alpha).significant;
}

static const double allocation[] = {1, 1, 2};

static void assign(uint64_t *counts, struct rng *r, int users)
{
	for (int i = 0; i < users; i++) {
		uint32_t place = rng_below(r, 4);

		counts[place < 2 ? place : 2]++;
	}
}

static bool srm(struct rng *r)
{
	uint64_t counts[3] = {0};

	assign(counts, r, 4000);
	return srm_test(counts, allocation, 3).p < alpha;
}

static bool srm_sequential_path(struct rng *r)
{
	uint64_t counts[3] = {0};
	double least = 1;

	for (int look = 0; look < LOOKS; look++) {
		assign(counts, r, 100);
		least = fmin(least, srm_sequential(counts, allocation, 3, 100).p);
	}
	return least < alpha;
}

/* Users of three arms of unequal size who are lost, each with the same small probability; `users` more of them. */
static void lose(uint64_t *lost, uint64_t *seen, struct rng *r, int users)
{
	uint64_t more[3] = {0};

	assign(more, r, users);
	for (int arm = 0; arm < 3; arm++) {
		seen[arm] += more[arm];
		for (uint64_t i = 0; i < more[arm]; i++)
			lost[arm] += rng_below(r, 25) == 0;
	}
}

static bool proportions(struct rng *r)
{
	uint64_t lost[3] = {0}, seen[3] = {0};

	lose(lost, seen, r, 1500);
	return proportions_test(lost, seen, 3).p < alpha;
}

static bool proportions_path(struct rng *r)
{
	uint64_t lost[3] = {0}, seen[3] = {0};
	bool found = false;

	for (int look = 0; look < LOOKS; look++) {
		lose(lost, seen, r, 100);
		found |= proportions_sequential(lost, seen, 3, 2000, alpha).p < alpha;
	}
	return found;
}

static bool proportions_path_alone(struct rng *r)
{
	uint64_t lost[3] = {0}, seen[3] = {0};
	bool found = false;

	for (int look = 0; look < LOOKS; look++) {
		lose(lost, seen, r, 100);
		found |= proportions_test(lost, seen, 3).p < alpha;
	}
	return found;
}

/* Users of three arms of unequal size, by the time or the sessions that they had before. */
static bool ranked(struct rng *r, bool by_sessions)
{
	struct ranks_value values[USERS];
	struct ranks test;

	for (int i = 0; i < USERS; i++) {
		struct user u = draw_user(r);
		uint32_t place = rng_below(r, 10);

		values[i] = (struct ranks_value){by_sessions ? (double)u.sessions : u.time, place < 7	? 0
											    : place < 9 ? 1
													: 2};
	}
	if (ranks_test(values, USERS, 3, &test) < 0)
		abort();
	return test.p < alpha;
}

static bool ranks_of_times(struct rng *r)
{
	return ranked(r, false);
}

static bool ranks_of_sessions(struct rng *r)
{
	return ranked(r, true);
}

/* What one arm has gathered so far: (sessions, time) of its users, and (covariate, time). */
struct gathered {
	struct comoments pairs;
	struct cuped_arm cuped;
};

static void gather(struct gathered *g, struct rng *r, int users)
{
	for (int i = 0; i < users; i++) {
		struct user u = draw_user(r);

		comoments_add(&g->pairs, (double)u.sessions, u.time);
		comoments_add(&g->cuped.seen, exp(0.5 * u.keenness), u.time);
	}
}

enum sample { TIMES, RATIO, CUPED };

static void samples_of(const struct gathered *arms, enum sample kind, struct moments *s)
{
	struct cuped_arm pair[2] = {arms[0].cuped, arms[1].cuped};
	struct cuped f = cuped_fit(pair, 2);

	for (int a = 0; a < 2; a++)
		s[a] = kind == TIMES ? (struct moments){arms[a].pairs.n, arms[a].pairs.mean_y, arms[a].pairs.m2_y} :
		       kind == RATIO ? ratio_sample(&arms[a].pairs) : cuped_sample(&f, &pair[a]);
}

static bool path(struct rng *r, enum sample kind, bool always_valid)
{
	struct gathered arms[2] = {0};
	bool found = false;

	for (int look = 0; look < LOOKS; look++) {
		struct moments s[2];

		for (int a = 0; a < 2; a++)
			gather(&arms[a], r, look == 0 ? 100 : 40);
		samples_of(arms, kind, s);
		found |= always_valid ? sequential_welch(&s[0], &s[1], 2000, alpha).significant :
					comparison_welch(&s[0], &s[1], alpha).significant;
	}
	return found;
}

static bool sequential_path(struct rng *r)
{
	return path(r, TIMES, true);
}

static bool sequential_ratio_path(struct rng *r)
{
	return path(r, RATIO, true);
}

static bool sequential_cuped_path(struct rng *r)
{
	return path(r, CUPED, true);
}

static bool welch_path(struct rng *r)
{
	return path(r, TIMES, false);
}

/* Comparisons whose true difference, in standard errors, is that of `effects`. */
static void draw_family(struct rng *r, const double *effects, struct comparison *w)
{
	for (int i = 0; i < FAMILY; i++)
		w[i] = moments_compare(effects[i] + draw_normal(r), 1, INFINITY, alpha);
}

static void adjust_family(enum adjust_method method, struct comparison *w)
{
	double p[FAMILY];
	struct adjusted out[FAMILY];
	struct errmsg e;

	for (int i = 0; i < FAMILY; i++)
		p[i] = w[i].p;
	if (adjust(method, p, FAMILY, alpha, out, &e) < 0)
		abort();
	for (int i = 0; i < FAMILY; i++)
		adjust_welch(&w[i], &out[i], alpha);
}

static bool any_false(struct rng *r, enum adjust_method method, const double *effects)
{
	struct comparison w[FAMILY];
	bool found = false;

	draw_family(r, effects, w);
	adjust_family(method, w);
	for (int i = 0; i < FAMILY; i++)
		found |= effects[i] == 0 && w[i].significant;
	return found;
}

static const double nothing[FAMILY] = {0}, something[FAMILY] = {0, 0, 0, 0, 0, 0, 2, 3, 3, 5};

static bool holm(struct rng *r)
{
	return any_false(r, ADJUST_HOLM, nothing);
}

static bool holm_among_effects(struct rng *r)
{
	return any_false(r, ADJUST_HOLM, something);
}

static bool bh(struct rng *r)
{
	return any_false(r, ADJUST_BH, nothing);
}

static bool by(struct rng *r)
{
	return any_false(r, ADJUST_BY, nothing);
}

/* One of the significant, at random: the chance that it is false is the false discovery rate, 6 / 10 of alpha here. */
static bool one_significant(struct rng *r, enum adjust_method method, struct comparison *w, int *which)
{
	uint32_t n = 0, pick;

	draw_family(r, something, w);
	adjust_family(method, w);
	for (int i = 0; i < FAMILY; i++)
		n += w[i].significant;
	if (n == 0)
		return false;
	pick = rng_below(r, n);
	for (*which = 0; !w[*which].significant || pick-- > 0; ++*which)
		;
	return true;
}

static bool bh_discovery_is_false(struct rng *r)
{
	struct comparison w[FAMILY];
	int i;

	return one_significant(r, ADJUST_BH, w, &i) && something[i] == 0;
}

static bool bh_interval_misses(struct rng *r)
{
	struct comparison w[FAMILY];
	int i;

	return one_significant(r, ADJUST_BH, w, &i) && (w[i].lower > something[i] || w[i].upper < something[i]);
}

static bool power_is_reached(struct rng *r)
{
	struct power_arm arm[2] = {{.n = 20, .variance = 1}, {.n = 35, .variance = 4}};
	double effect = power_mde(arm[0], arm[1], alpha, 0.8);
	struct moments s[2] = {0};
	struct comparison w;

	for (int a = 0; a < 2; a++)
		for (int i = 0; i < (int)arm[a].n; i++)
			moments_add(&s[a], a * effect + sqrt(arm[a].variance) * draw_normal(r));
	w = comparison_welch(&s[0], &s[1], alpha);
	return w.significant && w.difference > 0;
}

static const struct method {
	const char *name;
	bool (*alarm)(struct rng *r);
	double rate;
	enum promise promise;
} methods[] = {
	{"welch", welch, 0.05, EQUAL},
	{"lift: interval excludes 0", fieller, 0.05, EQUAL},
	{"lift: interval misses 150 %", fieller_misses, 0.05, EQUAL},
	{"ratio", ratio, 0.05, EQUAL},
	{"cuped, three of ten without covariate", cuped, 0.05, EQUAL},
	{"quantile: median of sessions", clustered_median, 0.05, EQUAL},
	{"quantile: 90 % of sessions", clustered_p90, 0.05, EQUAL},
	{"quantile: outer interval misses", outer_interval_misses, 0.05, EQUAL},
	{"winsor at 95 %, then welch", winsorised, 0.05, EQUAL},
	{"srm", srm, 0.05, EQUAL},
	{"srm, sequential, 50 looks", srm_sequential_path, 0.05, AT_MOST},
	{"proportions", proportions, 0.05, AT_MOST},
	{"proportions, sequential, 50 looks", proportions_path, 0.05, AT_MOST},
	{"proportions, 50 looks: the reason for the sequential one", proportions_path_alone, 0.05, MORE},
	{"ranks", ranks_of_times, 0.05, EQUAL},
	{"ranks, with ties", ranks_of_sessions, 0.05, EQUAL},
	{"sequential, 50 looks", sequential_path, 0.05, AT_MOST},
	{"sequential, ratio, 50 looks", sequential_ratio_path, 0.05, AT_MOST},
	{"sequential, cuped, 50 looks", sequential_cuped_path, 0.05, AT_MOST},
	{"welch, 50 looks: the reason for sequential", welch_path, 0.05, MORE},
	{"adjust: holm, 10 without effect", holm, 0.05, EQUAL},
	{"adjust: holm, 6 of 10 without effect", holm_among_effects, 0.05, AT_MOST},
	{"adjust: bh, 10 without effect", bh, 0.05, EQUAL},
	{"adjust: by, 10 without effect", by, 0.05, AT_MOST},
	{"adjust: bh, a discovery is false", bh_discovery_is_false, 0.03, EQUAL},
	{"adjust: bh, an interval misses", bh_interval_misses, 0.05, AT_MOST},
	{"power of 80 % is reached", power_is_reached, 0.8, EQUAL},
};

/* A method's draws are its own, whatever other methods there are. */
static bool try(const struct method *m, uint32_t number, uint64_t seed)
{
	uint32_t stream = murmur3(m->name, strlen(m->name), 0);
	size_t count = 0;

	for (uint32_t i = 0; i < SETS; i++) {
		struct rng r = rng_at(seed, RNG_WORLD, i, stream, 0);

		count += m->alarm(&r);
	}
	return band_print(number + 1, m->name, "", m->promise, count, SETS, m->rate);
}

int main(int argc, char **argv)
{
	uint64_t seed = band_seed("false_alarms", argc, argv);
	uint32_t n = sizeof methods / sizeof *methods;
	bool ok = true;

	printf("1..%u\n", n);
	for (uint32_t i = 0; i < n; i++)
		ok &= try(&methods[i], i, seed);
	return !ok;
}

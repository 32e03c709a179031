#include "stats/ratio.h"

#include "unit/pairs.h"
#include "unit/property.h"

struct ratio_known {
	double nc, nt, alpha;			    /* given */
	double mc, mt, ec, et, t, df, p;	    /* wanted */
};

#include "reference/ratio_known.h"

static struct comoments users(int n, int arm)
{
	struct comoments j = {0};

	for (int i = 0; i < n; i++)
		comoments_add(&j, pair_x(i, arm), pair_y(i, arm));
	return j;
}

static double error_of(const struct moments *s)
{
	return sqrt(moments_variance(s) / (double)s->n);
}

/* Weighted least squares of the users' ratios on a constant, with the covariance HC1, is the same estimate. */
static void it_agrees_with_statsmodels(void)
{
	for (size_t i = 0; i < sizeof ratio_known / sizeof *ratio_known; i++) {
		const struct ratio_known *k = &ratio_known[i];
		struct comoments c = users((int)k->nc, 0), t = users((int)k->nt, 1);
		struct moments sc = ratio_sample(&c), st = ratio_sample(&t);
		struct comparison w = comparison_welch(&sc, &st, k->alpha);

		CHECK_NEAR(sc.mean, k->mc, 1e-12);
		CHECK_NEAR(st.mean, k->mt, 1e-12);
		CHECK_NEAR(error_of(&sc), k->ec, 1e-11);
		CHECK_NEAR(error_of(&st), k->et, 1e-11);
		CHECK_NEAR(w.t, k->t, 1e-10);
		CHECK_NEAR(w.df, k->df, 1e-10);
		CHECK_NEAR(w.p, k->p, 1e-9);
		CHECK(w.significant == (k->p < k->alpha));
	}
}

static void over_a_constant_it_is_the_mean(void)
{
	struct comoments j = {0};
	struct moments s = {0}, r;

	for (int i = 0; i < 50; i++) {
		comoments_add(&j, 1, pair_y(i, 0));
		moments_add(&s, pair_y(i, 0));
	}
	r = ratio_sample(&j);
	CHECK(r.n == s.n && r.mean == s.mean);
	CHECK_NEAR(r.m2, s.m2, 1e-14);
}

static void what_cannot_be_known_is_nan(void)
{
	struct comoments none = {0}, zero = {0}, one = {0}, same = {0}, some = users(9, 0);
	struct moments s = ratio_sample(&none), other = ratio_sample(&some);
	struct comparison w;

	CHECK(isnan(s.mean));
	comoments_add(&zero, 0, 5);
	comoments_add(&zero, 0, 6);
	s = ratio_sample(&zero);
	w = comparison_welch(&s, &other, 0.05);
	CHECK(isnan(s.mean) && isnan(w.difference) && isnan(w.p) && !w.significant);
	comoments_add(&one, 3, 6);
	s = ratio_sample(&one);
	w = comparison_welch(&s, &other, 0.05);
	CHECK(s.mean == 2 && isnan(w.p) && isnan(w.lower));
	for (int i = 1; i < 50; i++)
		comoments_add(&same, i * 0.1, i * 0.3);
	s = ratio_sample(&same);
	CHECK_NEAR(s.mean, 3, 1e-14);
	CHECK(moments_variance(&s) == 0);
	w = comparison_welch(&s, &s, 0.05);
	CHECK(isnan(w.p));
}

static struct comoments any(struct rng *r)
{
	struct comoments j = {0};
	int n = (int)rng_below(r, 6);
	double offset = rng_below(r, 3) ? 0 : 1e12, scale = property_spread(r);

	for (int i = 0; i < n; i++)
		comoments_add(&j, rng_below(r, 3), offset + scale * (double)rng_below(r, 4));
	return j;
}

static void interval_p_and_verdict_agree(void)
{
	static const double alphas[] = {0.05, 0.5, 1e-3};

	for (uint32_t i = 0; i < 20000; i++) {
		struct rng r = rng_at(2, RNG_WORLD, i, 0, 0);
		struct comoments c = any(&r), t = any(&r);
		struct moments sc = ratio_sample(&c), st = ratio_sample(&t);
		struct comparison w = comparison_welch(&sc, &st, alphas[i % 3]);

		property_agrees(&w, alphas[i % 3]);
	}
}

int main(void)
{
	RUN(it_agrees_with_statsmodels);
	RUN(over_a_constant_it_is_the_mean);
	RUN(what_cannot_be_known_is_nan);
	RUN(interval_p_and_verdict_agree);
	return DONE();
}

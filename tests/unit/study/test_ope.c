#include "study/ope.h"

#include "unit/check.h"

/* Sums of users who do as they are told. */
static struct ope_sums sums;

static void begin(double clip, double switch_at, uint32_t horizon)
{
	const struct ope_choice c = ope_choice_of(clip, switch_at, horizon);

	ope_sums_init(&sums, &c);
}

static size_t user(uint32_t id)
{
	return ope_sums_user(&sums, id);
}

/* A step whose track and pool are all the same to the model. */
static void step(uint32_t id, double w, double r)
{
	struct ope_step s = {.w = w, .r = r, .x = {1}, .mean_x = {1}, .artist_w = w / 2};

	CHECK(ope_sums_step(&sums, user(id), &s) == 0);
}

static void estimate(struct ope *o)
{
	struct errmsg e;

	ope_sums_sort(&sums);
	CHECK(ope_estimate(o, &sums, .05, &e) == 0);
	ope_sums_clear(&sums);
}

static double value(const struct ope *o, enum ope_estimator i)
{
	return o->estimates[i].at.value;
}

/* Weights 0, 2, 3, 8; times 1, 0.5, 0.25, 1. */
static void weights_by_hand(void)
{
	struct ope o;

	begin(4, 3, 1);
	step(9, 0, 1);
	step(9, 2, .5);
	step(3, 3, .25);
	step(3, 8, 1);
	estimate(&o);
	CHECK_NEAR(value(&o, OPE_LOGGED), 2.75 / 4, 1e-12);
	CHECK_NEAR(value(&o, OPE_IPS), (1 + .75 + 8) / 4, 1e-12);
	CHECK_NEAR(value(&o, OPE_SNIPS), 9.75 / 13, 1e-12);
	CHECK_NEAR(value(&o, OPE_CLIPPED), (1 + .75 + 4) / 4, 1e-12);
	CHECK_NEAR(o.estimates[OPE_CLIPPED].bias, 4 / 4.0, 1e-12);
	CHECK_NEAR(o.estimates[OPE_SWITCH_DR].threshold, 3, 0);
	CHECK_NEAR(o.estimates[OPE_SWITCH_DR].bias, 8 / 4.0, 1e-12);
	CHECK_NEAR(value(&o, OPE_MIPS), 9.75 / 8, 1e-12);
	CHECK_NEAR(o.steps.mean.value, 13 / 4.0, 1e-12);
	CHECK_NEAR(o.steps.supported, .75, 1e-12);
	CHECK_NEAR(o.steps.effective, 169 / 77.0, 1e-12);
	CHECK_NEAR(o.steps.effective_users, 169 / 125.0, 1e-12);
	CHECK_NEAR(o.steps.largest, 11 / 13.0, 1e-12);
	CHECK(o.estimates[OPE_IPS].verdict == OPE_FEW_USERS);
	CHECK(o.estimates[OPE_DM].verdict == OPE_MODEL && !o.best);
}

/*
 * With a constant alone a fold's model is the mean time of the other folds' steps: the direct method is the mean of
 * these, the doubly robust one adds w (r - mean).
 */
static void the_model_is_that_of_other_users(void)
{
	double n[OPE_FOLDS] = {0}, r[OPE_FOLDS] = {0}, dm = 0, dr = 0;
	struct ope o;

	begin(NAN, NAN, 1);
	for (uint32_t u = 0; u < 50; u++) {
		step(u, 1 + u % 3, (u % 5) / 4.0);
		n[ope_fold_of(u)]++;
		r[ope_fold_of(u)] += (u % 5) / 4.0;
	}
	estimate(&o);
	for (uint32_t u = 0; u < 50; u++) {
		double others_n = 50 - n[ope_fold_of(u)], others_r = 0, mean;

		for (int f = 0; f < OPE_FOLDS; f++)
			others_r += f == (int)ope_fold_of(u) ? 0 : r[f];
		mean = others_r / others_n;
		dm += mean / 50;
		dr += (mean + (1 + u % 3) * ((u % 5) / 4.0 - mean)) / 50;
	}
	CHECK_NEAR(value(&o, OPE_DM), dm, 1e-9);
	CHECK_NEAR(value(&o, OPE_DR), dr, 1e-9);
}

/* Two sessions: weights so far 2, 6 with times 1, 0.5; and 4, which ends after a time of 0.25 and keeps its weight. */
static void sessions_by_hand(void)
{
	struct ope o;

	begin(NAN, NAN, 3);
	CHECK(ope_sums_session(&sums, user(1), (const double[]){2, 6}, (const double[]){1, .5}, 2) == 0);
	CHECK(ope_sums_session(&sums, user(2), (const double[]){4}, (const double[]){.25}, 1) == 0);
	estimate(&o);
	CHECK_NEAR(value(&o, OPE_PDWIS), (2 * 1 + 4 * .25) / 6 + 6 * .5 / 10 + 0, 1e-12);
	CHECK_NEAR(value(&o, OPE_LOGGED_SESSION), 1.75 / 2, 1e-12);
	CHECK_NEAR(o.sessions.mean.value, 10 / 2.0, 1e-12);
	CHECK(o.sessions.n == 2);
}

static enum ope_verdict verdict_of(int users, double heavy, int n_heavy, double light)
{
	struct ope o;

	begin(NAN, NAN, 1);
	for (int u = 0; u < users; u++)
		step((uint32_t)u, u < n_heavy ? heavy : light, (u % 4) / 4.0);
	estimate(&o);
	return o.estimates[OPE_SNIPS].verdict;
}

static void verdicts(void)
{
	CHECK(verdict_of(1000, 1, 0, 1) == OPE_USABLE);
	CHECK(verdict_of(1000, 2, 500, 0) == OPE_USABLE);
	CHECK(verdict_of(1000, 0, 1000, 0) == OPE_NO_SUPPORT);
	CHECK(verdict_of(1000, 50, 20, 0) == OPE_FEW_USERS);
	CHECK(verdict_of(1000, .5, 1000, 0) == OPE_NOT_ONE);
	CHECK(verdict_of(1, 1, 1, 1) == OPE_NOTHING);
	CHECK(verdict_of(0, 1, 0, 1) == OPE_NOTHING);
}

/* All in any order of the users is the same to the last bit. */
static void order_does_not_matter(void)
{
	struct ope there, back;

	begin(NAN, NAN, 1);
	for (uint32_t u = 0; u < 100; u++)
		step(u, 1.1 * (u % 7), .01 * (u % 90));
	estimate(&there);
	begin(NAN, NAN, 1);
	for (uint32_t u = 100; u-- > 0;)
		step(u, 1.1 * (u % 7), .01 * (u % 90));
	estimate(&back);
	for (int i = 0; i < OPE_LOGGED_SESSION; i++) {
		CHECK(value(&there, i) == value(&back, i));
		CHECK(there.estimates[i].at.lower == back.estimates[i].at.lower);
	}
}

static void bins_of_weights(void)
{
	const struct ope_choice c = ope_choice_of(10, 4, 5);

	CHECK(c.n_thresholds == 10 && c.thresholds[1] == 4 && c.thresholds[2] == 10 && c.thresholds[3] == 16);
	CHECK(ope_bin_of(&c, 0) == 0);
	CHECK(ope_bin_of(&c, 1) == 1);
	CHECK(ope_bin_of(&c, 4.5) == 3);
	CHECK(ope_bin_of(&c, 1e9) == 11);
}

int main(void)
{
	RUN(weights_by_hand);
	RUN(the_model_is_that_of_other_users);
	RUN(sessions_by_hand);
	RUN(verdicts);
	RUN(order_does_not_matter);
	RUN(bins_of_weights);
	return DONE();
}

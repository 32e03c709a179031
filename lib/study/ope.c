#include "study/ope.h"

#include <math.h>
#include <stdlib.h>

static const char *const names[OPE_ESTIMATORS] = {
	[OPE_LOGGED] = "logged", [OPE_IPS] = "ips",
	[OPE_SNIPS] = "snips", [OPE_CLIPPED] = "clipped",
	[OPE_DM] = "dm", [OPE_DR] = "dr",
	[OPE_SWITCH_DR] = "switch-dr", [OPE_MIPS] = "mips",
	[OPE_LOGGED_SESSION] = "logged-session", [OPE_PDWIS] = "pdwis",
};

/* Memory of a run: a value a user each. */
struct work {
	const struct ope_sums *s;
	double alpha;
	double theta[OPE_FOLDS][OPE_FEATURES];
	double *y, *x, *z;
};

/* Of a user's steps, those with a weight up to tau (or all above 0). */
struct below {
	double w, r, wr, wx[OPE_FEATURES];
};

static struct below sum_bins(const struct ope_user *u, uint32_t from, uint32_t to)
{
	struct below sum = {0};

	for (size_t i = 0; i < u->n_bins; i++) {
		const struct ope_bin *b = &u->bins[i];

		if (b->bin < from || b->bin > to)
			continue;
		sum.w += b->w;
		sum.r += b->r;
		sum.wr += b->wr;
		for (size_t k = 0; k < OPE_FEATURES; k++)
			sum.wx[k] += b->wx[k];
	}
	return sum;
}

static struct below sum_all(const struct ope_user *u)
{
	return sum_bins(u, 0, UINT32_MAX);
}

static double logged(const struct work *k, const struct ope_user *u, uint32_t bin)
{
	(void)k, (void)bin;
	return sum_all(u).r;
}

static double weight(const struct work *k, const struct ope_user *u, uint32_t bin)
{
	(void)k, (void)bin;
	return sum_all(u).w;
}

static double weighted(const struct work *k, const struct ope_user *u, uint32_t bin)
{
	(void)k, (void)bin;
	return sum_all(u).wr;
}

/* With the threshold that ends a bin. */
static double clipped(const struct work *k, const struct ope_user *u, uint32_t bin)
{
	return sum_bins(u, 0, bin).wr + k->s->choice.thresholds[bin - 1] * sum_bins(u, bin + 1, UINT32_MAX).r;
}

static double direct(const struct work *k, const struct ope_user *u, uint32_t bin)
{
	(void)bin;
	return ope_model_predict(k->theta[ope_fold_of(u->id)], u->mean_x);
}

static double robust(const struct work *k, const struct ope_user *u, uint32_t bin)
{
	struct below sum = sum_bins(u, 0, bin);

	return direct(k, u, bin) + sum.wr - ope_model_predict(k->theta[ope_fold_of(u->id)], sum.wx);
}

static double steps(const struct work *k, const struct ope_user *u, uint32_t bin)
{
	(void)k, (void)bin;
	return (double)u->n;
}

static double artist_weighted(const struct work *k, const struct ope_user *u, uint32_t bin)
{
	(void)k, (void)bin;
	return u->artist_wr;
}

static double artist_steps(const struct work *k, const struct ope_user *u, uint32_t bin)
{
	(void)k, (void)bin;
	return (double)u->artist_n;
}

static double session_reward(const struct work *k, const struct ope_user *u, uint32_t bin)
{
	(void)k, (void)bin;
	return u->reward;
}

static double sessions(const struct work *k, const struct ope_user *u, uint32_t bin)
{
	(void)k, (void)bin;
	return (double)u->sessions;
}

static double weight_ahead(const struct work *k, const struct ope_user *u, uint32_t step)
{
	(void)k;
	return u->ahead ? u->ahead[step] : 0;
}

static double weighted_ahead(const struct work *k, const struct ope_user *u, uint32_t step)
{
	return u->ahead ? u->ahead[k->s->choice.horizon + step] : 0;
}

typedef double value_of(const struct work *k, const struct ope_user *u, uint32_t bin);

/* The ratio of two sums over users, and the influences of it in k->z. */
static struct influence ratio(struct work *k, value_of *y, value_of *x, uint32_t bin)
{
	const struct ope_sums *s = k->s;

	for (size_t i = 0; i < s->n; i++) {
		k->y[i] = y(k, &s->users[i], bin);
		k->x[i] = x(k, &s->users[i], bin);
	}
	return influence_ratio(k->y, k->x, k->z, s->n, k->alpha);
}

/* How much of the weight, of a step, is above a threshold; or how much is above it of what is. */
static double excess(const struct ope_sums *s, uint32_t bin, double threshold)
{
	double sum = 0, n = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct ope_user *u = &s->users[i];

		n += (double)u->n;
		for (size_t j = 0; j < u->n_bins; j++)
			if (u->bins[j].bin > bin)
				sum += u->bins[j].w - threshold * (double)u->bins[j].n;
	}
	return n > 0 ? sum / n : NAN;
}

static uint32_t bin_ending_at(const struct ope_choice *c, double threshold)
{
	uint32_t bin = 1;

	while (bin < c->n_thresholds && c->thresholds[bin - 1] != threshold)
		bin++;
	return bin;
}

/* What is at most cut off are times of 1. */
static void estimate_clipped(struct work *k, struct ope_estimate *e, uint64_t n)
{
	const struct ope_choice *c = &k->s->choice;
	double at = c->clip;

	for (double power = 1;
	     isnan(c->clip) && power * power <= (double)n && power <= c->thresholds[c->n_thresholds - 1]; power *= 4)
		at = power;
	e->threshold = isnan(at) ? 1 : at;
	e->at = ratio(k, clipped, steps, bin_ending_at(c, e->threshold));
	e->bias = excess(k->s, bin_ending_at(c, e->threshold), e->threshold);
}

static void estimate_switched(struct work *k, struct ope_estimate *e)
{
	const struct ope_choice *c = &k->s->choice;
	double least = INFINITY;

	/* the last one switches nothing */
	for (uint32_t bin = 1; bin <= c->n_thresholds + 1; bin++) {
		double tau = bin <= c->n_thresholds ? c->thresholds[bin - 1] : INFINITY, bias = excess(k->s, bin, 0);
		struct influence at;

		if (!isnan(c->switch_at) && tau != c->switch_at)
			continue;
		at = ratio(k, robust, steps, bin);
		if (at.se * at.se + bias * bias < least || isnan(at.se)) {
			least = at.se * at.se + bias * bias;
			e->at = at;
			e->threshold = tau;
			e->bias = bias;
		}
	}
}

/* The sum of the ratios of all steps ahead; so its influences are sums too. */
static struct influence estimate_sessions(struct work *k)
{
	const struct ope_sums *s = k->s;
	double *sum = calloc(s->n + 1, sizeof *sum), value = 0;
	struct influence at = {.value = NAN, .se = NAN, .df = NAN, .lower = NAN, .upper = NAN, .need = NAN};

	for (uint32_t t = 0; sum && t < s->choice.horizon; t++) {
		value += ratio(k, weighted_ahead, weight_ahead, t).value;
		for (size_t i = 0; i < s->n; i++)
			sum[i] += k->z[i];
	}
	if (sum)
		at = influence_of(value, sum, s->n, k->alpha);
	free(sum);
	return at;
}

/* Of the users' weights, which are in k->y. */
static void measure_users(const struct work *k, struct ope_overlap *o)
{
	double sum = 0, squares = 0, most = 0;

	o->users = k->s->n;
	for (size_t i = 0; i < k->s->n; i++) {
		sum += k->y[i];
		squares += k->y[i] * k->y[i];
		most = k->y[i] > most ? k->y[i] : most;
	}
	o->effective_users = squares > 0 ? sum * sum / squares : 0;
	o->largest = sum > 0 ? most / sum : NAN;
}

static void measure_steps(struct work *k, struct ope_overlap *o)
{
	double sum = 0, squares = 0;
	uint64_t none = 0;

	o->mean = ratio(k, weight, steps, 0);
	measure_users(k, o);
	for (size_t i = 0; i < k->s->n; i++) {
		const struct ope_user *u = &k->s->users[i];

		sum += k->y[i];
		squares += u->w2;
		o->n += u->n;
		none += u->n_bins > 0 && u->bins[0].bin == 0 ? u->bins[0].n : 0;
	}
	o->supported = o->n > 0 ? (double)(o->n - none) / (double)o->n : NAN;
	o->effective = squares > 0 ? sum * sum / squares : 0;
}

static void measure_sessions(struct work *k, struct ope_overlap *o)
{
	o->mean = ratio(k, weight_ahead, sessions, k->s->choice.horizon - 1);
	measure_users(k, o);
	for (size_t i = 0; i < k->s->n; i++)
		o->n += k->s->users[i].sessions;
	o->supported = o->effective = NAN;
}

static enum ope_verdict judge_weights(const struct ope_overlap *o)
{
	if (o->n == 0 || o->users < 2)
		return OPE_NOTHING;
	if (!(o->effective_users > 0))
		return OPE_NO_SUPPORT;
	if (o->effective_users < INFLUENCE_COCHRAN || !((double)o->mean.n >= o->mean.need))
		return OPE_FEW_USERS;
	/* a weight that is always the same is 1 but for rounding */
	return o->mean.lower <= 1 + 1e-9 && o->mean.upper >= 1 - 1e-9 ? OPE_USABLE : OPE_NOT_ONE;
}

static enum ope_verdict judge(const struct ope_estimate *e, enum ope_verdict weights, bool weighs)
{
	if (weights == OPE_NOTHING || (weighs && weights != OPE_USABLE))
		return weights;
	if (isnan(e->at.value))
		return OPE_NOTHING;
	if (!((double)e->at.n >= e->at.need))
		return OPE_SKEWED;
	return e->bias > e->at.se / 2 ? OPE_BIASED : OPE_USABLE;
}

static void judge_all(struct ope *o)
{
	struct ope_estimate *e = o->estimates;
	enum ope_verdict of_steps = judge_weights(&o->steps), of_sessions = judge_weights(&o->sessions);

	for (int i = 0; i < OPE_ESTIMATORS; i++)
		e[i].verdict = judge(&e[i], i < OPE_LOGGED_SESSION ? of_steps : of_sessions,
				     i != OPE_LOGGED && i != OPE_LOGGED_SESSION);
	e[OPE_DM].verdict = of_steps == OPE_NOTHING ? OPE_NOTHING : OPE_MODEL;
	e[OPE_MIPS].verdict = of_steps == OPE_NOTHING	     ? OPE_NOTHING
			      : isnan(e[OPE_MIPS].at.value) ? OPE_NO_LOGGING
							     : OPE_MODEL;
	for (int i = OPE_IPS; i <= OPE_SWITCH_DR; i++)
		if (e[i].verdict == OPE_USABLE && (!o->best || e[i].at.se < o->best->at.se))
			o->best = &e[i];
}

int ope_estimate(struct ope *o, const struct ope_sums *s, double alpha, struct errmsg *e)
{
	struct work k = {.s = s, .alpha = alpha, .y = calloc(3 * s->n + 1, sizeof *k.y)};
	struct ope_estimate *list;

	*o = (struct ope){0};
	list = o->estimates;
	if (!k.y)
		return errmsg_nomem(e);
	k.x = k.y + s->n;
	k.z = k.x + s->n;
	ope_model_fit(s->folds, k.theta);
	for (int i = 0; i < OPE_ESTIMATORS; i++)
		list[i] = (struct ope_estimate){.name = names[i], .of = i < OPE_LOGGED_SESSION ? "step" : "session",
						.threshold = NAN, .bias = NAN};
	measure_steps(&k, &o->steps);
	measure_sessions(&k, &o->sessions);
	list[OPE_LOGGED].at = ratio(&k, logged, steps, 0);
	list[OPE_IPS].at = ratio(&k, weighted, steps, 0);
	list[OPE_SNIPS].at = ratio(&k, weighted, weight, 0);
	estimate_clipped(&k, &list[OPE_CLIPPED], o->steps.n);
	list[OPE_DM].at = ratio(&k, direct, steps, 0);
	list[OPE_DR].at = ratio(&k, robust, steps, UINT32_MAX);
	estimate_switched(&k, &list[OPE_SWITCH_DR]);
	list[OPE_MIPS].at = ratio(&k, artist_weighted, artist_steps, 0);
	list[OPE_LOGGED_SESSION].at = ratio(&k, session_reward, sessions, 0);
	list[OPE_PDWIS].at = estimate_sessions(&k);
	judge_all(o);
	free(k.y);
	return 0;
}

#include "study/balance.h"

#include <math.h>
#include <stdlib.h>

#include "stats/proportions.h"
#include "stats/ranks.h"
#include "stats/sequential.h"
#include "study/user_values.h"

enum { WHO_HAS_ONE = METRICS_N };

/* What the tests need. Arms are in the order of their names: the parts of a log have the same sums as the whole. */
struct tester {
	const struct user_values *user_values;
	double tune, alpha;
	size_t n_arms;
	uint32_t *places; /* by number of the arm */
	struct ranks_value *values;
	struct moments *arms;
	uint64_t *users, *known;
};

static void tester_clear(struct tester *t)
{
	free(t->places);
	free(t->values);
	free(t->arms);
	free(t->users);
	free(t->known);
}

static int tester_init(struct tester *t, const struct user_values *c, const struct intern *arms)
{
	t->user_values = c;
	t->n_arms = arms->n;
	t->places = intern_places(arms);
	t->values = calloc(c->n + 1, sizeof *t->values);
	t->arms = calloc(arms->n + 1, sizeof *t->arms);
	t->users = calloc(arms->n + 1, sizeof *t->users);
	t->known = calloc(arms->n + 1, sizeof *t->known);
	return t->places && t->values && t->arms && t->users && t->known ? 0 : -1;
}

/* The least always-valid p of an arm against all others, times the number of arms where there are more than two. */
static double sequential_p(const struct tester *t)
{
	struct moments all = {0};
	double least = NAN;
	size_t tested = 0;

	for (size_t i = 0; i < t->n_arms; i++)
		moments_merge(&all, &t->arms[i]);
	for (size_t i = 0; i < t->n_arms; i++) {
		least = fmin(least, sequential_arm(&t->arms[i], &all, t->tune, t->alpha));
		tested += t->arms[i].n > 0;
	}
	return tested > 2 ? least * (double)tested : least;
}

/* The p of one covariate, which may be above 1. Returns 0, or -1 where there is no memory. */
static int test_values(struct tester *t, const double *covariates, double *p)
{
	const struct user_values *c = t->user_values;
	struct ranks ranks;
	size_t n = 0;

	for (size_t i = 0; i < t->n_arms; i++)
		t->arms[i] = (struct moments){0};
	for (size_t i = 0; i < c->n; i++) {
		if (isnan(covariates[i]))
			continue;
		t->values[n++] = (struct ranks_value){.x = covariates[i], .arm = t->places[c->arms[i]]};
		moments_add(&t->arms[t->places[c->arms[i]]], covariates[i]);
	}
	if (ranks_test(t->values, n, t->n_arms, &ranks) < 0)
		return -1;
	*p = ranks.p;
	if (t->tune > 0 && !isnan(*p))
		*p = fmax(*p, sequential_p(t));
	return 0;
}

/* Where all have one, or nobody has, there is nothing to test. */
static double test_who_has_one(struct tester *t)
{
	const struct user_values *c = t->user_values;
	size_t known = 0;

	for (size_t i = 0; i < c->n; i++) {
		bool has_one = !isnan(c->covariates[0][i]);

		t->users[t->places[c->arms[i]]]++;
		t->known[t->places[c->arms[i]]] += has_one;
		known += has_one;
	}
	if (known == 0 || known == c->n)
		return NAN;
	return t->tune > 0 ? proportions_sequential(t->known, t->users, t->n_arms, t->tune, t->alpha).p
			   : proportions_test(t->known, t->users, t->n_arms).p;
}

/* Multiplies each p by how many there are. */
static void adjust_all(struct balance *b)
{
	double known = 0;

	for (size_t i = 0; i < BALANCE_N; i++)
		known += !isnan(b->p[i]);
	for (size_t i = 0; i < BALANCE_N; i++)
		if (!isnan(b->p[i]))
			b->p[i] = fmin(1, known * b->p[i]);
}

static int test_all(struct balance *b, struct tester *t)
{
	const struct user_values *c = t->user_values;

	/* a file is the same array for every metric */
	for (size_t k = 0; k < METRICS_N; k++)
		if ((k == 0 || c->covariates[k] != c->covariates[0]) && test_values(t, c->covariates[k], &b->p[k]) < 0)
			return -1;
	b->p[WHO_HAS_ONE] = test_who_has_one(t);
	adjust_all(b);
	return 0;
}

int balance_of(struct balance *b, const struct study *s, uint32_t experiment, const struct covariate *file, double tune,
	       double alpha, struct errmsg *e)
{
	struct user_values users = {0};
	struct tester tester = {.tune = tune, .alpha = alpha};
	int status = user_values_init(&users, s, experiment, file, e);

	for (size_t i = 0; i < BALANCE_N; i++)
		b->p[i] = NAN;
	if (status == 0 && users.covariates[0] &&
	    (tester_init(&tester, &users, &s->experiments[experiment].arms) < 0 || test_all(b, &tester) < 0))
		status = errmsg_nomem(e);
	tester_clear(&tester);
	user_values_clear(&users);
	return status;
}

double balance_p(const struct balance *b)
{
	double least = NAN;

	for (size_t i = 0; i < BALANCE_N; i++)
		least = fmin(least, b->p[i]);
	return least;
}

const char *balance_name(size_t i, const struct covariate *file)
{
	if (i == WHO_HAS_ONE)
		return "who has one";
	return file ? "value" : metrics_table[i].name;
}

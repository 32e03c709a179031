#include "study/sampler.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stats/comoments.h"
#include "stats/ratio.h"
#include "stats/winsor.h"

int sampler_init(struct sampler *s, size_t n_arms, const struct intern *names, struct errmsg *e)
{
	uint32_t *sorted = names ? intern_sorted(names) : NULL;

	*s = (struct sampler){.n_arms = n_arms};
	s->places = calloc(n_arms + 1, sizeof *s->places);
	s->sums = calloc(n_arms + 1, sizeof *s->sums);
	if (!s->places || !s->sums || (names && !sorted)) {
		free(sorted);
		return errmsg_nomem(e);
	}
	for (size_t i = 0; i < n_arms; i++)
		s->places[sorted ? sorted[i] : i] = (uint32_t)i;
	free(sorted);
	return 0;
}

void sampler_clear(struct sampler *s)
{
	free(s->places);
	free(s->sums);
	*s = (struct sampler){0};
}

static bool counts(const struct sampler_users *u, size_t i)
{
	return u->arms[i] != SAMPLER_NO_ARM && !isnan(u->values[i]);
}

int sampler_cap(const struct sampler_users *u, double quantile, double *threshold, struct errmsg *e)
{
	struct winsor_arm all = {0};
	int status;

	*threshold = NAN;
	if (quantile == 0 || u->denominators)
		return 0;
	all.values = malloc((u->n + 1) * sizeof *all.values);
	if (!all.values)
		return errmsg_nomem(e);
	for (size_t i = 0; i < u->n; i++)
		if (counts(u, i))
			all.values[all.n++] = u->values[i];
	status = winsor(&all, 1, quantile, threshold, e);
	free(all.values);
	for (size_t i = 0; status == 0 && i < u->n; i++)
		if (u->values[i] > *threshold)
			u->values[i] = *threshold;
	return status;
}

/* Adds up the users of each arm: pairs with what explains their values, where there is that, and values alone. */
static void add_up(struct sampler *s, const struct sampler_users *u)
{
	const double *x = u->denominators ? u->denominators : u->covariates;

	memset(s->sums, 0, s->n_arms * sizeof *s->sums);
	for (size_t i = 0; i < u->n; i++) {
		struct cuped_arm *arm;

		if (!counts(u, i))
			continue;
		arm = &s->sums[s->places[u->arms[i]]];
		if (x && !isnan(x[i]))
			comoments_add(&arm->seen, x[i], u->values[i]);
		else
			moments_add(&arm->unseen, u->values[i]);
	}
}

struct cuped sampler_take(struct sampler *s, const struct sampler_users *u, struct moments *arms)
{
	struct cuped fit = {.theta = NAN, .centre = NAN, .removed = NAN};

	add_up(s, u);
	if (u->covariates && !u->denominators)
		fit = cuped_fit(s->sums, s->n_arms);
	for (size_t i = 0; i < s->n_arms; i++) {
		const struct cuped_arm *arm = &s->sums[s->places[i]];

		arms[i] = u->denominators ? ratio_sample(&arm->seen) : u->covariates ? cuped_sample(&fit, arm) : arm->unseen;
	}
	return fit;
}

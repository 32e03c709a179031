#include "stats/cuped.h"

#include <math.h>

/* The pairs of all users of the arm, where those without a covariate have `centre`. */
static struct comoments imputed_pairs(const struct cuped_arm *arm, double centre)
{
	struct comoments all = arm->seen, rest = {
		.n = arm->unseen.n, .mean_x = centre, .mean_y = arm->unseen.mean, .m2_y = arm->unseen.m2,
	};

	comoments_merge(&all, &rest);
	return all;
}

struct cuped cuped_fit(const struct cuped_arm *arms, size_t n)
{
	struct moments covariate = {0};
	struct cuped c = {.removed = NAN};
	double c_xy = 0, m2_x = 0, before = 0, after = 0;

	for (size_t i = 0; i < n; i++) {
		struct moments x = comoments_x(&arms[i].seen);

		moments_merge(&covariate, &x);
	}
	c.centre = covariate.mean;
	for (size_t i = 0; i < n; i++) {
		struct comoments all = imputed_pairs(&arms[i], c.centre);

		c_xy += all.c_xy;
		m2_x += all.m2_x;
		before += all.m2_y;
	}
	if (isfinite(c_xy / m2_x))
		c.theta = c_xy / m2_x;
	for (size_t i = 0; i < n; i++)
		after += cuped_sample(&c, &arms[i]).m2;
	if (before > 0)
		c.removed = fmax(0, 1 - after / before);
	return c;
}

struct moments cuped_sample(const struct cuped *c, const struct cuped_arm *arm)
{
	struct comoments all = imputed_pairs(arm, c->centre);

	return (struct moments){
		.n = all.n,
		.mean = all.mean_y - c->theta * (all.mean_x - c->centre),
		.m2 = comoments_residual_m2(&all, c->theta),
	};
}

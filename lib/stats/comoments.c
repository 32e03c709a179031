#include "stats/comoments.h"

void comoments_add(struct comoments *j, double x, double y)
{
	double dx = x - j->mean_x, dy = y - j->mean_y;

	j->n++;
	j->mean_x += dx / (double)j->n;
	j->mean_y += dy / (double)j->n;
	j->m2_x += dx * (x - j->mean_x);
	j->m2_y += dy * (y - j->mean_y);
	j->c_xy += dx * (y - j->mean_y);
}

void comoments_merge(struct comoments *j, const struct comoments *other)
{
	double n = (double)j->n + (double)other->n, share, weight;
	double dx = other->mean_x - j->mean_x, dy = other->mean_y - j->mean_y;

	if (other->n == 0)
		return;
	share = (double)other->n / n;
	weight = (double)j->n * share;
	j->mean_x += dx * share;
	j->mean_y += dy * share;
	j->m2_x += other->m2_x + dx * dx * weight;
	j->m2_y += other->m2_y + dy * dy * weight;
	j->c_xy += other->c_xy + dx * dy * weight;
	j->n += other->n;
}

struct moments comoments_x(const struct comoments *j)
{
	return (struct moments){.n = j->n, .mean = j->mean_x, .m2 = j->m2_x};
}

double comoments_residual_m2(const struct comoments *j, double slope)
{
	double explained = slope * slope * j->m2_x;
	double rest = j->m2_y - 2 * slope * j->c_xy + explained;

	/* a NaN stays one */
	return rest < 0x1p-40 * (j->m2_y + explained) ? 0 : rest;
}

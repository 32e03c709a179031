#include "stats/ratio.h"

#include <math.h>

struct moments ratio_sample(const struct comoments *users)
{
	double x = users->mean_x, ratio = users->mean_y / x;

	if (users->n == 0 || !isfinite(ratio))
		return (struct moments){.n = users->n, .mean = NAN, .m2 = NAN};
	/* divided twice: the square of a small mean could vanish */
	return (struct moments){.n = users->n, .mean = ratio, .m2 = comoments_residual_m2(users, ratio) / x / x};
}

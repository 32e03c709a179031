#include "sim/listener.h"

#include <math.h>

double listener_time(const struct user *u, double affinity, uint32_t artist_plays)
{
	double time = 1 / (1 + exp(-(affinity - u->consume_bias) * u->consume_sharpness));

	/* not pow: products are the same everywhere; what rounds to 0 stays 0 */
	for (; artist_plays > 0 && time >= 0.005; artist_plays--)
		time *= u->artist_discount_gamma;
	return nearbyint(time * 100) / 100;
}

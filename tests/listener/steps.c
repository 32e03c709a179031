/*
 * steps: another listener for botify-sim, who is not logistic. They take a track to its end, or half of it, or leave it
 * at once; and they have had enough of an artist after two tracks. What learns the logistic model is to be tried on it.
 */
#include "sim/listener.h"

double listener_time(const struct user *u, double affinity, uint32_t artist_plays)
{
	double z = (affinity - u->consume_bias) * u->consume_sharpness;

	if (artist_plays >= 2)
		return 0;
	return z > 0.5 ? 1 : z > -1.5 ? 0.5 : 0;
}

#include "schedule.h"

#include "rng.h"

#define DAY_MS 86400000.0

struct arrival schedule_arrival(const struct schedule *s, uint64_t i)
{
	struct rng r = rng_at(s->seed, RNG_ARRIVAL, (uint32_t)i, (uint32_t)(i >> 32), 0);
	uint32_t user = rng_below(&r, s->users);
	/* each session has an equal slot of the run, and comes at a random moment of it */
	double days = ((double)i + rng_uniform(&r)) / (double)s->sessions * s->days;
	uint32_t day = (uint32_t)(i * s->days / s->sessions);
	int64_t time = s->start + (int64_t)(days * DAY_MS);

	return (struct arrival){.user = user, .day = day, .time = time};
}

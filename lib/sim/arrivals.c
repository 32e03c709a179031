#include "sim/arrivals.h"

#include "base/rng.h"
#include "text/day.h"

/* The first session of a day: ceil(day * sessions / days). */
static uint64_t first_of(const struct arrivals *s, uint32_t day)
{
	return (day * s->sessions + s->days - 1) / s->days;
}

struct arrival arrivals_at(const struct arrivals *s, uint64_t i)
{
	struct rng r = rng_at(s->seed, RNG_ARRIVAL, (uint32_t)i, (uint32_t)(i >> 32), 0);
	uint32_t user = rng_below(&r, s->users);
	uint32_t day = (uint32_t)(i * s->days / s->sessions);
	uint64_t first = first_of(s, day), n = first_of(s, day + 1) - first;
	/* each session has an equal slot of its day, and comes at a random moment of it */
	double ms = ((double)(i - first) + rng_uniform(&r)) / (double)n * DAY_MS;
	/* the last moment of the day, should the sum have been rounded up to a whole number */
	int64_t in_day = ms < DAY_MS ? (int64_t)ms : DAY_MS - 1;

	return (struct arrival){.user = user, .day = day, .time = s->start + (int64_t)day * DAY_MS + in_day};
}

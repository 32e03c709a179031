#include "rank/expected.h"

#include <math.h>

#include "unit/check.h"

static double weight;

/* An event of a user who listens to a track and is recommended another. */
static int meets(struct expected *x, uint32_t user, uint32_t track, uint32_t recommendation, uint32_t pool,
		 double propensity)
{
	struct event ev = event_of(EVENT_NEXT, user, track, 1);

	ev.recommendation = recommendation;
	ev.pool = pool;
	ev.propensity = propensity;
	return expected_meets(x, &ev, &weight);
}

static void a_listen_weighs_what_its_recommendation_says(void)
{
	struct expected x = {0};

	CHECK(meets(&x, 5, 1, 2, 8, NAN) == 0);
	CHECK(meets(&x, 6, 2, 3, 0, 0.25) == 0); /* another user's */
	CHECK(meets(&x, 5, 2, 4, 0, NAN) == 1 && weight == 8);
	CHECK(meets(&x, 6, 3, 3, 0, NAN) == 1 && weight == 4);
	CHECK(meets(&x, 5, 4, EVENT_NO_TRACK, 0, NAN) == 1 && isnan(weight));
	CHECK(meets(&x, 5, 4, 4, 1, NAN) == 0);
	CHECK(meets(&x, 5, 9, 4, 1, NAN) == 0 && x.n == 2);
	expected_clear(&x);
}

int main(void)
{
	RUN(a_listen_weighs_what_its_recommendation_says);
	return DONE();
}

#include "event/event_digest.h"

#include <math.h>

#include "unit/check.h"

/* An event of which each field has been given. */
static struct event some_event(const struct event_arm *arms)
{
	struct event ev = event_of(EVENT_NEXT, 1, 2, 0.5);

	ev.timestamp = 1000;
	ev.latency = 0.25;
	ev.recommendation = 3;
	ev.source = slice_of("artist");
	ev.pool = 4;
	ev.arms = arms;
	ev.n_arms = 2;
	return ev;
}

static void every_field_counts(void)
{
	const struct event_arm arms[] = {{slice_of("A"), slice_of("C")}, {slice_of("B"), slice_of("T")}};
	const struct event_arm other_arm[] = {{slice_of("A"), slice_of("C")}, {slice_of("B"), slice_of("C")}};
	const struct event_arm other_experiment[] = {{slice_of("A"), slice_of("C")}, {slice_of("X"), slice_of("T")}};
	struct event all[13];
	size_t n = sizeof all / sizeof *all;

	for (size_t i = 0; i < n; i++)
		all[i] = some_event(arms);
	all[1].message = EVENT_LAST;
	all[2].timestamp++;
	all[3].user++;
	all[4].track++;
	all[5].time = 0.75;
	all[6].latency = NAN;
	all[7].recommendation = EVENT_NO_TRACK;
	all[8].source = slice_of("random");
	all[9].pool++;
	all[10].arms = other_arm;
	all[11].arms = other_experiment;
	all[12].propensity = 0.5;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			CHECK((event_digest(&all[i]) == event_digest(&all[j])) == (i == j));
}

static void the_same_event_has_the_same_digest(void)
{
	struct event a = event_of(EVENT_LAST, 1, 2, 0.5), b = a;

	b.latency = -NAN;
	CHECK(event_digest(&a) == event_digest(&b));
}

/* Users and tracks that trade places must not cancel out in a sum. */
static void sums_of_digests_tell_logs_apart(void)
{
	struct event a = event_of(EVENT_NEXT, 1, 2, 0.5), b = event_of(EVENT_NEXT, 2, 1, 0.5);
	struct event c = event_of(EVENT_NEXT, 1, 1, 0.5), d = event_of(EVENT_NEXT, 2, 2, 0.5);

	CHECK(event_digest(&a) + event_digest(&b) != event_digest(&c) + event_digest(&d));
}

int main(void)
{
	RUN(every_field_counts);
	RUN(the_same_event_has_the_same_digest);
	RUN(sums_of_digests_tell_logs_apart);
	return DONE();
}

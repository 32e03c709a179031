#include "base/eager.h"

#include <sched.h>
#include <stdint.h>

#include "base/now.h"

/* Looks until something is ready or the time is over. */
static int look_for_a_while(struct eager *e, struct pollfd *p, nfds_t n)
{
	int64_t start = now_ns(), before = start;

	while (before - start < EAGER_NS) {
		int ready = poll(p, n, 0);
		int64_t after;

		if (ready != 0)
			return ready;
		sched_yield();
		after = now_ns();
		if (after - before > EAGER_NS)
			e->crowded = EAGER_CROWDED;
		before = after;
	}
	return 0;
}

int eager_poll(struct eager *e, struct pollfd *p, nfds_t n, int timeout_ms)
{
	int ready = 0;

	if (e->crowded > 0)
		e->crowded--;
	else
		ready = look_for_a_while(e, p, n);
	return ready != 0 ? ready : poll(p, n, timeout_ms);
}

/*
 * eager: waiting for a descriptor without falling asleep at once.
 *
 * Two programs that talk over pipes wait for each other all the time, mostly for microseconds. To fall asleep and be
 * woken on another processor takes longer than that: with one session in flight it is most of what a loop of two
 * commands does.
 */
#ifndef BOTIFY_EAGER_H
#define BOTIFY_EAGER_H

#include <poll.h>

enum {
	EAGER_NS = 50000,   /* for so long it looks again and again */
	EAGER_CROWDED = 100 /* so many waits are spent asleep where others wanted the processor */
};

/* One for each place that waits. Zero-initialise. */
struct eager {
	unsigned crowded; /* waits still to be spent asleep */
};

/*
 * As poll(2), but looks for EAGER_NS before it sleeps, and lets others have the processor in between: it may be the
 * very one that they need. Where they take it for longer than that, processors are scarce: a sleeper then gets one
 * sooner, and the next waits are plain ones.
 */
int eager_poll(struct eager *e, struct pollfd *p, nfds_t n, int timeout_ms);

#endif

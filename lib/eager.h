/*
 * eager: waiting for a descriptor without falling asleep at once.
 *
 * Two programs that talk over pipes wait for each other all the time, mostly for microseconds. To fall asleep and be woken
 * on another processor takes longer than that: with one session in flight it is most of what a loop of two commands does.
 */
#ifndef BOTIFY_EAGER_H
#define BOTIFY_EAGER_H

#include <poll.h>

/*
 * As poll(2), but looks again and again for EAGER_NS before it sleeps, and lets others have the processor in between:
 * it may be the very one that they need. Of the time that something is waited for this takes at most that much.
 */
int eager_poll(struct pollfd *p, nfds_t n, int timeout_ms);

enum { EAGER_NS = 50000 };

#endif

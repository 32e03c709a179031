#include "base/eager.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "unit/check.h"

enum { LONG_MS = 10000 }; /* than which no test waits */

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void what_is_there_is_found_at_once(void)
{
	struct pollfd p[] = {{.fd = -1, .events = POLLIN}, {.events = POLLIN}};
	struct eager e = {0};
	int ends[2];

	CHECK(pipe(ends) == 0 && write(ends[1], "x", 1) == 1);
	p[1].fd = ends[0];
	CHECK(eager_poll(&e, p, 2, LONG_MS) == 1);
	CHECK(p[0].revents == 0 && p[1].revents == POLLIN);
	close(ends[1]);
	CHECK(read(ends[0], (char[1]){0}, 1) == 1);
	CHECK(eager_poll(&e, p, 2, LONG_MS) == 1 && p[1].revents == POLLHUP);
	close(ends[0]);
}

static void a_timeout_is_kept_and_not_spent_awake(void)
{
	struct pollfd p = {.events = POLLIN};
	struct eager e = {0};
	int ends[2];
	double start, busy;

	CHECK(pipe(ends) == 0);
	p.fd = ends[0];
	start = seconds(CLOCK_MONOTONIC);
	busy = seconds(CLOCK_PROCESS_CPUTIME_ID);
	CHECK(eager_poll(&e, &p, 1, 1000) == 0 && p.revents == 0);
	CHECK(seconds(CLOCK_MONOTONIC) - start >= 1);
	CHECK(seconds(CLOCK_PROCESS_CPUTIME_ID) - busy < 0.5);
	CHECK(eager_poll(&e, &p, 1, 0) == 0);
	close(ends[0]);
	close(ends[1]);
}

static void *write_late(void *fd)
{
	nanosleep(&(struct timespec){.tv_nsec = 400 * EAGER_NS}, NULL);
	CHECK(write(*(int *)fd, "x", 1) == 1);
	return NULL;
}

static void what_comes_late_ends_the_sleep(void)
{
	struct pollfd p = {.events = POLLIN};
	pthread_t thread;
	struct eager e = {0};
	int ends[2];

	CHECK(pipe(ends) == 0);
	p.fd = ends[0];
	CHECK(pthread_create(&thread, NULL, write_late, &ends[1]) == 0);
	CHECK(eager_poll(&e, &p, 1, -1) == 1 && p.revents == POLLIN);
	pthread_join(thread, NULL);
	close(ends[0]);
	close(ends[1]);
}

static void where_it_is_crowded_waits_are_plain_for_a_while(void)
{
	struct pollfd p = {.events = POLLIN};
	struct eager e = {.crowded = 2};
	int ends[2];

	CHECK(pipe(ends) == 0 && write(ends[1], "x", 1) == 1);
	p.fd = ends[0];
	CHECK(eager_poll(&e, &p, 1, LONG_MS) == 1 && p.revents == POLLIN && e.crowded == 1);
	CHECK(eager_poll(&e, &p, 1, LONG_MS) == 1 && p.revents == POLLIN && e.crowded == 0);
	CHECK(eager_poll(&e, &p, 1, LONG_MS) == 1 && p.revents == POLLIN && e.crowded == 0);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	RUN(what_is_there_is_found_at_once);
	RUN(a_timeout_is_kept_and_not_spent_awake);
	RUN(what_comes_late_ends_the_sleep);
	RUN(where_it_is_crowded_waits_are_plain_for_a_while);
	return DONE();
}

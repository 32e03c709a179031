#include "base/now.h"

#include <time.h>

static int64_t read_clock(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

int64_t now_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

double now_seconds(void)
{
	return (double)now_ns() * 1e-9;
}

int64_t now_epoch_ms(void)
{
	return read_clock(CLOCK_REALTIME) / 1000000;
}

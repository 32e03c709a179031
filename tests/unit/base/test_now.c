#include "base/now.h"

#include <time.h>

#include "unit/check.h"

static void time_passes(void)
{
	struct timespec ten_ms = {.tv_nsec = 10000000};
	int64_t ns = now_ns();
	double seconds = now_seconds();

	nanosleep(&ten_ms, NULL);
	CHECK(now_ns() - ns >= 10000000 && now_ns() - ns < INT64_C(5000000000));
	CHECK(now_seconds() - seconds >= .0099 && now_seconds() - seconds < 5);
}

static void the_epoch_is_1970(void)
{
	int64_t before = time(NULL), ms = now_epoch_ms();

	/* time() may be a tick behind */
	CHECK(ms / 1000 >= before && ms / 1000 <= before + 2);
}

int main(void)
{
	RUN(time_passes);
	RUN(the_epoch_is_1970);
	return DONE();
}

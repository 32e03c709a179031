#include "study/clock.h"

#include "unit/check.h"

static struct errmsg e;

/* The unit of a log of n users, of whom the first `first` have one timestamp, and the others another. */
static const char *unit_of(uint32_t n, uint32_t first, int64_t one, int64_t other)
{
	struct study s;
	const char *unit;

	study_init(&s, STUDY_STREAM, NULL, 0);
	for (uint32_t user = 0; user < n; user++) {
		struct event ev = {.message = EVENT_LAST, .user = user, .track = 1, .time = 0.5, .latency = NAN,
				   .timestamp = user < first ? one : other};

		CHECK(study_add(&s, &ev, &e) == 0);
	}
	CHECK(study_end(&s, &e) == 0);
	unit = clock_unit(&s);
	study_clear(&s);
	return unit ? unit : "";
}

static void other_units_are_known(void)
{
	const int64_t ms = INT64_C(1704067200000);

	CHECK_STR(unit_of(4, 4, ms, 0), "");
	CHECK_STR(unit_of(4, 4, ms / 1000, 0), "seconds");
	CHECK_STR(unit_of(4, 4, ms * 1000, 0), "microseconds");
	CHECK_STR(unit_of(4, 4, ms * 1000000, 0), "nanoseconds");
	CHECK_STR(unit_of(4, 4, INT64_C(999999999), 0), "");
	CHECK_STR(unit_of(4, 4, INT64_C(1000000000), 0), "seconds");
	CHECK_STR(unit_of(4, 4, INT64_C(9999999999), 0), "seconds");
	CHECK_STR(unit_of(4, 4, INT64_C(10000000000), 0), "");
	CHECK_STR(unit_of(4, 4, INT64_MAX, 0), "nanoseconds");
}

/* A few events of a broken clock do not make a unit. */
static void most_users_decide(void)
{
	const int64_t ms = INT64_C(1704067200000);

	CHECK_STR(unit_of(10, 5, ms / 1000, ms), "");
	CHECK_STR(unit_of(10, 6, ms / 1000, ms), "seconds");
	CHECK_STR(unit_of(10, 1, ms / 1000, EVENT_NO_TIMESTAMP), "seconds");
	CHECK_STR(unit_of(10, 0, 0, EVENT_NO_TIMESTAMP), "");
	CHECK_STR(unit_of(0, 0, 0, 0), "");
}

static void one_timestamp_has_a_unit(void)
{
	CHECK_STR(clock_unit_of(1704067200), "seconds");
	CHECK(!clock_unit_of(INT64_C(1704067200000)) && !clock_unit_of(0) && !clock_unit_of(INT64_MIN) &&
	      !clock_unit_of(-1704067200));
}

int main(void)
{
	RUN(other_units_are_known);
	RUN(one_timestamp_has_a_unit);
	RUN(most_users_decide);
	return DONE();
}

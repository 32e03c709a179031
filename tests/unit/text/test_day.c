#include "text/day.h"

#include "unit/check.h"

static struct errmsg e;

static void days_and_moments_are_parsed(void)
{
	int64_t ms = 1;

	CHECK(day_parse("--start", "1970-01-01", &ms, &e) == 0 && ms == 0);
	CHECK(day_parse_moment("--x", "2024-01-01", &ms, &e) == 0 && ms == INT64_C(1704067200000));
	CHECK(day_parse_moment("--x", "1704067200001", &ms, &e) == 0 && ms == INT64_C(1704067200001));
	CHECK(day_parse_moment("--x", "-5", &ms, &e) == 0 && ms == -5);
}

static void mistakes_are_told(void)
{
	static const char *const bad[] = {"", "2024-02-30", "2024-1-1", "2024-01-01T00:00", "1e3", "1.5", "yesterday",
					  "2024- 1- 2", "2024-01- 2", " 024-01-02", "+024-01-02", "2024-+1-02",
					  "2024/01/02", "2024-01-0x", "2024-00-10", "2024-13-10",
					  "99999999999999999999"};
	int64_t ms;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK(day_parse_moment("--x", bad[i], &ms, &e) < 0);
		CHECK(strstr(e.text,
			     "--x takes a day as 2024-01-31, or milliseconds since the epoch, not '") == e.text);
	}
}

int main(void)
{
	RUN(days_and_moments_are_parsed);
	RUN(mistakes_are_told);
	return DONE();
}

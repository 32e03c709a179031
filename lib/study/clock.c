#include "study/clock.h"

static const struct {
	const char *name;
	int64_t from; /* 2001-09-09 in this unit; ten times as much is 2286-11-20 */
} units[] = {
	{"seconds", INT64_C(1000000000)},
	{"microseconds", INT64_C(1000000000000000)},
	{"nanoseconds", INT64_C(1000000000000000000)},
};

enum { UNITS_N = sizeof units / sizeof *units };

/* The place of the unit that a timestamp looks like, or UNITS_N. */
static size_t find_unit(int64_t timestamp)
{
	size_t k = 0;

	while (k < UNITS_N && !(timestamp >= units[k].from && timestamp / 10 < units[k].from))
		k++;
	return k;
}

const char *clock_unit_of(int64_t timestamp)
{
	size_t k = find_unit(timestamp);

	return k < UNITS_N ? units[k].name : NULL;
}

const char *clock_unit(const struct study *s)
{
	size_t counts[UNITS_N + 1] = {0}, all = 0;

	for (size_t i = 0; i < s->n_users; i++) {
		int64_t latest = s->users[i].latest;

		all += latest != EVENT_NO_TIMESTAMP;
		counts[latest == EVENT_NO_TIMESTAMP ? UNITS_N : find_unit(latest)]++;
	}
	for (size_t k = 0; k < UNITS_N; k++)
		if (2 * counts[k] > all)
			return units[k].name;
	return NULL;
}

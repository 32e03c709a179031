#include "report/period.h"

#include <stdlib.h>
#include <string.h>

/* See the header. */
enum { FAR_DAYS = 30, FAR_LENGTHS = 2, OUTSIDE = 20 /* one of so many is 5 % */ };

/* The first day that more than `outside` users reach, from one end of the list on. */
static size_t middle(const uint64_t *users, size_t n, uint64_t outside, bool from_end)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		size_t place = from_end ? n - 1 - i : i;

		sum += users[place];
		if (sum > outside)
			return place;
	}
	return from_end ? n - 1 : 0;
}

struct period period_of(const int64_t *days, const uint64_t *users, size_t n)
{
	struct period p = {0};
	uint64_t all = 0;
	size_t low, high;
	int64_t margin;

	for (size_t i = 0; i < n; i++)
		all += users[i];
	if (n == 0)
		return p;
	low = middle(users, n, all / OUTSIDE, false);
	high = middle(users, n, all / OUTSIDE, true);
	margin = all < OUTSIDE ? INT64_MAX / 4 : FAR_DAYS + FAR_LENGTHS * (days[high] - days[low] + 1);
	for (size_t i = 0; i < n; i++) {
		if (days[i] < days[low] - margin || days[i] > days[high] + margin) {
			p.far++;
			continue;
		}
		p.last = days[i];
		p.first = p.n++ == 0 ? days[i] : p.first;
	}
	return p;
}

struct period_rows period_rows_of(const struct section *s, const char *experiment)
{
	struct period_rows r = {0};
	size_t rows = section_rows(s), n = 0;

	while (r.first < rows && strcmp(section_cell_of(s, r.first, "experiment").text, experiment) != 0)
		r.first++;
	while (r.first + n < rows && strcmp(section_cell_of(s, r.first + n, "experiment").text, experiment) == 0) {
		r.arms += n == 0 || strcmp(section_cell_of(s, r.first + n, "treatment").text,
					   section_cell_of(s, r.first + n - 1, "treatment").text) != 0;
		n++;
	}
	r.days = r.arms > 0 ? n / r.arms : 0;
	return r;
}

int64_t period_day(const struct section *s, size_t row)
{
	return (int64_t)section_cell_of(s, row, "day").number;
}

int period_of_rows(struct period *p, const struct section *s, const struct period_rows *rows, struct errmsg *e)
{
	int64_t *days = calloc(rows->days + 1, sizeof *days);
	uint64_t *users = calloc(rows->days + 1, sizeof *users);
	int status = days && users ? 0 : errmsg_nomem(e);

	*p = (struct period){0};
	for (size_t i = 0; i < rows->days && status == 0; i++) {
		days[i] = period_day(s, rows->first + i);
		users[i] = section_cell_of(s, rows->first + i, "control_users").count;
		for (size_t arm = 0; arm < rows->arms; arm++)
			users[i] += section_cell_of(s, rows->first + arm * rows->days + i, "treatment_users").count;
	}
	if (status == 0)
		*p = period_of(days, users, rows->days);
	free(days);
	free(users);
	return status;
}

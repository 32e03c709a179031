#include "event/bad_lines.h"

#include <string.h>

#include "text/number.h"

int bad_lines_parse(struct bad_lines *b, const char *what, const char *text, struct errmsg *e)
{
	char number[NUMBER_SIZE];
	size_t len = strlen(text);
	int64_t lines = 0;
	int status;

	*b = (struct bad_lines){0};
	if (len > 0 && len <= sizeof number && text[len - 1] == '%') {
		memcpy(number, text, len - 1);
		number[len - 1] = 0;
		status = number_parse(what, number, 0, 100, &b->percent, e);
	} else {
		status = number_parse_int(what, text, 0, INT64_MAX, &lines, e);
		b->lines = (uint64_t)lines;
	}
	return status < 0 ? errmsg_set(e, "%s takes a number of lines or a share of them, as 7 or 0.1%%, not '%s'",
				       what, text)
			  : 0;
}

bool bad_lines_allow(const struct bad_lines *b, const struct log_count *count)
{
	const double rounding = 1e-12; /* 0.29 % of 10000 lines are 29, whatever the product is */
	double lines = (double)count->events + (double)count->bad;

	if (count->unread > 0 || (count->bad > 0 && count->events == 0))
		return false;
	return count->bad <= b->lines || 100 * (double)count->bad <= b->percent * lines * (1 + rounding);
}

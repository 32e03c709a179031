#include "text/day.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "text/number.h"

/* Digits where they belong: strptime alone also takes blanks and signs. */
static bool is_like_a_day(const char *text)
{
	static const char like[] = "0000-00-00";
	size_t i = 0;

	while (like[i] && (like[i] == '-' ? text[i] == '-' : text[i] >= '0' && text[i] <= '9'))
		i++;
	return !like[i] && !text[i];
}

int day_parse(const char *what, const char *text, int64_t *ms, struct errmsg *e)
{
	struct tm tm = {0};
	const char *end = strptime(text, "%Y-%m-%d", &tm);
	struct tm same = tm;
	time_t seconds = timegm(&same);

	/* timegm turns February 30 into March 1 */
	if (!end || *end || same.tm_mday != tm.tm_mday || !is_like_a_day(text))
		return errmsg_set(e, "%s takes a day as 2024-01-31, not '%s'", what, text);
	*ms = (int64_t)seconds * 1000;
	return 0;
}

int day_parse_moment(const char *what, const char *text, int64_t *ms, struct errmsg *e)
{
	if (day_parse(what, text, ms, e) == 0 || number_parse_int(what, text, INT64_MIN + 1, INT64_MAX, ms, e) == 0)
		return 0;
	return errmsg_set(e, "%s takes a day as 2024-01-31, or milliseconds since the epoch, not '%s'", what, text);
}

const char *day_format(char text[DAY_SIZE], int64_t ms)
{
	/* rounded down, also before the epoch */
	time_t seconds = (time_t)(ms / 1000 - (ms % 1000 < 0));
	struct tm tm;

	strftime(text, DAY_SIZE, "%Y-%m-%d", gmtime_r(&seconds, &tm));
	return text;
}

#include "rank/counting.h"

#include <stdlib.h>

#include "event/event.h"
#include "rank/score.h"
#include "unit/check.h"

static struct errmsg e;

static void events_are_between_since_and_until(void)
{
	const struct counting none = {0}, both = {.has_since = true, .has_until = true, .since = -5, .until = 10},
			      ages = {.half_life = COUNTING_HALF_LIFE_MIN};

	CHECK(counting_when(&none, EVENT_NO_TIMESTAMP) == COUNTING_INSIDE);
	CHECK(counting_when(&both, -5) == COUNTING_INSIDE && counting_when(&both, -6) == COUNTING_OUTSIDE);
	CHECK(counting_when(&both, 9) == COUNTING_INSIDE && counting_when(&both, 10) == COUNTING_OUTSIDE);
	CHECK(counting_when(&both, EVENT_NO_TIMESTAMP) == COUNTING_UNDATED);
	CHECK(counting_when(&ages, EVENT_NO_TIMESTAMP) == COUNTING_UNDATED && counting_when(&ages, 0) == COUNTING_INSIDE);
}

static void half_lives_are_days_or_hours(void)
{
	static const char *const wrong[] = {"", "d", "7", "7w", "0d", "-1d", "1.5d", "7d ", "1000001d", "7dd",
					    "00000000000000000000000000000000000000000000000001d"};
	int64_t ms = 0;

	CHECK(counting_parse_half_life("x", "7d", &ms, &e) == 0 && ms == 604800000);
	CHECK(counting_parse_half_life("x", "36h", &ms, &e) == 0 && ms == 129600000);
	CHECK(counting_parse_half_life("x", "1000000d", &ms, &e) == 0 && ms == 86400000000000);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK(counting_parse_half_life("x", wrong[i], &ms, &e) == -1);
	CHECK(strncmp(e.text, "x takes a number of days or hours, as 7d or 36h, not '", 54) == 0);
}

static char *written(const struct counting *c)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	counting_write(c, f);
	fclose(f);
	return text;
}

static void what_is_written_reads_back(void)
{
	static const struct counting known[] = {
		{0},
		{.has_since = true, .since = INT64_MIN + 1, .users = true},
		{.has_until = true, .until = 5, .half_life = COUNTING_HALF_LIFE_MIN, .debias = true},
		{.wins = true, .liked = 0.1, .holdout = "9223372036854775807:0.1 user"},
	};
	enum { N = sizeof known / sizeof *known };

	for (size_t i = 0; i < N; i++) {
		char *text = written(&known[i]);
		json_t *object = json_loads(text, 0, NULL);
		struct counting c;

		CHECK(counting_read(&c, object, &e) == 0);
		for (size_t k = 0; k < N; k++)
			CHECK(counting_same(&c, &known[k]) == (i == k));
		json_decref(object);
		free(text);
	}
}

static void what_is_wrong_is_told(void)
{
	static const char *const wrong[] = {
		"{}", "[]",
		"{\"since\":1.5,\"until\":null,\"half_life\":null,\"debias\":true,\"wins\":null,\"users\":true,\"holdout\":null}",
		"{\"since\":null,\"until\":null,\"half_life\":5,\"debias\":true,\"wins\":null,\"users\":true,\"holdout\":null}",
		"{\"since\":null,\"until\":null,\"half_life\":null,\"debias\":1,\"wins\":null,\"users\":true,\"holdout\":null}",
		"{\"since\":null,\"until\":null,\"half_life\":null,\"debias\":true,\"wins\":2,\"users\":true,\"holdout\":null}",
		"{\"since\":null,\"until\":null,\"half_life\":null,\"debias\":true,\"wins\":1,\"users\":true,\"holdout\":3}",
		"{\"since\":null,\"until\":null,\"half_life\":null,\"debias\":true,\"wins\":1,\"users\":true,\"holdout\":\"\\\"\"}",
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		json_t *object = json_loads(wrong[i], 0, NULL);
		struct counting c;

		CHECK(object && counting_read(&c, object, &e) == -1);
		CHECK(strncmp(e.text, "not partial counts: \"", 21) == 0);
		json_decref(object);
	}
}

static void scores(void)
{
	const struct score_sums track = {.weight = 4, .time = 1, .wins = 3, .users = 2}, none = {0};
	enum score_by by = SCORE_TIME;

	CHECK(score_of(SCORE_TIME, &track, 9, 9) == 1 && score_of(SCORE_PLAYS, &track, 9, 9) == 4);
	CHECK(score_of(SCORE_USERS, &track, 9, 9) == 2 && score_of(SCORE_WINS, &track, 9, 9) == 3);
	CHECK(score_of(SCORE_MEAN, &track, 0, 9) == 0.25 && score_of(SCORE_MEAN, &track, 4, 0.75) == 0.5);
	CHECK(score_of(SCORE_MEAN, &none, 0, 9) == 0 && score_of(SCORE_MEAN, &none, 2, 0.5) == 0.5);
	CHECK(score_parse("x", "users", &by, &e) == 0 && by == SCORE_USERS);
	CHECK(score_parse("x", "user", &by, &e) == -1);
	CHECK_STR(e.text, "x takes time, plays, mean, users or wins, not 'user'");
}

int main(void)
{
	RUN(events_are_between_since_and_until);
	RUN(half_lives_are_days_or_hours);
	RUN(what_is_written_reads_back);
	RUN(what_is_wrong_is_told);
	RUN(scores);
	return DONE();
}
